import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { duration } from "./build/progress";
import { failedEarly, together } from "./build/together";
import { noteBuild, removeUnused } from "./build/unused";
import { keepOnlyDisks } from "./cloud/state/reset";
import { engineEnvironment, pulumi, selectStack } from "./engine";
import { Containers } from "./hosts/containers";
import { ensureImage, removeUnusedImages } from "./hosts/image";
import { checkMachine, installPackages } from "./hosts/requirements";
import { ensureMirror } from "./mirror/content";
import { objectsDir, stateDir } from "./paths";
import { type Phase, phases } from "./phases";
import { control, regionPid, startProcess, stopProcess } from "./process";
import { toolchain } from "./toolchain/toolchain";

const usage = `The rehearsal region: a cloud on this machine.

  npm start                            build what is missing, start the region, pulumi up on the local stack
  npm run region -- build              build or download what is missing, and no more
  npm run region -- start              start the region (and the hosts that were running)
  npm run region -- stop               power the hosts off and stop the region; nothing is lost
  npm run region -- status             what runs
  npm run region -- reset [--disks]    remove everything in the region; data disks and buckets stay, unless --disks
  npm run region -- clean              remove from the cache what was built and not used for 14 days
  npm run region -- clean --all-unused remove from it all that the last complete build did not use
  npm run region -- shell HOST         a root shell on a host, without SSH
  npm run region -- env                environment for a plain pulumi: eval "$(npm run -s region -- env)"
`;

const say = (line: string) => console.log(line);

/** Runs the work and tells how long it took, where that is worth a line. */
async function phase<T>(list: Phase[], name: string, work: () => Promise<T>): Promise<T> {
    say(`── ${name}`);
    const began = Date.now();
    const result = await work();
    list.push({ name, seconds: (Date.now() - began) / 1000 });
    return result;
}

/** Builds or downloads what is missing. Returns the engine's folder. */
async function build(list: Phase[] = []): Promise<string> {
    const reasons = await checkMachine();
    if (reasons.length > 0) {
        throw new Error(`this machine can't host the rehearsal region:\n${reasons.map((r) => `  - ${r}`).join("\n")}`);
    }
    await phase(list, "packages of this machine", () => installPackages(say));
    const began = new Date();
    const [{ bin }] = await phase(list, "Pulumi engine and plugins, and what hosts install: packages and images", () =>
        together([toolchain(say), ensureMirror(say)], failedEarly(say)),
    );
    await noteBuild(began);
    await phase(list, "image of the hosts", () => ensureImage(say));
    return bin;
}

/** Builds what is missing and starts the region. Returns the engine's folder. */
async function start(list: Phase[] = []): Promise<string> {
    const bin = await build(list);
    await phase(list, "region", () => startProcess());
    await selectStack(bin, "local");
    return bin;
}

async function up(): Promise<void> {
    const list: Phase[] = [];
    const bin = await start(list);
    const log = path.join(stateDir, "up.events");
    fs.rmSync(log, { force: true });
    say("── pulumi up (stack local)");
    const began = Date.now();
    const { code } = await pulumi(bin, ["up", "--stack", "local", "--yes", "--skip-preview", "--event-log", log]);
    const details = phases(log);
    say("\nWhere the time went:");
    for (const { name, seconds } of [...list, ...details.map((d) => ({ ...d, name: `pulumi up: ${d.name}` }))]) {
        say(`  ${duration(seconds * 1000).padStart(11)}  ${name}`);
    }
    say(`  ${duration(Date.now() - began).padStart(11)}  pulumi up in all`);
    if (code !== 0) {
        say("\npulumi up failed; above is why. Run `npm start` again: what is done already is not done twice.");
        process.exit(code);
    }
    say(`
The cluster and its applications are up: MySQL, Nacos, Kafka on node-01, Filebeat, Logstash, Elasticsearch, Kibana.
To try next:
  npm run ssh -- master                         then: kubectl get pods -A, k9s
  eval "$(npm run -s region -- env)"            then: pulumi preview -s local, pulumi stack output -s local
  npm run status                                in that shell: what is up, what it uses, whether it works
  npm run region -- status | stop | reset`);
}

async function status(): Promise<void> {
    const pid = regionPid();
    if (!pid) return say("The region does not run. Start it: npm run region -- start");
    say(`The region runs (process ${pid}).`);
    const { instances, disks } = (await control("GET", "/state")) as Summary;
    for (const { name, id, status: state, privateAddress, publicAddress } of Object.values(instances)) {
        say(`  host  ${name.padEnd(28)} ${id}  ${state.padEnd(9)} ${privateAddress.padEnd(15)} ${publicAddress ?? ""}`);
    }
    for (const { name, id, status: state, sizeGiB, type } of Object.values(disks)) {
        if (type === "data") say(`  disk  ${name.padEnd(28)} ${id}  ${state.padEnd(9)} ${sizeGiB} GiB`);
    }
}

interface Summary {
    instances: Record<
        string,
        { id: string; name: string; status: string; privateAddress: string; publicAddress?: string }
    >;
    disks: Record<string, { id: string; name: string; status: string; sizeGiB: number; type: string }>;
}

/** Powers the hosts off; the cloud keeps that they should run, so that the next start brings them back. */
async function stop(): Promise<void> {
    await stopProcess();
    await new Containers(say).powerOff();
}

async function reset(keepDisks: boolean): Promise<void> {
    await stopProcess();
    await new Containers(say).cleanUp({ keepDisks });
    const cloud = path.join(stateDir, "cloud.json");
    if (keepDisks && fs.existsSync(cloud)) {
        keepOnlyDisks(cloud);
    } else {
        fs.rmSync(cloud, { force: true });
    }
    if (!keepDisks) fs.rmSync(objectsDir, { recursive: true, force: true });
    fs.rmSync(path.join(stateDir, ".pulumi"), { recursive: true, force: true });
    say(
        `The region is gone${keepDisks ? "; its data disks and buckets are kept for the next one" : ", its disks and buckets too"}.`,
    );
}

/** Removes the parts that the last build did not use, nor anybody for so many days, and the images of no host. */
async function clean(days: number): Promise<void> {
    // It was told where its parts are when it started, which may be long ago.
    if (regionPid()) throw new Error("the region serves what was built; stop it first: npm run region -- stop");
    const removed = await removeUnused(days, say);
    await removeUnusedImages(say);
    say(`Parts removed: ${removed}.`);
}

async function shell(host: string | undefined): Promise<void> {
    const hosts = Object.values(((await control("GET", "/state")) as Summary).instances);
    const found = hosts.find(({ id, name }) => id === host || name === host || name.endsWith(`-${host}`));
    if (!found) {
        throw new Error(`no host ${host ?? "was named"}; there are: ${hosts.map(({ name }) => name).join(", ")}`);
    }
    const [command, ...args] = new Containers().shell(found.id);
    process.exit(spawnSync(command, args, { stdio: "inherit" }).status ?? 1);
}

async function environment(): Promise<void> {
    const { bin } = await toolchain((line) => console.error(line));
    for (const [key, value] of Object.entries(engineEnvironment(bin))) {
        say(`export ${key}='${value.replaceAll("'", "'\\''")}'`);
    }
}

async function main([verb, ...rest]: string[]): Promise<void> {
    switch (verb) {
        case "up":
            return up();
        case "start":
            await start();
            return status();
        case "build":
            await build();
            return;
        case "stop":
            return stop();
        case "status":
            return status();
        case "reset":
            return reset(!rest.includes("--disks"));
        case "clean":
            return clean(rest.includes("--all-unused") ? 0 : 14);
        case "shell":
            return shell(rest[0]);
        case "env":
            return environment();
        default:
            say(usage);
            process.exit(verb === undefined || verb === "help" ? 0 : 2);
    }
}

if (require.main === module) {
    // `status | head` is no failure.
    process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
    main(process.argv.slice(2)).catch((error: Error) => {
        console.error(`\n${error.message}`);
        process.exit(1);
    });
}
