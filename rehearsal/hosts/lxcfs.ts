import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

import { succeeds, until } from "../command";
import { runDir } from "./podman";

const mountPoint = path.join(runDir, "lxcfs");
const pidFile = path.join(runDir, "lxcfs.pid");

/** What a host sees of its size: `--volume` arguments that put lxcfs' files over those of the machine. */
export const sizeVolumes = ["meminfo", "swaps", "uptime"].map((name) => `${mountPoint}/proc/${name}:/proc/${name}`);

/**
 * Sees to it that lxcfs runs, which answers a host that reads /proc/meminfo with the host's size. It is not a child of
 * the region: hosts that run while the region is restarted go on reading these files.
 */
export async function ensureLxcfs(): Promise<void> {
    if (answers()) {
        return;
    }
    await stopLxcfs();
    fs.mkdirSync(mountPoint, { recursive: true });
    const log = fs.openSync(path.join(runDir, "lxcfs.log"), "a");
    spawn("lxcfs", ["--pidfile", pidFile, mountPoint], { detached: true, stdio: ["ignore", log, log] })
        .on("error", () => undefined)
        .unref();
    fs.closeSync(log);
    if (!(await until(answers, 10))) {
        throw new Error(`lxcfs does not answer at ${mountPoint}; see ${runDir}/lxcfs.log`);
    }
}

/** Ends the region's lxcfs and removes its mount. */
export async function stopLxcfs(): Promise<void> {
    const pid = fs.existsSync(pidFile) ? Number(fs.readFileSync(pidFile, "utf8")) : 0;
    if (pid && isLxcfs(pid)) {
        process.kill(pid, "SIGTERM");
        await until(() => !isLxcfs(pid), 5);
    }
    fs.rmSync(pidFile, { force: true });
    // Its mount stays behind when it was killed, and goes a moment later when it was not.
    const gone = async () => {
        if (!isMounted()) {
            return true;
        }
        await succeeds("umount", ["--lazy", mountPoint]);
        return false;
    };
    if (!(await until(gone, 5))) {
        throw new Error(`${mountPoint} can't be unmounted`);
    }
}

function answers(): boolean {
    try {
        return fs.readFileSync(`${mountPoint}/proc/meminfo`, "utf8").length > 0;
    } catch {
        return false;
    }
}

// Asked of the kernel's table: a mount whose lxcfs was killed answers no look at its folder.
function isMounted(): boolean {
    return fs
        .readFileSync("/proc/self/mounts", "utf8")
        .split("\n")
        .some((line) => line.split(" ")[1] === mountPoint);
}

function isLxcfs(pid: number): boolean {
    try {
        return fs.readFileSync(`/proc/${pid}/comm`, "utf8").trim() === "lxcfs";
    } catch {
        return false;
    }
}
