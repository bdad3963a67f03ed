import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { once } from "node:events";
import * as fs from "node:fs";
import * as https from "node:https";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { goParts } from "../../../rehearsal/build/go";
import { clusterRecipes } from "../../../rehearsal/build/recipes";

/**
 * The real etcd, API server and scheduler as processes on this machine's loopback, without any node: what is bound
 * runs nowhere. Admission plugins that would change nodes or pods, or want other objects first, are off.
 */
export class ControlPlane {
    private readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "control-plane-"));
    private readonly token = randomUUID();
    private readonly agent = new https.Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });
    private readonly running: { name: string; child: ChildProcess }[] = [];
    private parts: Record<string, string> = {};
    private ports = { etcd: 0, peer: 0, api: 0, scheduler: 0 };
    private readonly killAll = () => {
        for (const { child } of this.running) child.kill("SIGKILL");
        fs.rmSync(this.dir, { recursive: true, force: true });
    };

    async start(): Promise<void> {
        process.on("exit", this.killAll);
        // A signal alone would end this process without its exit handlers.
        for (const signal of signals) process.on(signal, leave);
        const recipes = clusterRecipes.filter(({ name }) => ["kubernetes", "etcd"].includes(name));
        this.parts = await goParts(recipes, console.log);
        const [etcd, peer, api, scheduler] = await freePorts(4);
        this.ports = { etcd, peer, api, scheduler };
        this.run("etcd", "etcd", [
            `--data-dir=${this.file("etcd")}`,
            "--unsafe-no-fsync",
            `--listen-client-urls=http://127.0.0.1:${etcd}`,
            `--advertise-client-urls=http://127.0.0.1:${etcd}`,
            `--listen-peer-urls=http://127.0.0.1:${peer}`,
        ]);
        const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
        const key = this.write("accounts.key", privateKey.export({ type: "pkcs8", format: "pem" }).toString());
        this.run("kubernetes", "kube-apiserver", [
            `--etcd-servers=http://127.0.0.1:${etcd}`,
            "--bind-address=127.0.0.1",
            `--secure-port=${api}`,
            `--cert-dir=${this.file("certificates")}`,
            `--token-auth-file=${this.write("tokens", `${this.token},test,test,system:masters\n`)}`,
            "--authorization-mode=AlwaysAllow",
            "--service-account-issuer=https://kubernetes.default.svc",
            `--service-account-signing-key-file=${key}`,
            `--service-account-key-file=${key}`,
            "--service-cluster-ip-range=10.0.0.0/24",
            `--disable-admission-plugins=${off.join(",")}`,
            "--max-requests-inflight=2000",
            "--max-mutating-requests-inflight=2000",
        ]);
        await this.until(
            "the API server is ready",
            async () => (await this.send("GET", api, "/readyz")).status === 200,
        );
    }

    async startScheduler(): Promise<void> {
        const kubeconfig = this.write("kubeconfig", JSON.stringify(kubeconfigFor(this.ports.api, this.token)));
        const configuration = this.write("scheduler", JSON.stringify(schedulerConfiguration(kubeconfig)));
        this.run("kubernetes", "kube-scheduler", [
            `--config=${configuration}`,
            "--bind-address=127.0.0.1",
            `--secure-port=${this.ports.scheduler}`,
            `--cert-dir=${this.file("certificates")}`,
            `--authentication-kubeconfig=${kubeconfig}`,
            `--authorization-kubeconfig=${kubeconfig}`,
        ]);
        const { scheduler } = this.ports;
        await this.until(
            "the scheduler is ready",
            async () => (await this.send("GET", scheduler, "/readyz")).status === 200,
        );
    }

    async stopScheduler(): Promise<void> {
        const index = this.running.findIndex(({ name }) => name === "kube-scheduler");
        if (index >= 0) await ended(this.running.splice(index, 1)[0].child);
    }

    /** How many pods the scheduler has before it, those that wait for a change aside. */
    async queued(): Promise<number> {
        const { text } = await this.send("GET", this.ports.scheduler, "/metrics");
        const lines = [...text.matchAll(/^scheduler_pending_pods\{queue="(active|backoff)"\} (\S+)$/gm)];
        if (lines.length === 0) return NaN;
        return lines.reduce((sum, [, , count]) => sum + Number(count), 0);
    }

    /** A call to the API server; anything but success is an error. */
    async call<T = unknown>(method: string, url: string, body?: object): Promise<T> {
        const { status, text } = await this.send(method, this.ports.api, url, body);
        if (status >= 300) throw new Error(`${method} ${url}: ${status}: ${text}`);
        return JSON.parse(text) as T;
    }

    async stop(): Promise<void> {
        for (const { child } of this.running.splice(0).reverse()) await ended(child);
        this.agent.destroy();
        this.killAll();
        process.off("exit", this.killAll);
        for (const signal of signals) process.off(signal, leave);
    }

    /** Waits for a condition for at most five minutes. */
    async until(what: string, condition: () => Promise<boolean>): Promise<void> {
        const deadline = Date.now() + 300_000;
        while (!(await condition().catch(() => false))) {
            const dead = this.running.find(({ child }) => child.exitCode !== null);
            if (dead) throw new Error(`${dead.name} has ended: ${this.log(dead.name)}`);
            if (Date.now() > deadline) throw new Error(`not within five minutes: ${what}`);
            await new Promise((resolve) => setTimeout(resolve, 200));
        }
    }

    private file(name: string): string {
        return path.join(this.dir, name);
    }

    private write(name: string, content: string): string {
        fs.writeFileSync(this.file(name), content, { mode: 0o600 });
        return this.file(name);
    }

    private log(name: string): string {
        return fs.readFileSync(this.file(`${name}.log`), "utf8").slice(-2000);
    }

    private run(part: string, name: string, options: string[]): void {
        const log = fs.openSync(this.file(`${name}.log`), "w");
        const child = spawn(path.join(this.parts[part], name), options, { stdio: ["ignore", log, log], cwd: this.dir });
        fs.closeSync(log);
        this.running.push({ name, child });
    }

    private send(method: string, port: number, url: string, body?: object): Promise<{ status: number; text: string }> {
        const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
        const headers = { authorization: `Bearer ${this.token}`, "content-type": type };
        return new Promise((resolve, reject) => {
            const options = { host: "127.0.0.1", port, method, path: url, headers, agent: this.agent };
            const request = https.request(options, (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () =>
                    resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
                );
            });
            request.on("error", reject);
            request.end(body && JSON.stringify(body));
        });
    }
}

const signals = ["SIGTERM", "SIGHUP"] as const;
const leave = () => process.exit(1);

/** Priorities are given as numbers here, overhead without a class. */
const off = ["ServiceAccount", "Priority", "RuntimeClass", "TaintNodesByCondition", "DefaultTolerationSeconds"];

const kubeconfigFor = (port: number, token: string) => ({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    clusters: [{ name: "test", cluster: { server: `https://127.0.0.1:${port}`, "insecure-skip-tls-verify": true } }],
    users: [{ name: "test", user: { token } }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
});

/** All defaults, but that nobody else is waited for, and that a retry comes when the queue is empty, not in its midst. */
const schedulerConfiguration = (kubeconfig: string) => ({
    apiVersion: "kubescheduler.config.k8s.io/v1",
    kind: "KubeSchedulerConfiguration",
    clientConnection: { kubeconfig, qps: 5000, burst: 5000 },
    leaderElection: { leaderElect: false },
    podInitialBackoffSeconds: 60,
    podMaxBackoffSeconds: 60,
});

async function ended(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill("SIGTERM");
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await exit;
    clearTimeout(timer);
}

async function freePorts(count: number): Promise<number[]> {
    const servers = await Promise.all(
        Array.from({ length: count }, async () => {
            const server = net.createServer().listen(0, "127.0.0.1");
            await once(server, "listening");
            return server;
        }),
    );
    return servers.map((server) => {
        const { port } = server.address() as net.AddressInfo;
        server.close();
        return port;
    });
}
