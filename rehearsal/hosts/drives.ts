import * as fs from "node:fs";

import { run, until } from "../command";
import { splitDeviceNumber } from "./disks";
import { Drive } from "./instance";

/** Where a device is mounted, seen from a process there. */
export interface Mount {
    pid: number;
    target: string;
}

/**
 * Makes a disk show up in a running host.
 *
 * @param pid of the host's init
 * @param device the disk's major and minor number
 */
export async function insertDrive(pid: number, drive: Drive, device: { major: number; minor: number }): Promise<void> {
    const node = `/dev/${drive.device}`;
    const link = `/dev/disk/by-id/virtio-${drive.serial}`;
    const commands = [
        `test -b ${node} || mknod -m 660 ${node} b ${device.major} ${device.minor}`,
        `ln -sfn ../../${drive.device} ${link}`,
    ];
    await inHost(pid, ["sh", "-ec", commands.join("\n")]);
}

/**
 * Pulls a disk out of a running host, mounted or not. On a real machine whoever still uses the disk gets I/O errors
 * from then on; here they lose its mounts and those who keep files open on it are killed, so that the disk can go to
 * another host in one piece.
 */
export async function ejectDrive(pid: number, drive: Drive, device: { major: number; minor: number }): Promise<void> {
    await inHost(pid, ["rm", "-f", `/dev/disk/by-id/virtio-${drive.serial}`, `/dev/${drive.device}`]);
    // First the users, as they are found by what they have open, then the mounts, until neither comes back.
    const gone = await until(async () => {
        const users = usersOf(device);
        users.forEach((user) => kill(user));
        const mounts = mountsOf(device);
        for (const mount of mounts) {
            // The process that showed the mount may have ended, and its mounts with it.
            await inHost(mount.pid, ["umount", "--lazy", mount.target]).catch(() => undefined);
        }
        return users.length === 0 && mounts.length === 0;
    }, 20);
    if (!gone) {
        throw new Error(`${drive.diskId} can't be pulled: ${JSON.stringify(mountsOf(device))} keep coming back`);
    }
}

/** The mounts of a device: one for each place in each mount namespace, the oldest process of a namespace standing for it. */
export function mountsOf(device: { major: number; minor: number }): Mount[] {
    const seen = new Map<string, Mount>();
    for (const pid of processes()) {
        for (const target of mountTargets(read(`/proc/${pid}/mountinfo`), device)) {
            const place = `${namespaceOf(pid)} ${target}`;
            if (!seen.has(place)) {
                seen.set(place, { pid, target });
            }
        }
    }
    return [...seen.values()];
}

/** The mount of a device that a process sees. */
export function mountIn(pid: number, device: { major: number; minor: number }): Mount | undefined {
    const [target] = mountTargets(read(`/proc/${pid}/mountinfo`), device);
    return target === undefined ? undefined : { pid, target };
}

/** The mount points of a device in the text of a /proc/PID/mountinfo, latest first. */
export function mountTargets(mountinfo: string, device: { major: number; minor: number }): string[] {
    return mountinfo
        .split("\n")
        .map((line) => line.split(" "))
        .filter((fields) => fields[2] === `${device.major}:${device.minor}`)
        .map((fields) => fields[4].replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))))
        .reverse();
}

/** Runs a command among the files of a process, and among its processes, or /proc there would not know the command. */
export function inHost(pid: number, command: string[]): Promise<string> {
    return run("nsenter", ["--target", String(pid), "--mount", "--pid", ...command]);
}

// The processes that have a file or a folder of the device's file system open.
function usersOf(device: { major: number; minor: number }): number[] {
    return processes().filter((pid) =>
        [`/proc/${pid}/cwd`, `/proc/${pid}/root`, ...list(`/proc/${pid}/fd`)].some((file) => {
            const found = deviceOf(file);
            return found?.major === device.major && found.minor === device.minor;
        }),
    );
}

function deviceOf(file: string): { major: number; minor: number } | undefined {
    try {
        const stat = fs.statSync(file);
        return splitDeviceNumber(stat.isBlockDevice() ? stat.rdev : stat.dev);
    } catch {
        // Closed, or ended, in the meantime.
        return undefined;
    }
}

function processes(): number[] {
    return fs
        .readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .map(Number)
        .filter((pid) => pid !== process.pid);
}

function list(dir: string): string[] {
    try {
        return fs.readdirSync(dir).map((name) => `${dir}/${name}`);
    } catch {
        return [];
    }
}

function read(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return "";
    }
}

function namespaceOf(pid: number): string {
    try {
        return fs.readlinkSync(`/proc/${pid}/ns/mnt`);
    } catch {
        return "";
    }
}

function kill(pid: number): void {
    try {
        process.kill(pid, "SIGKILL");
    } catch {
        // Ended by itself.
    }
}
