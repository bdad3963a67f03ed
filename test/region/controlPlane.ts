import { type ChildProcess, execFile, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import * as fs from "node:fs";
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

export interface Options {
    users?: User[];
    /** The controller manager's controllers, such as `resourcequota`; none and it is not started. */
    controllers?: string[];
}

/**
 * Kubernetes' control plane without a node: etcd, the API server, and of the controllers what is asked for. The stack's
 * own binaries as plain processes on 127.0.0.1, with free ports and a folder that goes when it is stopped.
 */
export class ControlPlane {
    private readonly processes: ChildProcess[] = [];
    private readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
    private binaries: Record<string, string> = {};
    private server = "";
    private readonly killAll = () => {
        for (const child of this.processes) child.kill("SIGKILL");
        fs.rmSync(this.dir, { recursive: true, force: true });
    };

    static async start(options: Options = {}): Promise<ControlPlane> {
        const started = new ControlPlane();
        // Whatever ends the tests: nothing of it stays behind.
        process.on("exit", started.killAll);
        try {
            await started.begin(options);
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

    /** Ends the processes that it started, the newest first, and removes their folder. */
    async stop(): Promise<void> {
        for (const child of this.processes.reverse()) {
            if (child.exitCode !== null || child.signalCode !== null) continue;
            const ended = new Promise((resolve) => child.once("exit", resolve));
            child.kill("SIGKILL");
            await ended;
        }
        fs.rmSync(this.dir, { recursive: true, force: true });
        process.off("exit", this.killAll);
    }

    private async begin({ users = [], controllers = [] }: Options): Promise<void> {
        const recipes = clusterRecipes.filter(({ name }) => name === "kubernetes" || name === "etcd");
        this.binaries = await goParts(recipes, () => undefined);
        const [client, peer, secure, manager] = await freePorts(4);
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
        const all = [administrator, ...users];
        const file = (name: string, content: string) => {
            const place = path.join(this.dir, name);
            fs.writeFileSync(place, content, { mode: 0o600 });
            return place;
        };
        this.server = `https://127.0.0.1:${secure}`;
        for (const { name } of all) file(`${name}.kubeconfig`, this.kubeconfigText(name));
        const key = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
        const accounts = file("accounts.key", key.export({ type: "pkcs1", format: "pem" }) as string);
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
            "token-auth-file": file(
                "tokens.csv",
                all.map(({ name, groups }) => `token-of-${name},${name},${name},"${groups.join(",")}"\n`).join(""),
            ),
            // Pods have no account's token: nobody makes the accounts.
            "disable-admission-plugins": "ServiceAccount",
        });
        await eventually("the API server is ready", 90, async () => {
            this.alive();
            return (await this.kubectl(["get", "--raw", "/readyz"])) === "ok";
        });
        if (controllers.length === 0) return;
        this.run("kubernetes", "kube-controller-manager", {
            kubeconfig: this.kubeconfig(),
            "bind-address": "127.0.0.1",
            "secure-port": String(manager),
            "leader-elect": "false",
            controllers: controllers.join(","),
        });
    }

    private kubeconfigText(user: string): string {
        return JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [{ name: "test", cluster: { server: this.server, "insecure-skip-tls-verify": true } }],
            users: [{ name: user, user: { token: `token-of-${user}` } }],
            contexts: [{ name: "test", context: { cluster: "test", user } }],
            "current-context": "test",
        });
    }

    private run(part: string, name: string, flags: Record<string, string>): void {
        const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
        const log = fs.openSync(path.join(this.dir, `${name}.log`), "w");
        const child = spawn(path.join(this.binaries[part], name), args, { stdio: ["ignore", log, log] });
        fs.closeSync(log);
        this.processes.push(child);
    }

    /** @throws Error with the end of its log when a process has ended by itself */
    private alive(): void {
        const ended = this.processes.find(({ exitCode }) => exitCode !== null);
        if (!ended) return;
        const name = path.basename(ended.spawnfile);
        const log = fs.readFileSync(path.join(this.dir, `${name}.log`), "utf8");
        throw new Error(`${name} has ended with ${ended.exitCode}: ${log.slice(-1000)}`);
    }
}

/** Ports that nobody listens on now. */
async function freePorts(count: number): Promise<number[]> {
    const servers = Array.from({ length: count }, () => net.createServer());
    const ports = await Promise.all(
        servers.map(
            (server) =>
                new Promise<number>((resolve, reject) => {
                    server.once("error", reject);
                    server.listen(0, "127.0.0.1", () => resolve((server.address() as net.AddressInfo).port));
                }),
        ),
    );
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    return ports;
}
