import type { IncomingMessage } from "node:http";
import * as net from "node:net";
import { OssError } from "./errors";

/** A request for the object storage, as far as it is read before its body. */
export interface OssRequest {
    method: string;
    headers: Record<string, string>;
    /** As it was sent, still encoded. */
    path: string;
    query: URLSearchParams;
    /** Empty where it is about no bucket. */
    bucket: string;
    /** Empty where it is about the bucket itself. */
    key: string;
}

/**
 * Reads whom a request is for. At an address the path begins with the bucket; at a name, which OSS itself demands, the
 * bucket is the first label of it.
 * @throws OssError when the path can't be decoded
 */
export function readRequest(message: IncomingMessage): OssRequest {
    // Through a proxy the whole URL is sent.
    const [, host = message.headers.host ?? "", target] =
        /^(?:https?:\/\/([^/]+))?(.*)$/s.exec(message.url ?? "/") ?? [];
    const [path, query = ""] = (target || "/").split(/\?(.*)/s);
    const headers = Object.entries(message.headers).map(([name, value]) => [name, [value].flat().join(",")]);
    const name = host.replace(/:\d+$/, "");
    const inPath = net.isIP(name) !== 0 || !name.includes(".");
    const [first, ...rest] = path.slice(1).split("/");
    try {
        return {
            method: message.method ?? "GET",
            headers: Object.fromEntries(headers) as Record<string, string>,
            path,
            query: new URLSearchParams(query),
            bucket: inPath ? decodeURIComponent(first) : name.split(".")[0],
            key: decodeURIComponent(inPath ? rest.join("/") : path.slice(1)),
        };
    } catch {
        throw new OssError("InvalidURI", `${path} can't be decoded.`, 400);
    }
}
