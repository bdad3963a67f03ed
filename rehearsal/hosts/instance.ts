import * as fs from "node:fs";
import * as path from "node:path";

import { stateDir } from "../paths";
import { IngressRule, InstanceSpec } from "./hypervisor";

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
