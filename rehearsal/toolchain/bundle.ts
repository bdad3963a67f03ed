import { chmod } from "node:fs/promises";
import * as path from "node:path";

import { bundle, bundleInputs } from "../build/bundle";
import { part } from "../build/cache";
import { Progress } from "../build/progress";

/** The plugins that are written here; each version is that of the plugin whose behaviour it has. */
export const plugins = [
    { name: "kubernetes", version: "4.34.2" },
    { name: "command", version: "1.2.1" },
];

const sourceDir = path.join(__dirname, "plugins");

/**
 * Bundles a plugin of `plugins/<name>/main.ts`, with the npm packages that it uses, into one executable file
 * `pulumi-resource-<name>`, and returns that file's folder.
 */
export async function pluginPart(plugin: (typeof plugins)[number], progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        const outfile = path.join(dir, `pulumi-resource-${plugin.name}`);
        await bundle(path.join(sourceDir, plugin.name, "main.ts"), outfile, "#!/usr/bin/env node");
        await chmod(outfile, 0o755);
    };
    return part(`plugin-${plugin.name}`, plugin.version, await bundleInputs(sourceDir), make, progress);
}
