import { IncomingMessage, ServerResponse, createServer } from "node:http";
import * as path from "node:path";

import { Progress } from "../build/progress";
import { type Listening, listening } from "../http";
import { MirrorContent } from "./content";
import { Registry } from "./registry";
import { serveFile, serveText } from "./serve";
import { Upstream, UpstreamError } from "./upstream";

export interface MirrorOptions {
    host: string;
    /** 0 = any free one. */
    port: number;
    content: MirrorContent;
    /** Gets a line for each request that could not be answered. */
    log?: Progress;
}

export interface RunningMirror extends Listening {
    /** Hangs up on everybody as long as it is. */
    down: boolean;
}

/** Addresses whose content never changes. */
const immutable = /\.deb$|\/by-hash\/|\/releases\/download\//;

/**
 * Serves packages, files and images to hosts, over HTTP:
 * `/debian/…`, `/debian-security/…`: Debian's archives, through a cache;
 * `/<host>/<path>`: what https://<host>/<path> has, from this machine's own trees or, with an upstream, from there;
 * `/v2/…`: images (see Registry).
 */
export async function startMirror(options: MirrorOptions): Promise<RunningMirror> {
    const { content, log = () => undefined } = options;
    const cache = new Upstream(content.cacheDir);
    const registry = new Registry(content.images, content.passThrough ? cache : undefined);

    const server = createServer((request, response) => {
        if (running.down) return void response.destroy();
        answer(request, response).catch((error: NodeJS.ErrnoException) => {
            // Hosts that hang up in the middle of a file are no news.
            if (error.code === "ERR_STREAM_PREMATURE_CLOSE") return;
            log(`${request.method} ${request.url}: ${error.message}`);
            if (!response.headersSent) serveText(response, 500, error.message);
            else response.destroy();
        });
    });

    async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        if (request.method !== "GET" && request.method !== "HEAD") {
            response.setHeader("Allow", "GET, HEAD");
            return serveText(response, 405, `${request.method}: this mirror is read-only`);
        }
        const url = new URL(request.url ?? "/", "http://mirror");
        const missing =
            url.pathname === "/v2" || url.pathname.startsWith("/v2/")
                ? await registry.answer(request, response, url)
                : await file(request, response, url);
        if (missing) log(`${request.method} ${request.url}: ${missing}`);
    }

    /** Answers a request for a file; returns what was missing, if anything. */
    async function file(request: IncomingMessage, response: ServerResponse, url: URL): Promise<string | undefined> {
        const name = decodePath(url.pathname);
        if (name === undefined) return refuse(response, 400, `${url.pathname}: not a path`);
        const tree = Object.keys(content.trees).find((prefix) => name.startsWith(`${prefix}/`));
        if (tree) {
            const target = path.join(content.trees[tree], name.slice(tree.length));
            try {
                await serveFile(request, response, target, { "Content-Type": contentType(name) });
                return undefined;
            } catch (error) {
                if (!["ENOENT", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
                return refuse(response, 404, `${name}: not in this mirror's copy of ${tree}`);
            }
        }
        const origin = originOf(url);
        if (!origin) {
            const known = [...Object.keys(content.archives), ...Object.keys(content.trees)].sort().join(", ");
            return refuse(response, 404, `${name}: not in this mirror; it has ${known || "nothing"}`);
        }
        try {
            const hash = /\/by-hash\/SHA256\/([0-9a-f]{64})$/.exec(url.pathname)?.[1];
            const cached = await cache.get(origin, {
                immutable: immutable.test(url.pathname),
                digest: hash && `sha256:${hash}`,
            });
            await serveFile(request, response, cached.file, { "Content-Type": cached.contentType });
            return undefined;
        } catch (error) {
            if (!(error instanceof UpstreamError)) throw error;
            return refuse(response, error.status, error.message);
        }
    }

    function originOf(url: URL): string | undefined {
        const [, first, rest] = /^\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
        if (first === undefined) return undefined;
        if (first in content.archives) return `${content.archives[first].replace(/\/$/, "")}/${rest}${url.search}`;
        return content.passThrough && first.includes(".") ? `https://${first}/${rest}${url.search}` : undefined;
    }

    const running: RunningMirror = { ...(await listening(server, options)), down: false };
    return running;
}

/** The path without its slash in front; nothing when it is malformed or leads upwards. */
function decodePath(pathname: string): string | undefined {
    try {
        const name = decodeURIComponent(pathname).slice(1);
        return name.split("/").includes("..") || name.includes("\0") ? undefined : name;
    } catch {
        return undefined;
    }
}

function contentType(name: string): string {
    if (name.endsWith(".gz")) return "application/gzip";
    if (name.endsWith(".deb")) return "application/vnd.debian.binary-package";
    return "application/octet-stream";
}

function refuse(response: ServerResponse, status: number, message: string): string {
    serveText(response, status, message);
    return message;
}
