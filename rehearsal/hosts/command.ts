import { spawn } from "node:child_process";

/**
 * Runs a command to its end and returns what it printed.
 *
 * @param input is written to its standard input
 * @throws an Error with the command, its exit status and what it wrote to standard error
 */
export function run(command: string, args: string[], input = ""): Promise<string> {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { stdio: "pipe" });
        const stdout: Buffer[] = [];
        const stderr: Buffer[] = [];
        child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
        child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
        child.on("error", (error) => reject(new Error(`${command} can't be run: ${error.message}`)));
        child.on("close", (code, signal) => {
            if (code === 0) {
                resolve(Buffer.concat(stdout).toString());
                return;
            }
            const said = Buffer.concat(stderr).toString().trim() || "it said nothing";
            reject(new Error(`${[command, ...args].join(" ")} failed (${signal ?? `status ${code}`}): ${said}`));
        });
        // A command that ends without reading its input is judged by its status, not by the broken pipe.
        child.stdin.on("error", () => undefined);
        child.stdin.end(input);
    });
}

/** Whether the command succeeds. */
export async function succeeds(command: string, args: string[]): Promise<boolean> {
    return run(command, args).then(
        () => true,
        () => false,
    );
}

/** Runs the tasks of one key one after the other, those of different keys side by side. */
export class Queue {
    private readonly last = new Map<string, Promise<unknown>>();

    run<T>(key: string, task: () => Promise<T>): Promise<T> {
        const done = (this.last.get(key) ?? Promise.resolve()).then(task, task);
        this.last.set(key, done);
        return done;
    }
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
