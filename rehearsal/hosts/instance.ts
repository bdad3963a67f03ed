import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { stateDir } from "../paths";
import { IngressRule, InstanceSpec } from "./hypervisor";
import { sizeVolumes } from "./lxcfs";

const root = path.join(stateDir, "hosts");

/** A disk plugged into an instance. */
export interface Drive {
    diskId: string;
    /** What the disk says of itself; the host finds it as /dev/disk/by-id/virtio-<serial>. */
    serial: string;
    /** Its name in the host, for example `vdb`. */
    device: string;
}

/** What must be known of an instance to start it again, also by another process than the one that made it. */
export interface Instance {
    spec: InstanceSpec;
    ingress: IngressRule[];
    drives: Drive[];
}

/** The folder of an instance's own files on this machine: its record, its cloud-init seed, its volumes. */
export function instanceDir(id: string): string {
    return path.join(root, id);
}

/** @returns undefined when there is no such instance */
export function findInstance(id: string): Instance | undefined {
    const file = path.join(instanceDir(id), "instance.json");
    return fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, "utf8")) as Instance) : undefined;
}

/** @throws when there is no such instance */
export function readInstance(id: string): Instance {
    const instance = findInstance(id);
    if (!instance) {
        throw new Error(`instance ${id} does not exist in ${root}`);
    }
    return instance;
}

export function writeInstance(instance: Instance): void {
    const file = path.join(instanceDir(instance.spec.id), "instance.json");
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    // Complete or not at all, whenever the region dies.
    fs.writeFileSync(`${file}.new`, JSON.stringify(instance, undefined, 4), { mode: 0o600 });
    fs.renameSync(`${file}.new`, file);
}

/** The ids of all instances. */
export function instanceIds(): string[] {
    return fs.existsSync(root) ? fs.readdirSync(root).filter((id) => findInstance(id)) : [];
}

/** The first device name that none of the drives has: `vda` is the system disk, so `vdb` to `vdz`. */
export function freeDevice(drives: Drive[]): string {
    const device = [..."bcdefghijklmnopqrstuvwxyz"]
        .map((letter) => `vd${letter}`)
        .find((name) => drives.every((drive) => drive.device !== name));
    if (!device) {
        throw new Error("all device names from vdb to vdz are taken: detach a disk first");
    }
    return device;
}

/**
 * The files of cloud-init's NoCloud datasource for an instance: file name to contents. Cloud-init runs its
 * per-instance modules again only when `instance-id` changes, so a restart of the same instance does not.
 */
export function seed(spec: InstanceSpec): Record<"meta-data" | "user-data" | "authorized_keys", string> {
    return {
        // JSON is YAML, and needs no care for what a name or a key may hold.
        "meta-data": JSON.stringify({
            "instance-id": spec.id,
            "local-hostname": spec.hostname,
            "public-keys": spec.authorizedKeys,
        }),
        "user-data": spec.userData,
        // For power-on.sh.
        authorized_keys: spec.authorizedKeys.map((key) => `${key}\n`).join(""),
    };
}

/** Writes an instance's seed, over the one that it has. */
export function writeSeed(spec: InstanceSpec): void {
    const folder = path.join(instanceDir(spec.id), "seed");
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (const [name, text] of Object.entries(seed(spec))) {
        fs.writeFileSync(path.join(folder, name), text, { mode: 0o600 });
    }
}

/** The options of `podman update` that give a container, each time it starts, the size of this instance. */
export function sizeOptions(spec: InstanceSpec): string[] {
    return [
        ...["--memory", `${spec.memoryMiB}m`, "--memory-swap", `${spec.memoryMiB}m`],
        // More than the machine has can't be had. As much as it has needs no limit, and without one a pod may ask for more.
        ...(spec.cpus < os.cpus().length ? ["--cpus", String(spec.cpus)] : []),
    ];
}

/** The options of `podman create` that make a container this instance: its volumes, no size and no network yet. */
export function containerOptions(spec: InstanceSpec): string[] {
    const own = instanceDir(spec.id);
    const volumes = ["containerd", "docker", "kubelet"].map((name) => {
        // Of the machine's file system, since an overlay can't be the upper layer of another one.
        const folder = path.join(own, "volumes", name);
        fs.mkdirSync(folder, { recursive: true });
        return `${folder}:/var/lib/${name}`;
    });
    volumes.push(`${path.join(own, "seed")}:/var/lib/cloud/seed/nocloud:ro`, ...sizeVolumes);
    return [
        ...["--name", spec.id, "--hostname", spec.hostname],
        // Podman's own idea of systemd would mount the machine's hierarchy of cgroups into every host.
        ...["--privileged", "--systemd=false", "--cgroupns=private", "--env", "container=podman"],
        ...["--tmpfs", "/run:rw,exec,mode=755", "--stop-signal", "RTMIN+3", "--log-driver", "none"],
        // The cable is plugged in by hand, when the ingress rules are in force.
        ...["--network", "none", "--no-hosts"],
        ...["--pids-limit", "-1"],
        ...limits(),
        ...volumes.flatMap((volume) => ["--volume", volume]),
    ];
}

// Without CAP_SYS_RESOURCE nothing may raise a limit, and podman's defaults would. It has lowered its own number of
// processes to the kernel's pid_max by then, 32768 at the least.
function limits(): string[] {
    const status = fs.readFileSync("/proc/self/status", "utf8");
    const capabilities = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(status)![1]}`);
    if (capabilities & (1n << 24n)) {
        return [];
    }
    const own = fs.readFileSync("/proc/self/limits", "utf8");
    const hard = (name: string) => Number(new RegExp(`^${name}\\s+\\S+\\s+(\\d+)`, "m").exec(own)?.[1] ?? Infinity);
    const files = Math.min(hard("Max open files"), 1048576);
    const processes = Math.min(hard("Max processes"), 32768);
    return ["--ulimit", `nofile=${files}:${files}`, "--ulimit", `nproc=${processes}:${processes}`];
}
