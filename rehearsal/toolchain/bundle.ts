import { chmod, readFile, readdir } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../build/cache";
import { Progress } from "../build/progress";
import { checkoutDir } from "../paths";

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
        const { build } = await import("esbuild");
        const outfile = path.join(dir, `pulumi-resource-${plugin.name}`);
        await build({
            entryPoints: [path.join(sourceDir, plugin.name, "main.ts")],
            outfile,
            bundle: true,
            minify: true,
            platform: "node",
            format: "cjs",
            target: "node20",
            banner: { js: "#!/usr/bin/env node" },
            // Optional compiled parts, which packages do without where they are not built.
            external: ["*.node", "cpu-features"],
            logLevel: "silent",
        });
        await chmod(outfile, 0o755);
    };
    return part(`plugin-${plugin.name}`, plugin.version, await sources(), make, progress);
}

/** Everything that a bundle is made of: the plugins' sources, and the packages that the lock file pins. */
async function sources(): Promise<string[]> {
    const entries = await readdir(sourceDir, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
    const named = await Promise.all(
        files.sort().map(async (file) => [path.relative(sourceDir, file), await readFile(file, "utf8")]),
    );
    return [...named.flat(), await readFile(path.join(checkoutDir, "package-lock.json"), "utf8")];
}
