import * as fs from "node:fs";
import * as path from "node:path";
import { emptyState, State } from "./records";

/**
 * @param file where the state is, or will be
 * @returns the state; an empty one when the file is not there
 * @throws Error naming the file when it can't be read or is not a state
 */
export function loadState(file: string): State {
    let text: string;
    try {
        text = fs.readFileSync(file, "utf8");
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") return emptyState();
        throw error;
    }
    const wayOut = "Move it away to start with an empty region (its hosts and disks stay on the machine).";
    let state: Partial<State>;
    try {
        state = JSON.parse(text) as Partial<State>;
    } catch (error) {
        throw new Error(`The region's state ${file} is not JSON: ${(error as Error).message}. ${wayOut}`);
    }
    if (state.version !== 1)
        throw new Error(`The region's state ${file} has version ${state.version}, not 1. ${wayOut}`);
    return { ...emptyState(), ...state };
}

/** Writes the state so that a crash leaves either the old file or the new one. */
export function saveState(file: string, state: State): void {
    const next = `${file}.new`;
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const handle = fs.openSync(next, "w", 0o600);
    try {
        fs.writeFileSync(handle, JSON.stringify(state, undefined, 1));
        fs.fsyncSync(handle);
    } finally {
        fs.closeSync(handle);
    }
    fs.renameSync(next, file);
}
