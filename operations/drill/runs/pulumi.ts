import { execFileSync, spawn } from "node:child_process";
import * as path from "node:path";

/** Milliseconds that `pulumi` has to end in good order before it is killed. */
const grace = 60_000;

/** It was killed when the line came that was waited for. */
export class Killed extends Error {}

/**
 * Runs `pulumi` on a stack. Its words go to standard error as they come, and are returned.
 * @param seconds after which it is ended
 * @param signal ends it as Ctrl-C would
 * @param heard gets each line of its words; `true` kills it and all that it has started, as a lost machine would
 * @throws Error with what it says of that when it fails or is ended; Killed
 */
export function pulumi(
    args: string[],
    stack: string,
    seconds: number,
    signal?: AbortSignal,
    heard: (line: string) => boolean = () => false,
): Promise<string> {
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", [...args, "--stack", stack, "--non-interactive"], {
            cwd: path.resolve(__dirname, "../../.."),
            stdio: ["ignore", "pipe", "pipe"],
            // Its own group: a Ctrl-C of the terminal would be its second, which ends it at once.
            detached: true,
        });
        let said = "";
        let kill: NodeJS.Timeout | undefined;
        let killedAt: string | undefined;
        for (const stream of [child.stdout, child.stderr]) {
            let rest = "";
            stream.setEncoding("utf8").on("data", (text: string) => {
                said += text;
                process.stderr.write(text);
                const lines = (rest + text).split("\n");
                rest = lines.pop()!;
                if (killedAt !== undefined) return;
                killedAt = lines.find((line) => heard(line));
                if (killedAt !== undefined) killTree(child.pid!);
            });
        }
        const end = () => {
            child.kill("SIGINT");
            kill ??= setTimeout(() => child.kill("SIGKILL"), grace);
        };
        let late = false;
        const timer = setTimeout(() => {
            late = true;
            end();
        }, seconds * 1000);
        signal?.addEventListener("abort", end);
        process.on("exit", end);
        const settled = () => {
            clearTimeout(timer);
            clearTimeout(kill);
            signal?.removeEventListener("abort", end);
            process.off("exit", end);
        };
        child.on("error", (error) => {
            settled();
            reject(new Error(`pulumi can't be run: ${error.message}`));
        });
        child.on("close", (status) => {
            settled();
            if (signal?.aborted) return reject(signal.reason as Error);
            if (killedAt !== undefined) return reject(new Killed(`killed after: ${killedAt.trim()}`));
            if (late) return reject(new Error(`pulumi ${args[0]} was not done within ${seconds} s`));
            if (status !== 0) return reject(new Error(`pulumi ${args[0]}: ${diagnostics(said) || `status ${status}`}`));
            resolve(said);
        });
    });
}

/** What it says of what went wrong, in a line: steps that failed on hosts by their names; else its last line. */
function diagnostics(said: string): string {
    const [, text] = said.split(/^Diagnostics:$/m);
    const lines = (text ?? said).split("\n").map((line) => line.trim());
    const words = lines.filter((line) => line !== "" && !line.startsWith("warning: "));
    const failed = words.filter((line) => line.startsWith("FAILED on "));
    if (failed.length > 0) return failed.join("; ").slice(0, 800);
    return (text ? words.join(" ") : (words.at(-1) ?? "")).slice(0, 800);
}

/** Kills a process and all that it and those have started: plugins, in groups of their own, would finish their work. */
function killTree(root: number): void {
    const all = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
    const pairs = all.map((line) => line.trim().split(/ +/).map(Number));
    const tree = [root];
    for (const parent of tree) tree.push(...pairs.filter(([, of]) => of === parent).map(([pid]) => pid));
    for (const pid of tree) {
        try {
            process.kill(pid, "SIGKILL");
        } catch {
            // It has ended meanwhile.
        }
    }
}
