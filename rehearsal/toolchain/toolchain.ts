import { existsSync } from "node:fs";
import { readFile, readdir, symlink, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { part, partDir } from "../build/cache";
import { answers, download } from "../build/download";
import { goParts } from "../build/go";
import { Progress } from "../build/progress";
import { toolchainRecipes } from "../build/recipes";
import { run } from "../command";
import { pluginPart, plugins } from "./bundle";

const site = "https://get.pulumi.com";
const engine = "3.259.0";
const architecture = process.arch === "arm64" ? "arm64" : "x64";

/**
 * Returns the folder to put on PATH: the Pulumi engine and its Node.js language host, and, where Pulumi's site can't
 * be reached, the plugins of the program. Where it can, the engine is Pulumi's own build and finds the real plugins by
 * itself, so none are on PATH. The first call may take half an hour; its lines go to `progress`.
 */
export async function toolchain(progress: Progress): Promise<{ bin: string }> {
    if (existsSync(releaseDir()) || (await answers(site))) return { bin: path.join(await release(progress), "pulumi") };
    return { bin: await built(progress) };
}

const releaseInputs = [architecture];
const releaseDir = () => partDir("pulumi-release", engine, releaseInputs);

function release(progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        const archive = path.join(dir, "pulumi.tar.gz");
        await download(`${site}/releases/sdk/pulumi-v${engine}-linux-${architecture}.tar.gz`, archive);
        await run("tar", ["-xzf", archive, "-C", dir]);
        await run("rm", [archive]);
    };
    return part("pulumi-release", engine, releaseInputs, make, progress);
}

async function built(progress: Progress): Promise<string> {
    const dirs = Object.values(await goParts(toolchainRecipes, progress));
    for (const plugin of plugins) dirs.push(await pluginPart(plugin, progress));
    const dynamic = await readFile(path.join(__dirname, "dynamic.sh"), "utf8");
    const make = async (bin: string) => {
        for (const dir of dirs)
            for (const name of await readdir(dir)) await symlink(path.join(dir, name), path.join(bin, name));
        // In Pulumi's releases it comes with the engine.
        await writeFile(path.join(bin, "pulumi-resource-pulumi-nodejs"), dynamic, { mode: 0o755 });
    };
    return part("toolchain", engine, [...dirs, dynamic], make, progress);
}
