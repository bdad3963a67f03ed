import * as fs from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import type { SFTPWrapper, Stats } from "ssh2";
import { Archive, Asset } from "../serve";
import { dial } from "./ssh/connection";
import { Target } from "./ssh/endpoint";
import { Report } from "./report";

/**
 * Copies a text, a file or a folder to a host over SFTP. Folders above the destination are made; what an existing
 * destination means is in {@link place}.
 * @throws naming the path on the host and what the server said
 */
export async function copyToRemote(
    target: Target,
    source: Asset | Archive,
    remotePath: string,
    report: Report,
): Promise<void> {
    const connection = await dial(target, report);
    try {
        const opened = promisify(connection.client.sftp.bind(connection.client))();
        const remote = new RemoteFiles(await Promise.race([opened, connection.lost]));
        await Promise.race([place(remote, source, remotePath), connection.lost]);
    } finally {
        connection.close();
    }
}

/**
 * Where a source goes, by what is at the destination:
 *
 * | source   | a folder               | nothing     | a file      |
 * | -------- | ---------------------- | ----------- | ----------- |
 * | text     | refused                | becomes it  | replaces it |
 * | file     | goes into it           | becomes it  | replaces it |
 * | folder   | goes into it           | likewise    | refused     |
 * | folder/  | its files go into it   | likewise    | refused     |
 */
async function place(remote: RemoteFiles, source: Asset | Archive, destination: string): Promise<void> {
    const { path: local, text } = source.source as Asset["source"];
    if (local === undefined) {
        if ((await remote.kind(destination)) === "folder") {
            throw new Error(`remote path ${destination} is a directory; a text needs the path of a file`);
        }
        await remote.makeFolder(path.posix.dirname(destination));
        return remote.write(destination, text ?? "");
    }
    if ((await fs.stat(local)).isDirectory()) {
        const folder = local.endsWith("/") ? destination : path.posix.join(destination, path.basename(local));
        await remote.makeFolder(folder);
        return copyFolder(remote, local, folder);
    }
    if ((await remote.kind(destination)) === "folder") {
        return remote.put(local, path.posix.join(destination, path.basename(local)));
    }
    await remote.makeFolder(path.posix.dirname(destination));
    return remote.put(local, destination);
}

async function copyFolder(remote: RemoteFiles, local: string, folder: string): Promise<void> {
    for (const entry of await fs.readdir(local, { withFileTypes: true })) {
        const [from, to] = [path.join(local, entry.name), path.posix.join(folder, entry.name)];
        if (entry.isDirectory()) {
            await remote.makeFolder(to);
            await copyFolder(remote, from, to);
        } else {
            await remote.put(from, to);
        }
    }
}

/** SFTP's NO_SUCH_FILE. */
const noSuchFile = 2;

/** The files of a host. Errors name the path and what could not be done with it. */
class RemoteFiles {
    constructor(private readonly sftp: SFTPWrapper) {}

    async kind(file: string): Promise<"folder" | "file" | undefined> {
        try {
            const stats = await promisify<string, Stats>(this.sftp.stat.bind(this.sftp))(file);
            return stats.isDirectory() ? "folder" : "file";
        } catch (error) {
            if ((error as { code?: number }).code === noSuchFile) {
                return undefined;
            }
            throw failed("stat", file, error);
        }
    }

    /** Makes a folder and those above it, where they are missing. */
    async makeFolder(folder: string): Promise<void> {
        const kind = await this.kind(folder);
        if (kind === "file") {
            throw new Error(`remote path ${folder} exists but is not a directory`);
        }
        if (kind === undefined) {
            await this.makeFolder(path.posix.dirname(folder));
            await promisify<string>(this.sftp.mkdir.bind(this.sftp))(folder).catch((error: unknown) => {
                throw failed("create directory", folder, error);
            });
        }
    }

    write(file: string, text: string): Promise<void> {
        return promisify<string, string>(this.sftp.writeFile.bind(this.sftp))(file, text).catch((error: unknown) => {
            throw failed("write", file, error);
        });
    }

    put(local: string, file: string): Promise<void> {
        return promisify<string, string>(this.sftp.fastPut.bind(this.sftp))(local, file).catch((error: unknown) => {
            throw failed(`copy ${local} to`, file, error);
        });
    }
}

function failed(what: string, file: string, error: unknown): Error {
    return new Error(
        `failed to ${what} remote path ${file}: ${error instanceof Error ? error.message : String(error)}`,
    );
}
