import * as fs from "node:fs";
import * as path from "node:path";

/** The files in a folder and in those below it, sorted: a digest of them must not depend on how a disk lists them. */
export function sourcesIn(folder: string): string[] {
    const entries = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map(({ parentPath, name }) => path.join(parentPath, name)).sort();
}
