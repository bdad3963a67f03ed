import { spawn } from "node:child_process";
import { mkdir } from "node:fs/promises";
import * as path from "node:path";

/**
 * Runs `work` while no other process of this machine is inside the same lock. `waiting` is called once if somebody
 * else holds it. The lock is the kernel's (`flock`), held by a child that lives as long as our end of its pipe: it
 * is free again the moment its holder dies, however that happens, so there is no stale lock to clear.
 */
export async function locked<T>(file: string, waiting: () => void, work: () => Promise<T>): Promise<T> {
    await mkdir(path.dirname(file), { recursive: true });
    const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
    const gone = new Promise<void>((resolve) => holder.on("close", () => resolve()));
    const notice = setTimeout(waiting, 1_000);
    try {
        await new Promise<void>((resolve, reject) => {
            holder.stdout.once("data", () => resolve());
            holder.once("error", reject);
            holder.once("exit", (status) => reject(new Error(`flock ${file}: ended with status ${status}`)));
        });
    } finally {
        clearTimeout(notice);
    }
    try {
        return await work();
    } finally {
        holder.stdin.end();
        await gone;
    }
}
