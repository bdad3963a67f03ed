import * as fs from "node:fs";
import { SFTPWrapper, utils } from "ssh2";

const { STATUS_CODE, flagsToString } = utils.sftp;

/** The part of an SFTP server that copying to a host needs, on this machine's files. */
export function serveFiles(sftp: SFTPWrapper): void {
    const reply = (request: number, work: () => void) => {
        try {
            work();
        } catch (error) {
            const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
            sftp.status(request, missing ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE, (error as Error).message);
        }
    };
    const handle = (number: number) => {
        const buffer = Buffer.alloc(4);
        buffer.writeUInt32BE(number);
        return buffer;
    };
    sftp.on("STAT", (request, file) => reply(request, () => sftp.attrs(request, attributes(fs.statSync(file)))));
    sftp.on("MKDIR", (request, folder) =>
        reply(request, () => {
            fs.mkdirSync(folder);
            sftp.status(request, STATUS_CODE.OK);
        }),
    );
    sftp.on("OPEN", (request, file, flags) =>
        reply(request, () => sftp.handle(request, handle(fs.openSync(file, flagsToString(flags) ?? "r")))),
    );
    sftp.on("WRITE", (request, file, offset, data) =>
        reply(request, () => {
            fs.writeSync(file.readUInt32BE(0), data, 0, data.length, offset);
            sftp.status(request, STATUS_CODE.OK);
        }),
    );
    sftp.on("CLOSE", (request, file) =>
        reply(request, () => {
            fs.closeSync(file.readUInt32BE(0));
            sftp.status(request, STATUS_CODE.OK);
        }),
    );
}

function attributes({ mode, uid, gid, size, atimeMs, mtimeMs }: fs.Stats) {
    return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) };
}
