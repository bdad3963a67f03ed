import * as fs from "node:fs";
import * as path from "node:path";

/**
 * The texts of what is named: `-` is what comes in, a folder is all its manifests.
 * @throws Error where there is nothing to read
 */
export function inputs(names: string[]): { file: string; text: string }[] {
    return names.flatMap((name) => {
        if (name === "-") return [{ file: "what comes in", text: fs.readFileSync(0, "utf8") }];
        if (!fs.statSync(name).isDirectory()) return [{ file: name, text: fs.readFileSync(name, "utf8") }];
        const files = fs
            .readdirSync(name, { recursive: true, encoding: "utf8" })
            .filter((file) => /\.(ya?ml|json)$/.test(file))
            .sort()
            .map((file) => path.join(name, file));
        if (files.length === 0) throw new Error(`${name}: no .yaml, .yml or .json in it`);
        return files.map((file) => ({ file, text: fs.readFileSync(file, "utf8") }));
    });
}
