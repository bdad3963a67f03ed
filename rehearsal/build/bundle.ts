import { readFile } from "node:fs/promises";
import * as path from "node:path";

import { checkoutDir } from "../paths";
import { sourcesIn } from "../sources";

/** Bundles a program, with the npm packages that it uses, into one file for Node that starts with `banner`. */
export async function bundle(entry: string, outfile: string, banner = ""): Promise<void> {
    const { build } = await import("esbuild");
    await build({
        entryPoints: [entry],
        outfile,
        bundle: true,
        minify: true,
        platform: "node",
        format: "cjs",
        target: "node20",
        banner: { js: banner },
        // Optional compiled parts, which packages do without where they are not built.
        external: ["*.node", "cpu-features"],
        logLevel: "silent",
    });
}

/** Everything that a bundle is made of: the sources in a folder, and the packages that the lock file pins. */
export async function bundleInputs(sourceDir: string): Promise<string[]> {
    const named = await Promise.all(
        sourcesIn(sourceDir).map(async (file) => [path.relative(sourceDir, file), await readFile(file, "utf8")]),
    );
    return [...named.flat(), await readFile(path.join(checkoutDir, "package-lock.json"), "utf8")];
}
