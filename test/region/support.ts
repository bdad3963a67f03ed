import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { promisify } from "node:util";
import { dump, load } from "js-yaml";
import { accessOf, writeSshFiles } from "../../operations/access";
import { goPartDir } from "../../rehearsal/build/go";
import { clusterRecipes } from "../../rehearsal/build/recipes";
import { pulumi } from "../../rehearsal/engine";
import { type Change, changesIn, engineEvents } from "../../rehearsal/events";
import { checkoutDir } from "../../rehearsal/paths";
import { control } from "../../rehearsal/process";
import { stackFile } from "../sample";
import { toolchain } from "../../rehearsal/toolchain/toolchain";

const exec = promisify(execFile);

/** A run of `pulumi` on the `local` stack. */
export interface Result {
    code: number;
    output: string;
    seconds: number;
    /** Everything that was not `same`. */
    changes: Change[];
    /** What was done with success, and when, in seconds since the epoch. */
    completed: { urn: string; at: number }[];
}

/** Whether `npm run test:region -- --whole` runs, which takes its time. */
const whole = Boolean(process.env.REGION_TESTS_WHOLE);

/** A case that takes minutes, or hangs on one that does: left to `npm run test:region -- --whole`, which is said in its place. */
export function long(title: string, body: () => Promise<void>): void {
    if (whole) it(title, body);
    else it.skip(`${title} [takes minutes: only with --whole]`);
}

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "region-test-"));
process.on("exit", () => fs.rmSync(scratch, { recursive: true, force: true }));

const log = path.join(scratch, "events");

/** Whether the run that is under way has come to an operation on a resource. */
export function underWay(operation: string, resource: string): boolean {
    return changesIn(engineEvents(log)).some(({ op, urn }) => op === operation && urn.endsWith(`::${resource}`));
}

/** Runs a verb (up, preview, refresh, destroy) on the `local` stack and reads the engine's event log. */
export async function run(verb: string[], signal?: AbortSignal, environment?: Record<string, string>): Promise<Result> {
    fs.rmSync(log, { force: true });
    const { bin } = await toolchain(() => undefined);
    const began = Date.now();
    const approve = verb[0] === "preview" ? [] : ["--yes", "--skip-preview"];
    const args = [...verb, ...approve, "--stack", "local", "--event-log", log];
    const { code, output } = await pulumi(bin, args, { quiet: true, signal, environment });
    const seconds = (Date.now() - began) / 1000;
    const events = engineEvents(log);
    const completed = events.flatMap(({ resOutputsEvent: event, timestamp }) =>
        event ? [{ urn: event.metadata.urn, at: timestamp }] : [],
    );
    return { code, output, seconds, changes: changesIn(events), completed };
}

/** @throws AssertionError with what went wrong, when a run did not succeed */
export function succeeded({ code, output }: Result): void {
    assert.equal(code, 0, output.slice(output.lastIndexOf("Diagnostics:")));
}

/** What `pulumi stack VERB` prints of the `local` stack, secrets too: JSON. */
async function printed(verb: string[]): Promise<string> {
    const { bin } = await toolchain(() => undefined);
    const { code, output } = await pulumi(bin, ["stack", ...verb, "--show-secrets", "--stack", "local"], {
        quiet: true,
    });
    if (code !== 0) throw new Error(output);
    return output.slice(output.indexOf("{"));
}

/** The stack's outputs, secrets too. */
export async function outputs(): Promise<
    Record<string, string> & { hosts: { name: string; publicAddress: string }[] }
> {
    return JSON.parse(await printed(["output", "--json"])) as never;
}

/** What the stack's state has. */
export async function stackResources(): Promise<{ urn: string; type: string }[]> {
    const { deployment } = JSON.parse(await printed(["export"])) as {
        deployment: { resources: { urn: string; type: string }[] };
    };
    return deployment.resources;
}

/** The engine's name for a host's instance. */
export async function instanceUrn(host: string): Promise<string> {
    const { urn } = (await stackResources()).find(
        ({ urn, type }) => type === "alicloud:ecs/instance:Instance" && urn.endsWith(`::${host}`),
    )!;
    return urn;
}

/** Writes the stack's configuration with one mirror more, which hosts learn of at first boot; returns its file. */
export function otherMirrors(): string {
    const { urls, images } = stackFile("local")["test-cluster:mirrors"] as Record<string, object>;
    return changedStack("test-cluster:mirrors", {
        urls: { "https://unused.invalid": ["http://198.51.100.1"], ...urls },
        images,
    });
}

/** Writes the stack's configuration with another value for a key; returns its file. */
export function changedStack(key: string, value: object): string {
    const file = path.join(scratch, "Pulumi.local.yaml");
    const original = load(fs.readFileSync(path.join(checkoutDir, "Pulumi.local.yaml"), "utf8")) as { config: object };
    fs.writeFileSync(file, dump({ ...original, config: { ...original.config, [key]: value } }));
    return file;
}

/** Writes what an SSH client needs for the stack's hosts, by their names; returns its configuration file. */
export async function sshFiles(): Promise<string> {
    return writeSshFiles(accessOf(await printed(["export"])), scratch);
}

let kubeconfig: string | undefined;

/** After the cluster may have been made anew. */
export function forgetKubeconfig(): void {
    kubeconfig = undefined;
}

/** The kubectl that goes with the stack's cluster. */
export const kubectlBinary = path.join(goPartDir(clusterRecipes.find(({ name }) => name === "kubernetes")!), "kubectl");

/** The stack's kubeconfig, as an operator has it, in a file. */
export async function kubeconfigFile(): Promise<string> {
    if (!kubeconfig) {
        kubeconfig = path.join(scratch, "kubeconfig");
        fs.writeFileSync(kubeconfig, (await outputs()).kubeconfig, { mode: 0o600 });
    }
    return kubeconfig;
}

export async function kubectl(...args: string[]): Promise<string> {
    const options = ["--kubeconfig", await kubeconfigFile(), "--request-timeout=30s"];
    const { stdout } = await exec(kubectlBinary, [...options, ...args]);
    return stdout.trim();
}

/** One SQL statement on the stack's MySQL, as root. */
export async function sql(statement: string): Promise<string> {
    return kubectl(
        ...["-n", "mysql", "exec", "mysql-0", "--"],
        ...["mysql", "--defaults-file=/run/mysqld/client.cnf", "--batch", "--skip-column-names"],
        ...["--execute", statement],
    );
}

/** A command on a host over SSH, its identity verified. */
export async function ssh(host: string, command: string): Promise<string> {
    const { stdout } = await exec("ssh", ["-F", await sshFiles(), "-o", "BatchMode=yes", host, command]);
    return stdout.trim();
}

interface CloudState {
    instances: Record<string, { id: string; name: string; status: string }>;
    disks: Record<string, { id: string; name: string; type: string; status: string; instanceId: string }>;
    vpcs: Record<string, object>;
    vswitches: Record<string, object>;
    securityGroups: Record<string, object>;
    keyPairs: Record<string, object>;
    snapshotPolicies: Record<string, object>;
}

export async function cloudState(): Promise<CloudState> {
    return (await control("GET", "/state")) as CloudState;
}

/** The id of a host's instance. */
export async function instanceId(host: string): Promise<string> {
    const found = Object.values((await cloudState()).instances).find(({ name }) => name.endsWith(`-${host}`));
    if (!found) throw new Error(`no instance of ${host}`);
    return found.id;
}

/** Calls since a time that changed something in the cloud. */
export async function mutatingCalls(since: Date): Promise<{ action: string }[]> {
    const query = `since=${encodeURIComponent(since.toISOString())}&mutating=true`;
    return ((await control("GET", `/calls?${query}`)) as { calls: { action: string }[] }).calls;
}

/** Waits for a condition; fails with the last reason when time is up. */
export async function eventually(what: string, seconds: number, condition: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
        let reason = "it is not so";
        try {
            if (await condition()) return;
        } catch (error) {
            reason = (error as Error).message;
        }
        if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s: ${reason}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}
