import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { dump, load, loadAll } from "js-yaml";
import { initConfiguration } from "../../cluster/kubeadm";
import { parseSettings, type Settings } from "../../config";
import { hostAddress } from "../../config/rules";
import { pulumi, selectStack } from "../../rehearsal/engine";
import { checkoutDir } from "../../rehearsal/paths";
import { regionPid } from "../../rehearsal/process";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { cloudState, forgetKubeconfig, kubectl, outputs, run, sshFiles, stackResources } from "../region/support";

/**
 * `npm run bench [-- bootstrap | preview]`, on a region that runs: speed as ratios against a floor measured in the same
 * run. `bootstrap` destroys and rebuilds the `local` stack twice; its data disks stay.
 */
const rounds = 3;
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "bench-"));

interface StackFile {
    config: Record<string, unknown>;
    encryptionsalt?: string;
}

const local = () => load(fs.readFileSync(path.join(checkoutDir, "Pulumi.local.yaml"), "utf8")) as StackFile;

function settings(): Settings {
    const own = Object.entries(local().config).filter(([key]) => key.startsWith("test-cluster:"));
    return parseSettings(Object.fromEntries(own.map(([key, value]) => [key.slice("test-cluster:".length), value])));
}

const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function demand(args: string[], environment: Record<string, string> = {}, cwd?: string): Promise<number> {
    const { bin } = await toolchain(() => undefined);
    const began = Date.now();
    const { code, output } = await pulumi(bin, args, { quiet: true, environment, cwd });
    if (code !== 0) throw new Error(`pulumi ${args.join(" ")}:\n${output}`);
    return (Date.now() - began) / 1000;
}

async function times(work: () => Promise<number>): Promise<number> {
    const all: number[] = [];
    for (let i = 0; i < rounds; i++) all.push(await work());
    return median(all);
}

/** Hosts that have booted, and no Kubernetes on them. */
async function bootHosts(): Promise<void> {
    // Named one by one: the engine (3.259.0) breaks its own state when dependents are left out by --exclude.
    const wanted = [
        "alicloud:vpc/**",
        "securityGroup**",
        "ecsKeyPair**",
        "instance:Instance::*",
        "autoSnapshotPolicy**",
    ]
        .concat(["ecsDisk:EcsDisk::*", "cluster:Hosts::*", "cluster:Network::*", "cluster:DataDisks::*"])
        .concat(["Command::operator", "Command::*-identity", "Command::*-prepared"])
        .flatMap((pattern) => ["--target", `**${pattern}`]);
    // It ends with an error all the same, on the Kubernetes provider, which no target can leave out; the hosts are up.
    const { bin } = await toolchain(() => undefined);
    await pulumi(bin, ["up", "--yes", "--skip-preview", "--stack", "local", ...wanted], { quiet: true });
}

/** Seconds that bare kubeadm needs on the stack's hosts. */
async function floor(): Promise<number> {
    const sshFile = await sshFiles();
    const config = settings();
    const [controlPlane, ...workers] = config.hosts.map(({ name }) => name);
    const kubeadm = bare(
        initConfiguration(
            { ...config, stack: "local", region: "cn-hangzhou" },
            config.hosts[0],
            hostAddress(config.network.hosts, 0),
        ),
    );
    execFileSync("ssh", ["-F", sshFile, controlPlane, "cat >/root/floor.yaml"], { input: kubeadm });
    return Number(
        execFileSync("bash", [path.join(__dirname, "floor.sh"), sshFile, controlPlane, ...workers]).toString(),
    );
}

/** Of kubeadm's input, what it can't do without on these hosts; what the program adds needs more than kubeadm. */
const needed: Record<string, string[]> = {
    InitConfiguration: ["localAPIEndpoint", "nodeRegistration", "bootstrapTokens"],
    ClusterConfiguration: ["clusterName", "kubernetesVersion", "controlPlaneEndpoint", "networking"],
};

function bare(text: string): string {
    const documents = loadAll(text.replaceAll("@TOKEN@", "abcdef.0123456789abcdef")) as Record<string, unknown>[];
    const kept = documents.map((document) => {
        const keys = needed[document.kind as string];
        const entries = Object.entries(document);
        return Object.fromEntries(entries.filter(([key]) => !keys || ["apiVersion", "kind", ...keys].includes(key)));
    });
    return kept.map((document) => dump(document)).join("---\n");
}

/** Seconds of the program from its last host booted to three nodes Ready, from the cluster's own clock. */
async function program(): Promise<{ kubernetes: number; controlPlane: number; whole: number }> {
    const { code, output, seconds, completed } = await run(["up"]);
    if (code !== 0) throw new Error(output.slice(output.indexOf("Diagnostics:")));
    forgetKubeconfig();
    const nodes = JSON.parse(await kubectl("get", "nodes", "-o", "json")) as {
        items: { status: { conditions: { type: string; lastTransitionTime: string }[] } }[];
    };
    const ready = nodes.items.map(({ status }) =>
        Date.parse(status.conditions.find(({ type }) => type === "Ready")!.lastTransitionTime),
    );
    const last = (name: RegExp) => Math.max(...completed.filter(({ urn }) => name.test(urn)).map(({ at }) => at));
    const booted = last(/-prepared$/);
    return {
        kubernetes: Math.max(...ready) / 1000 - booted,
        controlPlane: last(/::control-plane$/) - booted,
        whole: seconds,
    };
}

/**
 * Preview of a program of so many resources that there is no provider to be asked about, with the same engine, language
 * host and packages: of none is what a preview can't do without, of as many as the stack has is what they alone cost.
 */
async function barePreview(resources: number): Promise<number> {
    const dir = path.join(scratch, `bare-${resources}`);
    if (!fs.existsSync(dir)) {
        fs.mkdirSync(dir);
        fs.writeFileSync(path.join(dir, "Pulumi.yaml"), "name: bare\nruntime: nodejs\n");
        fs.writeFileSync(
            path.join(dir, "index.ts"),
            `import * as pulumi from "@pulumi/pulumi";
export const stack = pulumi.getStack();
for (let i = 0; i < ${resources}; i++) new pulumi.ComponentResource("test-cluster:bench:Bare", \`bare-\${i}\`);
`,
        );
        for (const name of ["package.json", "tsconfig.json"])
            fs.copyFileSync(path.join(checkoutDir, name), path.join(dir, name));
        fs.symlinkSync(path.join(checkoutDir, "node_modules"), path.join(dir, "node_modules"));
        const { bin } = await toolchain(() => undefined);
        await selectStack(bin, `bare-${resources}`, dir);
        await demand(["up", "--yes", "--skip-preview", "--stack", `bare-${resources}`], {}, dir);
    }
    return demand(["preview", "--stack", `bare-${resources}`, "--expect-no-changes"], {}, dir);
}

/** Preview of a stack of so many hosts that isn't there yet. */
async function previewOf(hosts: number): Promise<number> {
    const { bin } = await toolchain(() => undefined);
    const file = local();
    const size = { cpus: 4, memoryGiB: 8 };
    file.config["test-cluster:hosts"] = Array.from({ length: hosts }, (_, i) =>
        i === 0
            ? { name: "master", role: "control-plane", cpus: 2, memoryGiB: 4 }
            : { name: `node-${String(i).padStart(2, "0")}`, role: "worker", ...size },
    );
    const config = path.join(scratch, `hosts-${hosts}.yaml`);
    fs.writeFileSync(config, dump(file));
    await selectStack(bin, `bench-${hosts}`);
    // The selection leaves a file of its own for the stack.
    fs.rmSync(path.join(checkoutDir, `Pulumi.bench-${hosts}.yaml`), { force: true });
    return times(() => demand(["preview", "--stack", `bench-${hosts}`, "--config-file", config]));
}

function line(what: string, value: string, goal = ""): void {
    console.log(`${what.padEnd(62)} ${value.padStart(10)}   ${goal}`);
}

/** Hosts booted to three nodes Ready, bare kubeadm's way and the program's. */
async function bootstrap(): Promise<void> {
    await demand(["destroy", "--yes", "--skip-preview", "--stack", "local"]);
    await bootHosts();
    const bottom = await floor();
    await demand(["destroy", "--yes", "--skip-preview", "--stack", "local"]);
    const { kubernetes, controlPlane, whole } = await program();
    line("hosts booted to three nodes Ready: bare kubeadm", `${bottom.toFixed(1)} s`);
    line("hosts booted to three nodes Ready: the program", `${kubernetes.toFixed(1)} s`);
    line("  of it the control plane", `${controlPlane.toFixed(1)} s`);
    line("  ratio", (kubernetes / bottom).toFixed(2), "goal: at most 1.50");
    line("pulumi up of the whole stack, warm", `${whole.toFixed(0)} s`, "goal: under 240 s");
    const { hosts } = await outputs();
    line("the stack that is left running", `${hosts.length} hosts`);
}

/** Previews of the stack as it is, and of larger ones that are not there. */
async function preview(): Promise<void> {
    const empty = await times(() => barePreview(0));
    const resources = (await stackResources()).length;
    const bare = await times(() => barePreview(resources));
    const unchanged = await times(() => demand(["preview", "--stack", "local", "--expect-no-changes"]));
    line("preview: an empty program", `${empty.toFixed(1)} s`);
    line(`preview: ${resources} resources that no provider is asked about`, `${bare.toFixed(1)} s`);
    line("preview: this stack, nothing to change", `${unchanged.toFixed(1)} s`);
    line("  ratio", (unchanged / empty).toFixed(2), "goal: at most 1.50");

    // The largest is there for the slope alone: beside its time, what one preview differs from the next is nothing.
    const sizes = [3, 30, 100, 200];
    const previews: Record<number, number> = {};
    for (const hosts of sizes) {
        previews[hosts] = await previewOf(hosts);
        line(`preview: a new stack of ${hosts} hosts`, `${previews[hosts].toFixed(1)} s`);
    }
    const aHost = (from: number, to: number) => (previews[to] - previews[from]) / (to - from);
    line(
        "  seconds a further host, 100 to 200 against 3 to 100",
        (aHost(100, 200) / aHost(3, 100)).toFixed(2),
        "goal: no worse than linear, 1.00",
    );
}

const benches: Record<string, () => Promise<void>> = { bootstrap, preview };

async function main(names: string[]): Promise<void> {
    const wrong = names.find((name) => !(name in benches));
    if (wrong) throw new Error(`no bench ${wrong}; there are: ${Object.keys(benches).join(", ")}`);
    if (!regionPid()) throw new Error("no region runs here; first: npm run region -- start");
    await cloudState();
    const { bin } = await toolchain(() => undefined);
    await selectStack(bin, "local");
    for (const name of Object.keys(benches)) if (names.length === 0 || names.includes(name)) await benches[name]();
}

main(process.argv.slice(2))
    .catch((error: Error) => {
        console.error(error.message);
        process.exitCode = 1;
    })
    .finally(() => fs.rmSync(scratch, { recursive: true, force: true }));
