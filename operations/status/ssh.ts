import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Wire } from "./kafka";

/** What a script on a host said, also when it did not come to its end. */
export interface Said {
    stdout: string;
    /** Seconds until it said anything. */
    seconds?: number;
    /** Why it did not succeed. */
    failure?: string;
}

/** Runs scripts on the stack's hosts. */
export interface Shell {
    run(host: string, script: string, seconds: number): Promise<Said>;
    /** A connection from a host to `host:port`. */
    connect(host: string, address: string, seconds: number): Wire;
}

/**
 * What a script on a host prints.
 * @throws Error with the host's name and the script's last words when it fails
 */
export async function printed(shell: Shell, host: string, script: string, seconds: number): Promise<string> {
    const { stdout, failure } = await shell.run(host, script, seconds);
    if (failure) throw new Error(`${host}: ${failure}`);
    return stdout;
}

/** Runs scripts over SSH, each within a time of its own; `config` is a file as writeSshFiles makes it. */
export class Ssh implements Shell {
    constructor(private readonly config: string) {}

    run(host: string, script: string, seconds: number): Promise<Said> {
        const began = Date.now();
        const child = this.ssh(host, "bash -s");
        const said: Said = { stdout: "" };
        let stderr = "";
        let late = false;
        child.stdout.setEncoding("utf8").on("data", (text: string) => {
            said.seconds ??= (Date.now() - began) / 1000;
            said.stdout += text;
        });
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.stdin.on("error", () => undefined).end(script);
        const timer = setTimeout(() => {
            late = true;
            child.kill("SIGKILL");
        }, seconds * 1000);
        return new Promise((resolve) => {
            const end = (failure?: string) => {
                clearTimeout(timer);
                resolve({ ...said, ...(failure && { failure }) });
            };
            child.on("error", (error) => end(`ssh can't be run: ${error.message}`));
            child.on("close", (status) => {
                if (late) return end(`${host} gave no answer over SSH within ${seconds} s`);
                end(status === 0 ? undefined : lastWords(stderr) || `status ${status}`);
            });
        });
    }

    connect(host: string, address: string, seconds: number): Wire {
        // A refused connection is news only from this level on.
        const child = this.ssh("-o", "LogLevel=INFO", "-W", address, host);
        const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
        let stderr = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
        child.stdin.on("error", () => undefined);
        const ended = new Promise<string>((resolve) => {
            child.on("error", (error) => resolve(`ssh can't be run: ${error.message}`));
            child.on("close", (_, signal) => {
                clearTimeout(timer);
                const words = stderr.trim().split(/\s*\n/).join("; ");
                resolve(signal ? `no answer within ${seconds} s` : words || "the connection ended");
            });
        });
        async function* chunks(): AsyncGenerator<Buffer> {
            yield* child.stdout as AsyncIterable<Buffer>;
            throw new Error(await ended);
        }
        return { write: (bytes) => void child.stdin.write(bytes), chunks: chunks(), close: () => void child.kill() };
    }

    private ssh(...args: string[]): ChildProcessWithoutNullStreams {
        const options = ["-F", this.config, "-o", "BatchMode=yes", "-o", "ConnectTimeout=6"];
        return spawn("ssh", [...options, ...args], { stdio: ["pipe", "pipe", "pipe"] });
    }
}

/** The last line of what a failed command said, without kubectl's own that there was a failure. */
export function lastWords(stderr: string): string {
    const lines = stderr.split("\n").map((line) => line.trim());
    return lines.filter((line) => line && !line.startsWith("command terminated with exit code")).at(-1) ?? "";
}
