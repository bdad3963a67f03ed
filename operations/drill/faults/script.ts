import * as fs from "node:fs";
import * as path from "node:path";
import { assignments } from "../../../cluster/shell";
import { printed } from "../../status/ssh";
import type { Context } from "../drill";

/** Seconds that a script on a host has. */
const patience = 30;

/** Seconds after which a host puts back by itself what a drill broke on it, whatever becomes of the drill. */
export const atMost = 900;

/** Runs a script on a host. @throws Error with the host's name and its last words when it fails */
export function onHost({ shell }: Context, host: string, text: string, seconds = patience): Promise<string> {
    return printed(shell, host, text, seconds);
}

/** A script of the folder beside, with what it is given as variables. */
export function script(name: string, given: Record<string, string> = {}): string {
    const text = fs.readFileSync(path.join(__dirname, "scripts", `${name}.sh`), "utf8");
    return [...assignments(given), text].join("\n");
}

/** Has a host run this after `atMost` seconds by itself: call it before the thing is done. A restart forgets it. */
export function later(name: string, text: string): string {
    return script("later", { UNIT: `drill-${name}`, TEXT: text, AT_MOST: String(atMost) });
}

/** What was to be run later is not any more. */
export function notLater(name: string): string {
    return script("not-later", { UNIT: `drill-${name}` });
}
