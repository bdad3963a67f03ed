import { IncomingMessage } from "node:http";
import { ApiError } from "../api/errors";

/** A call as it came over the wire. */
export interface ApiRequest {
    method: string;
    path: string;
    headers: Record<string, string | undefined>;
    query: Record<string, string>;
    body: Buffer;
    /** The query's and the body's parameters together, still flat: `Tag.1.Key`. */
    parameters: Record<string, string>;
    action: string;
    version: string;
}

/** More than the largest call that the program makes (user data, 32 KiB before base64) by far. */
const bodyLimitBytes = 4 * 1024 * 1024;

/**
 * Reads one call. The action is a parameter (the older SDKs) or a header (the newer ones); parameters are in the
 * query, in a form or in a JSON body.
 *
 * @throws ApiError when the body is too large or is not what its content type says
 */
export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
    const body = await readBody(message);
    const url = new URL(message.url ?? "/", "http://cloud");
    const query = Object.fromEntries(url.searchParams);
    const headers = message.headers as Record<string, string | undefined>;
    const parameters = { ...query, ...bodyParameters(body, headers["content-type"] ?? "") };
    return {
        method: message.method ?? "GET",
        path: url.pathname,
        headers,
        query,
        body,
        parameters,
        action: parameters["Action"] ?? headers["x-acs-action"] ?? "",
        version: parameters["Version"] ?? headers["x-acs-version"] ?? "",
    };
}

async function readBody(message: IncomingMessage): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of message as AsyncIterable<Buffer>) {
        size += chunk.length;
        if (size > bodyLimitBytes) throw new ApiError("RequestTooLarge", "The request's body is too large.", 413);
        chunks.push(chunk);
    }
    return Buffer.concat(chunks);
}

function bodyParameters(body: Buffer, contentType: string): Record<string, string> {
    if (body.length === 0) return {};
    if (!contentType.startsWith("application/json")) return Object.fromEntries(new URLSearchParams(body.toString()));
    try {
        const object = JSON.parse(body.toString()) as Record<string, unknown>;
        return Object.fromEntries(Object.entries(object).map(([k, v]) => [k, typeof v === "string" ? v : String(v)]));
    } catch {
        throw new ApiError("InvalidParameter", "The request's body is not JSON, though its content type says so.");
    }
}
