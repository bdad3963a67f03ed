import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { ReadableStream } from "node:stream/web";

/** A file of the cache, with the headers that its origin gave it. */
export interface Cached {
    file: string;
    contentType: string;
    /** The origin's `Docker-Content-Digest`, for manifests. */
    digest?: string;
}

interface Stored extends Omit<Cached, "file"> {
    etag?: string;
    lastModified?: string;
}

/** An origin's refusal, to be passed on with its own status. */
export class UpstreamError extends Error {
    constructor(
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
}

export interface FetchOptions {
    headers?: { [name: string]: string };
    /** The content at this address never changes: what is cached is not asked for again. */
    immutable: boolean;
    /** `sha256:<hex>` that the content must have. */
    digest?: string;
}

/** How long an origin may take to begin its answer. */
const answerTimeout = 20_000;

/**
 * A cache of other servers' files under `dir`. A file is downloaded once for all who ask at the same time, and served
 * when it is whole. What can change is asked for again each time, and served as it was when its origin can't be
 * reached, so that what worked once works without a network.
 */
export class Upstream {
    private readonly underWay = new Map<string, Promise<Cached>>();

    constructor(private readonly dir: string) {}

    /** Throws an UpstreamError: the origin's own status, or 502 when it can't be reached and nothing is cached. */
    get(url: string, options: FetchOptions): Promise<Cached> {
        const running = this.underWay.get(url);
        if (running) return running;
        const promise = this.load(url, options).finally(() => this.underWay.delete(url));
        this.underWay.set(url, promise);
        return promise;
    }

    private async load(url: string, options: FetchOptions): Promise<Cached> {
        const file = this.fileOf(url);
        const stored = await readStored(file);
        if (stored && options.immutable) return { ...stored, file };
        const condition = {
            ...(stored?.etag && { "If-None-Match": stored.etag }),
            ...(stored?.lastModified && { "If-Modified-Since": stored.lastModified }),
        };
        let response: Response;
        try {
            response = await request(url, { ...condition, ...options.headers });
        } catch (error) {
            if (stored) return { ...stored, file };
            throw new UpstreamError(`${url}: can't be reached: ${reason(error)}`, 502);
        }
        if (response.status === 304 && stored) return { ...stored, file };
        if (!response.ok) {
            await response.body?.cancel();
            if (stored && response.status >= 500) return { ...stored, file };
            throw new UpstreamError(`${url}: answered ${response.status} ${response.statusText}`, response.status);
        }
        return { ...(await store(url, file, response, options.digest)), file };
    }

    /** Readable where it can be; a segment too long or too odd for a file name becomes its hash. */
    private fileOf(url: string): string {
        const { host, pathname, search } = new URL(url);
        const segments = (pathname + search).split("/").filter((segment) => segment !== "");
        const safe = segments.map((segment) =>
            /^[\w+~:%=-][\w.+~:%=-]{0,150}$/.test(segment)
                ? segment
                : createHash("sha256").update(segment).digest("hex"),
        );
        // A folder's own address must not take the name of a folder.
        return path.join(this.dir, host.replace(":", "_"), ...safe, "content");
    }
}

/** GET, with the anonymous token that a registry may ask for. */
async function request(url: string, headers: { [name: string]: string }): Promise<Response> {
    const response = await begin(url, headers);
    const challenge = /^Bearer (.*)$/i.exec(response.headers.get("www-authenticate") ?? "");
    if (response.status !== 401 || !challenge) return response;
    await response.body?.cancel();
    const fields = Object.fromEntries([...challenge[1].matchAll(/(\w+)="([^"]*)"/g)].map((match) => match.slice(1, 3)));
    const { realm, ...query } = fields as { [name: string]: string };
    const answer = await begin(`${realm}?${new URLSearchParams(query)}`, {});
    const { token, access_token } = (await answer.json()) as { token?: string; access_token?: string };
    return begin(url, { ...headers, Authorization: `Bearer ${token ?? access_token}` });
}

async function begin(url: string, headers: { [name: string]: string }): Promise<Response> {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(new Error(`no answer within ${answerTimeout / 1000} s`)), answerTimeout);
    try {
        // What is cached is what is served: bytes as they are, not unpacked on the way.
        return await fetch(url, { headers: { "Accept-Encoding": "identity", ...headers }, signal: abort.signal });
    } finally {
        clearTimeout(timer);
    }
}

async function store(url: string, file: string, response: Response, digest?: string): Promise<Stored> {
    await mkdir(path.dirname(file), { recursive: true });
    const partial = `${file}.${process.pid}.partial`;
    const hash = createHash("sha256");
    const expected = response.headers.get("content-length");
    let length = 0;
    try {
        const body = Readable.fromWeb((response.body ?? new Blob([]).stream()) as ReadableStream);
        body.on("data", (chunk: Buffer) => {
            hash.update(chunk);
            length += chunk.length;
        });
        await pipeline(body, createWriteStream(partial));
        const sum = `sha256:${hash.digest("hex")}`;
        if (expected !== null && length !== Number(expected)) throw new Error(`${length} of ${expected} bytes came`);
        if (digest && sum !== digest) throw new Error(`its digest is ${sum}, not ${digest}`);
        const stored: Stored = {
            contentType: response.headers.get("content-type") ?? "application/octet-stream",
            digest: response.headers.get("docker-content-digest") ?? undefined,
            etag: response.headers.get("etag") ?? undefined,
            lastModified: response.headers.get("last-modified") ?? undefined,
        };
        await writeFile(`${partial}.json`, JSON.stringify(stored));
        await rename(partial, file);
        await rename(`${partial}.json`, `${file}.json`);
        return stored;
    } catch (error) {
        throw new UpstreamError(`${url}: the download broke: ${reason(error)}`, 502);
    } finally {
        await rm(partial, { force: true });
        await rm(`${partial}.json`, { force: true });
    }
}

async function readStored(file: string): Promise<Stored | undefined> {
    try {
        return JSON.parse(await readFile(`${file}.json`, "utf8")) as Stored;
    } catch {
        return undefined;
    }
}

/** fetch says only "fetch failed"; what failed is its cause. */
function reason(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    return error.cause instanceof Error ? error.cause.message : error.message;
}
