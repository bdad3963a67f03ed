import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Archive, Asset, PropertyMap } from "../serve";
import { Command, commandError, previousOutput } from "./command";
import { choose } from "./glob";
import { Report } from "./report";
import { Transcript } from "./transcript";

export interface LocalCommand extends Command {
    dir?: string;
    /** The program that runs the script, with its arguments; the script becomes the last one. */
    interpreter?: string[];
    assetPaths?: string[];
    archivePaths?: string[];
}

/**
 * Runs a command on this machine; resolves to what it wrote and the files asked for.
 * @throws when the command can't be started or fails
 */
export async function runLocal(command: LocalCommand, report: Report): Promise<PropertyMap> {
    const directory = command.dir ?? process.cwd();
    const transcript = new Transcript(command.logging, report.status);
    report.cancelled.throwIfAborted();
    const end = await finish(command, directory, transcript, report.cancelled).finally(() => transcript.end());
    if (end !== undefined) {
        throw commandError(end, command, transcript);
    }
    const { assetPaths, archivePaths } = command;
    return {
        stdout: transcript.text("stdout"),
        stderr: transcript.text("stderr"),
        ...(assetPaths && { assets: files(directory, assetPaths) }),
        ...(archivePaths && { archive: archive(files(directory, archivePaths)) }),
    };
}

/** Resolves to how the command failed, or to undefined for exit status 0. */
function finish(
    command: LocalCommand,
    directory: string,
    transcript: Transcript,
    cancelled: AbortSignal,
): Promise<string | undefined> {
    if (!fs.existsSync(directory)) {
        return Promise.resolve(`chdir ${directory}: no such directory`);
    }
    const [program, ...args] = command.interpreter?.length ? command.interpreter : ["/bin/sh", "-c"];
    const child = spawn(program, [...args, command.script], {
        cwd: directory,
        env: { ...process.env, ...command.environment, ...previousOutput(command) },
        // A process group of its own, to be ended as a whole.
        detached: true,
    });
    child.stdout.on("data", (chunk: Buffer) => transcript.write("stdout", chunk));
    child.stderr.on("data", (chunk: Buffer) => transcript.write("stderr", chunk));
    // A command may end without reading all of its input.
    child.stdin.on("error", () => undefined);
    child.stdin.end(command.stdin ?? "");
    return new Promise((resolve, reject) => {
        const cancel = () => {
            if (child.pid !== undefined && child.exitCode === null) {
                process.kill(-child.pid, "SIGKILL");
            }
            reject(commandError((cancelled.reason as Error).message, command, transcript));
        };
        cancelled.addEventListener("abort", cancel);
        child.on("error", (error) => resolve(error.message));
        child.on("close", (status, signal) => {
            cancelled.removeEventListener("abort", cancel);
            resolve(status === 0 ? undefined : signal ? `signal: ${signal}` : `exit status ${status}`);
        });
    });
}

/** The files below a directory that the rules choose, by their path in it. */
function files(directory: string, rules: string[]): Record<string, Asset> {
    const names = fs
        .readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)));
    return Object.fromEntries(
        choose(names.sort(), rules).map((name) => {
            const file = path.join(directory, name);
            const hash = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
            return [name, new Asset({ path: file, hash })];
        }),
    );
}

function archive(assets: Record<string, Asset>): Archive {
    const hash = createHash("sha256");
    for (const [name, asset] of Object.entries(assets)) {
        hash.update(`${name}\0${asset.source.hash}\0`);
    }
    return new Archive({ assets, hash: hash.digest("hex") });
}
