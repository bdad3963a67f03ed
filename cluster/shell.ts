import * as fs from "node:fs";
import * as path from "node:path";

/** A word as the shell takes it literally. */
export function quote(word: string): string {
    return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The text of a script file: of `cluster/scripts` by its name, any other by its path without the ending. */
export function scriptFile(name: string): string {
    return fs.readFileSync(path.resolve(__dirname, "scripts", `${name}.sh`), "utf8");
}

/** Variables as a script sets them, a line each. */
export function assignments(given: Record<string, string>): string[] {
    return Object.entries(given).map(([key, value]) => `${key}=${quote(value)}`);
}

/**
 * A script, named as `scriptFile` takes it, as it is run on a host: what it was given as variables and files (by path),
 * then the shared steps, then its own text, after those of the libraries that are named before it. Secrets are not given
 * this way, since the text shows up in previews: they go through standard input.
 */
export function script(
    names: string | string[],
    given: Record<string, string>,
    files: Record<string, string> = {},
): string {
    const written = Object.entries(files).map(
        ([file, content]) =>
            `install -d ${quote(path.posix.dirname(file))}\ncat >${quote(file)} <<'END-OF-FILE'\n${content}END-OF-FILE`,
    );
    return [
        "#!/bin/bash",
        ...assignments(given),
        scriptFile("steps"),
        ...written,
        ...[names].flat().map(scriptFile),
    ].join("\n");
}
