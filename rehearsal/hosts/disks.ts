import * as fs from "node:fs";
import * as path from "node:path";

import { stateDir } from "../paths";
import { run, until } from "../command";
import { Queue } from "../queue";

const GiB = 2 ** 30;
const disksDir = path.join(stateDir, "disks");
const snapshotsDir = path.join(stateDir, "snapshots");

// Two that ask for a free loop device at once would get the same one.
const loops = new Queue();

/** Makes a sparse disk of `sizeGiB`, empty or with the contents of a snapshot. One that exists is left as it is. */
export async function createDisk(id: string, sizeGiB: number, snapshotId?: string): Promise<void> {
    const file = diskFile(id);
    if (fs.existsSync(file)) {
        return;
    }
    fs.mkdirSync(disksDir, { recursive: true, mode: 0o700 });
    if (snapshotId !== undefined) {
        const snapshot = snapshotFile(snapshotId);
        mustExist(snapshot, `snapshot ${snapshotId}`);
        mustHold(sizeGiB, fs.statSync(snapshot).size, `disk ${id}`);
        await copy(snapshot, `${file}.new`);
    } else {
        fs.writeFileSync(`${file}.new`, "");
    }
    fs.truncateSync(`${file}.new`, sizeGiB * GiB);
    fs.renameSync(`${file}.new`, file);
}

/** Grows a disk; a host that has it sees the new size at once. */
export async function resizeDisk(id: string, sizeGiB: number): Promise<void> {
    const file = diskFile(id);
    mustExist(file, `disk ${id}`);
    mustHold(sizeGiB, fs.statSync(file).size, `disk ${id}`);
    fs.truncateSync(file, sizeGiB * GiB);
    const loop = await loopOf(id);
    if (loop) {
        await run("losetup", ["--set-capacity", loop]);
    }
}

/** @throws when a loop device still reads it */
export async function deleteDisk(id: string): Promise<void> {
    const loop = await loopOf(id);
    if (loop) {
        throw new Error(`disk ${id} is in use as ${loop}: detach it first`);
    }
    fs.rmSync(diskFile(id), { force: true });
}

/** Copies the disk as it is now; the caller sees to it that file systems on it are flushed. */
export async function copyToSnapshot(id: string, diskId: string): Promise<void> {
    mustExist(diskFile(diskId), `disk ${diskId}`);
    fs.mkdirSync(snapshotsDir, { recursive: true, mode: 0o700 });
    await copy(diskFile(diskId), `${snapshotFile(id)}.new`);
    fs.renameSync(`${snapshotFile(id)}.new`, snapshotFile(id));
}

export function deleteSnapshot(id: string): void {
    fs.rmSync(snapshotFile(id), { force: true });
}

/** Gives the disk a loop device, the one that it has already or a new one; returns its path. */
export async function ensureLoop(id: string): Promise<string> {
    mustExist(diskFile(id), `disk ${id}`);
    return loops.run("", async () => {
        const found = await loopOf(id);
        if (found) {
            return found;
        }
        const free = (await run("losetup", ["--find"])).trim();
        if (!fs.existsSync(free)) {
            await run("mknod", [free, "b", "7", free.replace("/dev/loop", "")]);
        }
        await run("losetup", [free, diskFile(id)]);
        return free;
    });
}

/**
 * Takes the disk's loop device away; returns once the disk is at rest in its file.
 *
 * @throws when something still uses it after ten seconds
 */
export async function removeLoop(id: string): Promise<void> {
    const loop = await loopOf(id);
    if (!loop) {
        return;
    }
    // The kernel keeps a device that is in use until its last user goes, and takes it away then.
    await run("losetup", ["--detach", loop]);
    if (!(await until(async () => (await loopOf(id)) === undefined, 10))) {
        throw new Error(`disk ${id} is still in use as ${loop}: something outside its host has it open`);
    }
}

/** Removes the loop devices of all disks, and the disks and snapshots too unless `keepDisks`. */
export async function cleanUpDisks(keepDisks: boolean): Promise<void> {
    const names = fs.existsSync(disksDir) ? fs.readdirSync(disksDir) : [];
    for (const name of names.filter((file) => file.endsWith(".img"))) {
        await removeLoop(path.basename(name, ".img"));
    }
    if (!keepDisks) {
        fs.rmSync(disksDir, { recursive: true, force: true });
        fs.rmSync(snapshotsDir, { recursive: true, force: true });
    }
}

/** The major and minor number of a device node. */
export function deviceNumber(device: string): { major: number; minor: number } {
    return splitDeviceNumber(fs.statSync(device).rdev);
}

/** Linux' encoding of device numbers, as stat(2) gives them. */
export function splitDeviceNumber(dev: number): { major: number; minor: number } {
    return { major: (dev >>> 8) & 0xfff, minor: (dev & 0xff) | ((dev >>> 12) & 0xfff00) };
}

async function loopOf(id: string): Promise<string | undefined> {
    if (!fs.existsSync(diskFile(id))) {
        return undefined;
    }
    const list = await run("losetup", ["--list", "--noheadings", "--output", "NAME", "--associated", diskFile(id)]);
    return list.trim().split("\n")[0] || undefined;
}

function copy(from: string, to: string): Promise<string> {
    return run("cp", ["--sparse=always", "--reflink=auto", from, to]);
}

function diskFile(id: string): string {
    return path.join(disksDir, `${id}.img`);
}

function snapshotFile(id: string): string {
    return path.join(snapshotsDir, `${id}.img`);
}

function mustExist(file: string, what: string): void {
    if (!fs.existsSync(file)) {
        throw new Error(`${what} does not exist (${file})`);
    }
}

function mustHold(sizeGiB: number, bytes: number, what: string): void {
    if (sizeGiB * GiB < bytes) {
        throw new Error(`${what} can't have ${sizeGiB} GiB: its contents take ${bytes / GiB} GiB, a disk only grows`);
    }
}
