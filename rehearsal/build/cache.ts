import { createHash } from "node:crypto";
import { mkdir, readdir, rename, rm, utimes } from "node:fs/promises";
import * as path from "node:path";

import { cacheDir } from "../paths";
import { locked } from "./lock";
import { Progress, labelled, timed } from "./progress";

const toStderr: Progress = (line) => process.stderr.write(`${line}\n`);

/** Where the parts are: `<name>-<version>-<hash>/`, each whole or not there. */
export const partsDir = () => path.join(cacheDir, "parts");

/** The folder that `part` with the same first three arguments returns, whether it is there yet or not. */
export function partDir(name: string, version: string, inputs: string[]): string {
    const hash = createHash("sha256")
        .update(JSON.stringify([name, version, inputs]))
        .digest("hex")
        .slice(0, 12);
    return path.join(partsDir(), `${name}-${version}-${hash}`);
}

/** Whether the part is there. Who asks is going to use it: its folder's time says when somebody last did. */
export async function found(dir: string): Promise<boolean> {
    const now = new Date();
    try {
        await utimes(dir, now, now);
        return true;
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
        throw error;
    }
}

/**
 * Returns the folder of a part, made by `make` if it isn't there: a part is made once for each name, version and
 * content of `inputs` (everything that the result depends on, as text). `make` fills the folder that it is given,
 * which becomes the part's folder by one rename once it is whole: a failed or killed `make` leaves no part, and the
 * next one removes what it left. Several processes that ask for the same part make it once. `estimate` is how long
 * it may take, in words.
 */
export async function part(
    name: string,
    version: string,
    inputs: string[],
    make: (dir: string, progress: Progress) => Promise<void>,
    progress: Progress = toStderr,
    estimate?: string,
): Promise<string> {
    const dir = partDir(name, version, inputs);
    if (await found(dir)) return dir;
    const say = labelled(`${name} ${version}`, progress);
    await locked(
        path.join(partsDir(), ".locks", path.basename(dir)),
        () => say("another process is making it, waiting"),
        async () => {
            if (await found(dir)) return;
            await removePartial(dir);
            const partial = `${dir}${partialMark}${process.pid}`;
            await mkdir(partial, { recursive: true });
            try {
                await timed(estimate ? `making it (${estimate})` : "making it", say, () => make(partial, say));
                await rename(partial, dir);
            } catch (error) {
                await rm(partial, { recursive: true, force: true });
                throw new Error(`${name} ${version} could not be made: ${message(error)}`, { cause: error });
            }
        },
    );
    return dir;
}

/** Between a part's name and the number of the process that makes it, or removes it. */
export const partialMark = ".partial-";

/** Whoever holds the part's lock is its only live maker: partial folders of others belong to dead ones. */
async function removePartial(dir: string): Promise<void> {
    for (const entry of await readdir(path.dirname(dir)))
        if (entry.startsWith(path.basename(dir) + partialMark))
            await rm(path.join(path.dirname(dir), entry), { recursive: true, force: true });
}

function message(error: unknown): string {
    return error instanceof Error ? error.message : String(error);
}
