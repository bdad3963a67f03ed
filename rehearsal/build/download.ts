import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";

/** Whether an HTTP server answers at `url`, with whatever status, within 3 s. */
export async function answers(url: string): Promise<boolean> {
    try {
        await fetch(url, { method: "HEAD", redirect: "manual", signal: AbortSignal.timeout(3_000) });
        return true;
    } catch {
        return false;
    }
}

/** Downloads `url` to `file`, which is there whole or not at all. */
export async function download(url: string, file: string): Promise<void> {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`${url}: answered ${response.status} ${response.statusText}`);
    const partial = `${file}.${process.pid}.partial`;
    try {
        await pipeline(Readable.fromWeb(response.body as ReadableStream), createWriteStream(partial));
        await rename(partial, file);
    } finally {
        await rm(partial, { force: true });
    }
}
