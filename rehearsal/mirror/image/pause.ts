import { readFileSync } from "node:fs";
import * as path from "node:path";

import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { run } from "../../command";

const source = path.join(__dirname, "pause.c");

/** Compiles `pause` to one static binary and returns its folder. */
export function pausePart(progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        await run("gcc", ["-Os", "-static", "-s", "-o", path.join(dir, "pause"), source]);
    };
    return part("pause", "3.10", [readFileSync(source, "utf8")], make, progress);
}
