import { type ChildProcess, execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { goParts } from "../../rehearsal/build/go";
import { clusterRecipes } from "../../rehearsal/build/recipes";
import { eventually } from "./support";

const exec = promisify(execFile);

/** What came of a command: its output and what it said beside. */
export interface Said {
    code: number;
    stdout: string;
    stderr: string;
}

/** Who asks the API server of a test: an administrator as kubeadm makes one, or somebody with other groups. */
export interface User {
    name: string;
    groups: string[];
}

const administrator: User = { name: "administrator", groups: ["system:masters"] };

type Flags = Record<string, string>;

/**
 * Kubernetes' control plane without a node: etcd, the API server, and of the rest what is asked for. The stack's own
 * binaries as plain processes on 127.0.0.1, with free ports and a folder that goes when it is stopped.
 */
export class ControlPlane {
    private readonly running = new Map<string, ChildProcess>();
    private readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
    private readonly agent = new https.Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });
    private binaries: Record<string, string> = {};
    private port = 0;
    private readonly killAll = () => {
        for (const child of this.running.values()) child.kill("SIGKILL");
        fs.rmSync(this.dir, { recursive: true, force: true });
    };

    /** @param flags more of the API server's */
    static async start(users: User[] = [], flags: Flags = {}): Promise<ControlPlane> {
        const started = new ControlPlane();
        // Whatever ends the tests, nothing of it stays behind: a signal alone would pass the exit handlers by.
        process.on("exit", started.killAll);
        for (const signal of signals) process.on(signal, leave);
        try {
            await started.begin([administrator, ...users], flags);
        } catch (error) {
            await started.stop();
            throw error;
        }
        return started;
    }

    /** The kubeconfig of a user, by name. */
    kubeconfig(user = administrator.name): string {
        return path.join(this.dir, `${user}.kubeconfig`);
    }

    /** kubectl as a user; `input` is what it reads. Never throws: what it says is looked at. */
    async try(user: string, args: string[], input = ""): Promise<Said> {
        const options = ["--kubeconfig", this.kubeconfig(user), "--request-timeout=30s"];
        const run = exec(path.join(this.binaries.kubernetes, "kubectl"), [...options, ...args], {
            maxBuffer: 64 * 2 ** 20,
        });
        run.child.stdin!.end(input);
        const failed = (error: unknown) => {
            const { code, stdout, stderr } = error as Said;
            return { code: typeof code === "number" ? code : 1, stdout, stderr };
        };
        return run.then((said) => ({ code: 0, ...said }), failed);
    }

    /** kubectl as the administrator. */
    async kubectl(args: string[], input = ""): Promise<string> {
        const { code, stdout, stderr } = await this.try(administrator.name, args, input);
        if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
        return stdout.trim();
    }

    /** What the API server, or another component by its port, answers the administrator; anything but success is an error. */
    async call(method: string, url: string, body?: object, port = this.port): Promise<string> {
        const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
        const headers = { authorization: `Bearer ${tokenOf(administrator)}`, "content-type": type };
        return new Promise((resolve, reject) => {
            const options = { host: "127.0.0.1", port, method, path: url, headers, agent: this.agent };
            const request = https.request(options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () => {
                    const text = Buffer.concat(chunks).toString();
                    const status = response.statusCode ?? 0;
                    if (status < 300) resolve(text);
                    else reject(new Error(`${method} ${url}: ${status}: ${text}`));
                });
            });
            request.on("error", reject);
            request.end(body && JSON.stringify(body));
        });
    }

    /** Starts another component of Kubernetes and waits until it is ready; returns its port. */
    async add(name: string, flags: Flags): Promise<number> {
        const [port] = await freePorts(1);
        this.run("kubernetes", name, { "bind-address": "127.0.0.1", "secure-port": String(port), ...flags });
        await this.ready(name, "/healthz", port);
        return port;
    }

    /** Ends a component, and waits for its end. */
    async end(name: string): Promise<void> {
        const child = this.running.get(name);
        this.running.delete(name);
        if (!child || child.exitCode !== null || child.signalCode !== null) return;
        const exit = once(child, "exit");
        child.kill("SIGTERM");
        const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
        await exit;
        clearTimeout(timer);
    }

    /** Ends all, the newest first, and removes their folder. */
    async stop(): Promise<void> {
        for (const name of [...this.running.keys()].reverse()) await this.end(name);
        this.agent.destroy();
        this.killAll();
        process.off("exit", this.killAll);
        for (const signal of signals) process.off(signal, leave);
    }

    /** Writes a file into its folder; returns where it is. */
    file(name: string, content: string): string {
        const place = path.join(this.dir, name);
        fs.writeFileSync(place, content, { mode: 0o600 });
        return place;
    }

    private async begin(users: User[], flags: Flags): Promise<void> {
        const recipes = clusterRecipes.filter(({ name }) => name === "kubernetes" || name === "etcd");
        this.binaries = await goParts(recipes, () => undefined);
        const [client, peer, secure] = await freePorts(3);
        this.port = secure;
        const etcd = `http://127.0.0.1:${client}`;
        this.run("etcd", "etcd", {
            "data-dir": path.join(this.dir, "etcd"),
            "listen-client-urls": etcd,
            "advertise-client-urls": etcd,
            "listen-peer-urls": `http://127.0.0.1:${peer}`,
            "initial-advertise-peer-urls": `http://127.0.0.1:${peer}`,
            "initial-cluster": `default=http://127.0.0.1:${peer}`,
            // Nothing here outlives a test.
            "unsafe-no-fsync": "true",
        });
        for (const user of users) this.file(`${user.name}.kubeconfig`, kubeconfigOf(user, secure));
        const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
        const accounts = this.file("accounts.key", key.export({ type: "pkcs1", format: "pem" }) as string);
        const tokens = users.map((user) => `${tokenOf(user)},${user.name},${user.name},"${user.groups.join(",")}"\n`);
        this.run("kubernetes", "kube-apiserver", {
            "etcd-servers": etcd,
            "bind-address": "127.0.0.1",
            "secure-port": String(secure),
            "cert-dir": path.join(this.dir, "certificates"),
            "service-cluster-ip-range": "10.96.0.0/16",
            "service-account-issuer": "https://kubernetes.default.svc",
            "service-account-key-file": accounts,
            "service-account-signing-key-file": accounts,
            "authorization-mode": "Node,RBAC",
            "token-auth-file": this.file("tokens.csv", tokens.join("")),
            // Pods have no account's token: nobody makes the accounts.
            "disable-admission-plugins": "ServiceAccount",
            ...flags,
        });
        await this.ready("kube-apiserver", "/readyz", secure);
    }

    private run(part: string, name: string, flags: Flags): void {
        const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
        const log = fs.openSync(path.join(this.dir, `${name}.log`), "w");
        const child = spawn(path.join(this.binaries[part], name), args, {
            ...{ stdio: ["ignore", log, log], cwd: this.dir },
        });
        fs.closeSync(log);
        this.running.set(name, child);
    }

    private async ready(name: string, url: string, port: number): Promise<void> {
        await eventually(`${name} is ready`, 90, async () => {
            this.alive();
            return (await this.call("GET", url, undefined, port)) === "ok";
        });
    }

    /** @throws Error with the end of its log when a process has ended by itself */
    alive(): void {
        for (const [name, { exitCode }] of this.running) {
            if (exitCode === null) continue;
            const log = fs.readFileSync(path.join(this.dir, `${name}.log`), "utf8");
            throw new Error(`${name} has ended with ${exitCode}: ${log.slice(-1000)}`);
        }
    }
}

const signals = ["SIGTERM", "SIGHUP"] as const;
const leave = () => process.exit(1);

const tokenOf = ({ name }: User) => `token-of-${name}`;

function kubeconfigOf(user: User, port: number): string {
    return JSON.stringify({
        apiVersion: "v1",
        kind: "Config",
        clusters: [
            { name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } },
        ],
        users: [{ name: "test", user: { token: tokenOf(user) } }],
        contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
        "current-context": "test",
    });
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
    const servers = await Promise.all(
        Array.from({ length: count }, async () => {
            const server = net.createServer().listen(0, "127.0.0.1");
            await once(server, "listening");
            return server;
        }),
    );
    const ports = servers.map((server) => (server.address() as net.AddressInfo).port);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
