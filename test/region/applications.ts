import { strict as assert } from "node:assert";
import { execFile, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Client } from "../../apps/nacos/api";
import { connectionOf } from "../../apps/nacos/configurations";
import type { DrillRecord } from "../../operations/drill/record";
import { verdict } from "../../operations/drill/report/text";
import { run, succeeds } from "../../rehearsal/command";
import { engineEnvironment } from "../../rehearsal/engine";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { eventually, kubeconfigFile, kubectl, kubectlBinary, outputs, ssh } from "./support";

/** Asks the stack's Elasticsearch from inside its pod, or puts something there. */
export async function elasticsearch(path: string, put?: object): Promise<Record<string, never>> {
    const body = put ? ["-XPUT", "-Hcontent-type: application/json", `-d${JSON.stringify(put)}`] : [];
    const curl = ["curl", "-sS", `localhost:9200${path}`, ...body];
    return JSON.parse(await kubectl("-n", "logging", "exec", "elasticsearch-0", "-c", "elasticsearch", "--", ...curl));
}

/** A document of a log line, as far as the tests look at it. */
export interface Line {
    message: string;
    json?: Record<string, unknown>;
    tags?: string[];
    stream: string;
    kubernetes: {
        namespace: string;
        pod: { name: string };
        container: { name: string };
        node: { name: string };
        labels: Record<string, string>;
    };
}

/** The lines whose pod has a name. */
export async function linesOf(pod: string): Promise<Line[]> {
    const found = await elasticsearch(`/logs*/_search?size=1000&q=kubernetes.pod.name:${pod}&sort=log.offset`);
    return (found as unknown as { hits: { hits: { _source: Line }[] } }).hits.hits.map(({ _source }) => _source);
}

/** How many lines of a pod are there, refused ones among them. */
export async function countOf(pod: string): Promise<number> {
    const found = await elasticsearch(`/logs*/_count?q=kubernetes.pod.name:${pod}`);
    return (found as unknown as { count: number }).count;
}

/** The quota that pods of these tests are in, as everybody's are. */
const quota = ["quota", "tests", "--hard=limits.memory=256Mi,pods=4"];

/** Starts a pod of an image that is there, which runs a script once and is left as it ends. */
export async function startPod(name: string, script: string): Promise<void> {
    const image = await kubectl(
        ...["-n", "mysql", "get", "statefulset", "mysql", "-o", "jsonpath={.spec.template.spec.containers[0].image}"],
    );
    const limited = { spec: { containers: [{ name, resources: { limits: { memory: "64Mi" } } }] } };
    const overrides = [`--overrides=${JSON.stringify(limited)}`, "--override-type=strategic"];
    const options = [`--image=${image}`, "--labels=team=test", "--restart=Never", ...overrides, "--command"];
    if ((await kubectl("get", ...quota.slice(0, 2), "--ignore-not-found")) === "") await kubectl("create", ...quota);
    await eventually("the quota is counted", 30, async () => {
        const counted = await kubectl("get", ...quota.slice(0, 2), "-o", "jsonpath={.status.used.pods}");
        return counted !== "";
    });
    await kubectl("run", name, ...options, "--", "bash", "-c", script);
}

export async function removePod(name: string): Promise<void> {
    await kubectl("delete", "pod", name, "--grace-period=1", "--ignore-not-found");
}

/** Runs one of Kafka's tools on its host; `input` goes to its standard input. */
export async function kafka(tool: string, args: string, input = "true"): Promise<string> {
    return ssh("node-01", `${input} | kafka ${tool} ${args}`);
}

/** How many messages a topic has ever had. */
export async function messages(topic: string): Promise<number> {
    const offsets = await kafka("get-offsets", `--topic ${topic}`);
    return offsets.split("\n").reduce((sum, line) => sum + Number(line.split(":")[2] ?? 0), 0);
}

/** Whether Kafka's container runs and its own check of it succeeds. */
export async function kafkaHealthy(): Promise<boolean> {
    return (await ssh("node-01", "docker inspect --format '{{.State.Health.Status}}' kafka")) === "healthy";
}

/** The way to the stack's Nacos, as its administrator or with another password. */
export async function nacos(password?: string): Promise<Client> {
    const { kubeconfig, nacosPassword } = await outputs();
    return { connection: connectionOf(kubeconfig, password ?? nacosPassword), signal: AbortSignal.timeout(30_000) };
}

/**
 * What a person sees of a page of a service in the cluster: by `kubectl port-forward`, as the stack's outputs say, in a
 * headless browser. Returns the page's text once its own scripts have run.
 */
export async function page(namespace: string, service: string, port: number, path: string): Promise<string> {
    const local = 17_000 + (port % 1000);
    const forward = portForward(namespace, service, local, port, await kubeconfigFile());
    try {
        await eventually(
            `${service} answers`,
            30,
            async () => (await fetch(`http://127.0.0.1:${local}/`)).status < 500,
        );
        const options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=5000", "--dump-dom"];
        const profile = `--user-data-dir=${fs.mkdtempSync(join(os.tmpdir(), "browser-"))}`;
        const url = `http://127.0.0.1:${local}${path}`;
        return (await promisify(execFile)("chromium", [...options, profile, url], { timeout: 60_000 })).stdout;
    } finally {
        forward.kill();
    }
}

/** Installs the browser where there is none: it is needed by this suite alone. */
export async function installBrowser(): Promise<void> {
    if (await succeeds("which", ["chromium"])) return;
    await run("apt-get", ["-qq", "update"]);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["-qqy", "install", "--no-install-recommends", "chromium"], { env });
}

function portForward(namespace: string, service: string, local: number, port: number, kubeconfig: string) {
    const args = [
        "--kubeconfig",
        kubeconfig,
        "-n",
        namespace,
        "port-forward",
        `service/${service}`,
        `${local}:${port}`,
    ];
    return spawn(kubectlBinary, args, { stdio: "ignore" });
}

/** What a drill on the stack saw; what it said instead, where it could not begin. */
export async function drill(...args: string[]): Promise<DrillRecord> {
    const { bin } = await toolchain(() => undefined);
    const command = ["tsx", "operations/drill/main.ts", ...args, "--stack", "local", "--json"];
    const env = { ...process.env, ...engineEnvironment(bin) };
    // A long drill may have seen more than the megabyte that is the usual bound.
    const options = { env, maxBuffer: 2 ** 27 };
    const { stdout, stderr } = await promisify(execFile)("npx", command, options).catch(
        (error: { stdout: string; stderr: string }) => error,
    );
    if (!stdout) throw new Error(stderr);
    return JSON.parse(stdout) as DrillRecord;
}

/**
 * That a drill came to its end and met its goals. What came late is told and is no failure: the seconds of a machine
 * that others use, too, are not what is tested.
 */
export function meets(record: DrillRecord): void {
    const late = record.wants.filter((want) => want.late);
    for (const { what, wanted, got } of late) console.log(`        late: ${what} (${wanted}): ${got}`);
    const missed = record.wants.filter(({ met, late }) => !met && !late);
    assert.ok(record.broken === undefined && missed.length === 0, verdict(record));
}

/** A row of `npm run status`. */
interface Shown {
    name: string;
    state: string;
    probe: object | null;
}

/** What `npm run status -- --json` says, whatever it is. */
export async function status(): Promise<Shown[]> {
    const { bin } = await toolchain(() => undefined);
    const command = ["tsx", "operations/status/main.ts", "--stack", "local", "--json"];
    const env = { ...process.env, ...engineEnvironment(bin) };
    const { stdout } = await promisify(execFile)("npx", command, { env }).catch((error: { stdout: string }) => error);
    return (JSON.parse(stdout) as { parts: Shown[] }).parts;
}
