import { existsSync } from "node:fs";
import { readFile, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { partialMark, partsDir } from "./cache";
import { Progress } from "./progress";

const stamp = () => path.join(partsDir(), ".built");

/** Notes that a build which began then has asked for all parts of its checkout. */
export async function noteBuild(began: Date): Promise<void> {
    await writeFile(stamp(), began.toISOString());
}

/**
 * Removes the parts that nobody has asked for since the last complete build, of whatever checkout, and for `days`; and
 * what makers left that were killed. A part that is not whole is never there. Returns how many were removed.
 * @throws Error before the first complete build, when it is not known what is used
 */
export async function removeUnused(days: number, progress: Progress): Promise<number> {
    const built = await readFile(stamp(), "utf8").catch(() => {
        throw new Error("there was no complete build yet, so it is not known what is used: npm run region -- build");
    });
    const since = Math.min(Date.parse(built), Date.now() - days * 86_400_000);
    const names = (await readdir(partsDir())).filter((name) => !name.startsWith("."));
    let removed = 0;
    for (const name of names) {
        const dir = path.join(partsDir(), name);
        const [, maker] = name.split(partialMark);
        if (maker ? existsSync(`/proc/${maker}`) : (await stat(dir)).mtimeMs >= since) continue;
        // Out of everybody's way at once; what a killed `clean` leaves of it, the next one removes.
        const doomed = maker ? dir : `${dir}${partialMark}${process.pid}`;
        if (!maker) await rename(dir, doomed);
        await rm(doomed, { recursive: true, force: true });
        progress(`removed ${name}`);
        removed++;
    }
    return removed;
}
