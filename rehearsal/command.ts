import { spawn } from "node:child_process";

export interface RunOptions {
    cwd?: string;
    /** Added to this process's own environment. */
    env?: NodeJS.ProcessEnv;
    /** Written to the command's standard input. */
    input?: string;
    /** Ends the command, which has failed then. */
    signal?: AbortSignal;
}

/** How much of a failed command's output goes into the error. */
const tailLines = 20;

/**
 * Runs a command without a shell and returns its standard output. A failure names the command, its exit status and
 * the last lines that it printed; a command that is not installed is named too.
 */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, {
            cwd: options.cwd,
            env: { ...process.env, ...options.env },
            stdio: ["pipe", "pipe", "pipe"],
            signal: options.signal,
        });
        const stdout: Buffer[] = [];
        const both: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => both.push(chunk) && stdout.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => both.push(chunk));
        child.on("error", (error: NodeJS.ErrnoException) => {
            const why = error.code === "ENOENT" ? "not found on this machine; install it" : error.message;
            reject(new Error(`${command} can't be run: ${why}`));
        });
        child.on("close", (status, signal) => {
            if (status === 0) return resolve(Buffer.concat(stdout).toString());
            const said = Buffer.concat(both).toString().trim().split("\n").slice(-tailLines).join("\n");
            const how = signal ?? `status ${status}`;
            reject(new Error(`${[command, ...args].join(" ")} failed (${how}): ${said || "it said nothing"}`));
        });
        // A command that reads nothing may have closed its input by now; its status tells the rest.
        child.stdin.on("error", () => undefined);
        child.stdin.end(options.input ?? "");
    });
}

/** Whether the command succeeds. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
    return run(command, args).then(
        () => true,
        () => false,
    );
}

/** Waits until the condition holds, looking every 50 ms; false when it still doesn't after `seconds`. */
export async function until(condition: () => boolean | Promise<boolean>, seconds: number): Promise<boolean> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await condition())) {
        if (Date.now() > deadline) {
            return false;
        }
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return true;
}
