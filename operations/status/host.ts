import * as fs from "node:fs";
import * as path from "node:path";
import { quote } from "../../cluster/shell";
import { quantity } from "../../config/quantity";
import type { Use } from "./row";
import type { Shell } from "./ssh";

/** Seconds that a host has to say what it has. */
const patience = 8;

/** What a host says of itself; what it did not come to is absent. */
export interface HostLook {
    /** Why it did not say all. */
    failure?: string;
    /** Seconds until it answered at all. */
    seconds?: number;
    memory?: Use;
    system?: Use;
    /** What etcd has of its quota, bytes, and the alarm that it has raised; on the control plane alone. */
    etcd?: { use: Use; alarm?: string };
    disks: Record<string, DiskLook>;
    container?: ContainerLook;
}

export interface DiskLook {
    mounted: boolean;
    since?: Date;
    use?: Use;
    /** How long it took to write a file, in seconds. */
    written?: number;
    failure?: string;
}

/** Kafka's container. */
export interface ContainerLook {
    running: boolean;
    /** What is wrong with it. */
    failure?: string;
    since?: Date;
    memory?: Use;
    cpu?: Use;
}

/** A script of this folder, with what it is given as variables. */
export function script(name: string, given: Record<string, string> = {}): string {
    const variables = Object.entries(given).map(([key, value]) => `${key}=${quote(value)}\n`);
    return variables.join("") + fs.readFileSync(path.join(__dirname, `${name}.sh`), "utf8");
}

/** Asks a host what it has and uses. */
export async function lookAtHost(shell: Shell, host: string, disks: string[], kafka: boolean): Promise<HostLook> {
    const given = { DISKS: disks.join(" "), KAFKA: kafka ? "here" : "" };
    const { stdout, seconds, failure } = await shell.run(host, script("host", given), patience);
    return { ...hostLook(stdout), seconds, failure };
}

/** Reads what host.sh prints, as far as it got. */
export function hostLook(text: string): HostLook {
    const look: HostLook = { disks: {} };
    // The last piece is empty, or a line that was cut off.
    for (const line of text.split("\n").slice(0, -1)) {
        const [kind, ...words] = line.split(" ");
        const [name, ...rest] = words;
        if (kind === "memory") look.memory = use(words);
        if (kind === "system") look.system = use(words);
        if (kind === "etcd") look.etcd = { use: use(words) };
        if (kind === "etcd-alarm" && look.etcd) look.etcd.alarm = words.join(" ");
        if (kind === "unmounted") look.disks[name] = { mounted: false };
        if (kind === "disk") look.disks[name] = { mounted: true, use: use(rest), since: atSecond(rest[2]) };
        if (kind === "written" && look.disks[name]) look.disks[name].written = Number(rest[0]) / 1e6;
        if (kind === "unwritable" && look.disks[name]) look.disks[name].failure = rest.join(" ");
        if (kind === "container") look.container = container(words);
        if (kind === "no-container") look.container = { running: false, failure: words.join(" ") };
        if (kind === "usage" && look.container) Object.assign(look.container, containerUse(words.join(" ")));
    }
    return look;
}

function use([used, of]: string[]): Use {
    return { used: Number(used), of: Number(of) };
}

function atSecond(seconds: string | undefined): Date | undefined {
    return seconds ? new Date(Number(seconds) * 1000) : undefined;
}

function container([status, health, started, finished, exit, killed]: string[]): ContainerLook {
    const running = status === "running";
    const ended = `its container is ${status}, exit status ${exit}${killed === "true" ? ", out of memory" : ""}`;
    const unhealthy = health === "healthy" || health === "none" ? undefined : `its container is ${health}`;
    const failure = running ? unhealthy : ended;
    const since = new Date(running ? started : finished);
    // Docker's zero is a time of the year 1.
    return { running, ...(since.getTime() > 0 && { since }), ...(failure && { failure }) };
}

/** Of `512.3MiB / 1GiB / 1.5%`. */
function containerUse(text: string): Pick<ContainerLook, "memory" | "cpu"> {
    const [used, of, percent] = text.split(" / ").map((word) => word.replace(/B$/, "").trim());
    return { memory: { used: quantity(used), of: quantity(of) }, cpu: { used: parseFloat(percent) / 100 } };
}
