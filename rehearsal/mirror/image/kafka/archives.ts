import { readFileSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../../../build/cache";
import { Progress } from "../../../build/progress";
import { run } from "../../../command";
import { layOut, Tree } from "../../tree";
import { unpackLayer } from "../layer";

const script = path.join(__dirname, "archive.sh");

/** By which the image's programs find them, in /opt/kafka. */
export const archives = ["setup.jsa", "broker.jsa"];

/** Seconds that it may take; it takes some twenty. */
const patience = 600;

/**
 * Writes what the published image has too: archives of the classes that its two programs load, from which they start in
 * half the time. Java takes one only with the very Java and jars that it was written with, by path, size and time.
 * @param files the image's, without the archives
 * @param base the layers beneath
 */
export function kafkaArchives(version: string, files: Tree, base: string[], progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        const root = path.join(dir, "root");
        await mkdir(root);
        for (const layer of base) await unpackLayer(layer, root);
        await layOut(root, files);
        await own(path.join(root, "opt/kafka/libs"));
        for (const folder of ["proc", "dev", "tmp"]) await mkdir(path.join(root, folder), { recursive: true });
        const within = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child"];
        await run("timeout", [`${patience}`, ...within, "sh", script, root]);
        for (const name of archives) await rename(path.join(root, "opt/kafka", name), path.join(dir, name));
        await rm(root, { recursive: true });
    };
    const inputs = [JSON.stringify(files), ...base.map((layer) => path.basename(layer)), readFileSync(script, "utf8")];
    return part("kafka-archives", version, inputs, make, progress);
}

/** Copies of the jars, which are links to those of their part, with the time that files have in a layer. */
async function own(libs: string): Promise<void> {
    await run("sh", [
        "-ec",
        'cp -r "$0" "$0.own"; rm -r "$0"; mv "$0.own" "$0"; find "$0" -exec touch -d @0 {} +',
        libs,
    ]);
}
