import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { IncomingMessage, ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { rangeOf } from "../http";

/**
 * Sends a file: whole, one byte range of it, its headers alone (HEAD), or 304 when the client has it. Throws what
 * `stat` throws when there is no such file.
 */
export async function serveFile(
    request: IncomingMessage,
    response: ServerResponse,
    file: string,
    headers: { [name: string]: string },
): Promise<void> {
    const { size, mtime } = await stat(file);
    const lastModified = mtime.toUTCString();
    response.setHeaders(
        new Map(Object.entries({ ...headers, "Accept-Ranges": "bytes", "Last-Modified": lastModified })),
    );
    const since = Date.parse(request.headers["if-modified-since"] ?? "");
    if (since >= Date.parse(lastModified)) {
        response.writeHead(304).end();
        return;
    }
    const condition = request.headers["if-range"];
    // What changed since the client had a part is sent whole.
    const range = condition && condition !== lastModified ? undefined : rangeOf(request.headers.range, size);
    if (range === "unsatisfiable") {
        response.writeHead(416, { "Content-Range": `bytes */${size}` }).end();
        return;
    }
    const { start, end } = range ?? { start: 0, end: size - 1 };
    response.writeHead(range ? 206 : 200, {
        "Content-Length": end - start + 1,
        ...(range && { "Content-Range": `bytes ${start}-${end}/${size}` }),
    });
    if (request.method === "HEAD" || size === 0) response.end();
    else await pipeline(createReadStream(file, { start, end }), response);
}

/** A short text for a person, as the whole answer. */
export function serveText(response: ServerResponse, status: number, text: string): void {
    response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
