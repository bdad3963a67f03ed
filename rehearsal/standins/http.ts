import { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/** A request, read to its end. */
export interface Request {
    method: string;
    /** As it was sent: a part of it may hold an encoded slash. */
    path: string;
    /** The query's parameters, then those of a form in the body. */
    parameters: URLSearchParams;
    headers: IncomingMessage["headers"];
    body: Buffer;
    remote: string;
}

export interface Reply {
    status: number;
    type: string;
    body: string;
    headers?: { [name: string]: string };
}

export type Handler = (request: Request) => Reply | Promise<Reply>;

/** Bodies beyond this are refused with 413: 32 MiB. */
const maxBody = 32 * 1024 * 1024;

export function json(body: unknown, status = 200): Reply {
    return { status, type: "application/json;charset=utf-8", body: JSON.stringify(body) };
}

export function text(body: string, status = 200): Reply {
    return { status, type: "text/plain;charset=utf-8", body };
}

export function html(body: string, status = 200): Reply {
    return { status, type: "text/html;charset=utf-8", body };
}

export function redirect(location: string): Reply {
    return { status: 302, type: "text/plain;charset=utf-8", body: "", headers: { location } };
}

/** Answers with what `handler` returns; what it throws becomes a plain 500 and a line in the log. */
export function listener(handler: Handler, log: (line: string) => void): RequestListener {
    const answer = async (incoming: IncomingMessage, response: ServerResponse) => {
        const body = await readBody(incoming);
        if (!body) return text("the body is too large", 413);
        const url = parseUrl(incoming.url ?? "/");
        if (!url) return text("the address can't be read", 400);
        try {
            return await handler({
                method: incoming.method ?? "GET",
                ...url,
                parameters: withForm(url.parameters, incoming, body),
                headers: incoming.headers,
                body,
                remote: (response.socket?.remoteAddress ?? "").replace(/^::ffff:/, ""),
            });
        } catch (error) {
            log(`${incoming.method} ${url.path}: ${(error as Error).stack}`);
            return text((error as Error).message, 500);
        }
    };
    return (incoming, response) => {
        answer(incoming, response).then(
            ({ status, type, body, headers }) => {
                const content = Buffer.from(body);
                response.writeHead(status, { "content-type": type, "content-length": content.length, ...headers });
                response.end(incoming.method === "HEAD" ? undefined : content);
            },
            () => response.destroy(), // the client went away in the middle of its request
        );
    };
}

function parseUrl(address: string): { path: string; parameters: URLSearchParams } | undefined {
    try {
        const { pathname, searchParams } = new URL(address, "http://stand-in");
        decodeURIComponent(pathname); // whoever decodes a part of it can rely on that it can be
        return { path: pathname, parameters: searchParams };
    } catch {
        return undefined;
    }
}

function withForm(query: URLSearchParams, incoming: IncomingMessage, body: Buffer): URLSearchParams {
    if (!incoming.headers["content-type"]?.startsWith("application/x-www-form-urlencoded")) return query;
    return new URLSearchParams([...query, ...new URLSearchParams(body.toString())]);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
        size += chunk.length;
        // The rest is still read, so that the client gets the answer.
        if (size <= maxBody) chunks.push(chunk);
    }
    return size > maxBody ? undefined : Buffer.concat(chunks);
}
