import { chmod, chown, mkdir, symlink, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { run } from "../command";

/** What is at a path: a file or folder of another part, a text, a symbolic link, or an empty folder. */
export type Entry =
    | { from: string }
    | { text: string; mode?: number }
    | { to: string }
    | { mode: number; owner: { uid: number; gid: number } };

/** The contents of a package or a layer, by absolute path. */
export type Tree = { [path: string]: Entry };

/** Lays the tree out under `root`. Files of other parts are hard links: nothing may write to them. */
export async function layOut(root: string, tree: Tree): Promise<void> {
    for (const [name, entry] of Object.entries(tree)) {
        const target = path.join(root, name);
        await mkdir(path.dirname(target), { recursive: true });
        if ("from" in entry) await run("cp", ["-al", entry.from, target]);
        else if ("text" in entry) {
            await writeFile(target, entry.text);
            await chmod(target, entry.mode ?? 0o644);
        } else if ("to" in entry) await symlink(entry.to, target);
        else {
            await mkdir(target);
            await chmod(target, entry.mode);
            await chown(target, entry.owner.uid, entry.owner.gid);
        }
    }
}
