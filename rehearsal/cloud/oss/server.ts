import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type Listening, listening } from "../../http";
import type { AccessKey } from "../http/signature";
import { newRequestId } from "../state/ids";
import { OssError } from "./errors";
import { Objects } from "./objects";
import { readRequest } from "./request";
import { Service } from "./service";
import { authenticate } from "./signature";
import { document } from "./xml";

export interface ObjectStorageOptions {
    host: string;
    /** 0 = any free one. */
    port: number;
    /** Where objects are kept. */
    folder: string;
    key: AccessKey;
    /** Buckets that are there from the beginning. */
    buckets?: string[];
    /** Gets a line for each request that failed behind the interface. */
    log?: (line: string) => void;
}

export interface RunningObjectStorage extends Listening {
    /** Refuses everybody as long as it is. */
    down: boolean;
}

/**
 * Serves object storage over HTTP, with the S3 interface that OSS has: buckets, objects whole and in parts, listings.
 * Every request is signed (see `signature.ts`).
 * @throws Error when the address can't be listened on, or the folder can't be read
 */
export async function startObjectStorage(options: ObjectStorageOptions): Promise<RunningObjectStorage> {
    const { key, log = () => undefined } = options;
    const objects = new Objects(options.folder);
    options.buckets?.forEach((bucket) => objects.create(bucket));
    const service = new Service(objects);
    const server = createServer((message, response) => {
        const id = newRequestId();
        response.setHeader("x-amz-request-id", id);
        serve(message, response).catch((error: NodeJS.ErrnoException) => {
            // Whoever hangs up in the middle of an object is no news.
            if (["ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET"].includes(error.code ?? "")) return;
            if (!(error instanceof OssError)) log(`${message.method} ${message.url}: ${error.message}`);
            if (response.headersSent) return void response.destroy();
            const known = error instanceof OssError ? error : new OssError("InternalError", error.message, 500);
            refuse(message, response, known, id);
        });
    });

    async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
        if (running.down) throw new OssError("ServiceUnavailable", "Refused, as the control address says.", 503);
        const request = readRequest(message);
        const sum = authenticate(request, key);
        await service.answer({ request, message, sum, response });
    }

    const running: RunningObjectStorage = { ...(await listening(server, options)), down: false };
    return running;
}

function refuse(message: IncomingMessage, response: ServerResponse, error: OssError, id: string): void {
    const { host = "" } = message.headers;
    const content = { Code: error.code, Message: error.message, RequestId: id, HostId: host };
    // What was not read of the body would be taken for the next request.
    if (!message.complete) response.setHeader("connection", "close");
    response.writeHead(error.status, { "content-type": "application/xml" });
    response.end(message.method === "HEAD" ? undefined : document("Error", content));
}
