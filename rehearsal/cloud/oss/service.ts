import * as fs from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { rangeOf } from "../../http";
import { invalidArgument, notImplemented, OssError } from "./errors";
import { listing } from "./listing";
import { Uploads } from "./multipart";
import type { Objects, Received, StoredObject } from "./objects";
import type { OssRequest } from "./request";
import { document, type Xml } from "./xml";

/** A request whose signature is right. */
interface Call {
    request: OssRequest;
    message: IncomingMessage;
    /** The SHA-256 that the body must have, if it is known. */
    sum: string | undefined;
    response: ServerResponse;
}

/** What the object storage does, each operation by its name in the S3 interface. */
export class Service {
    private readonly uploads: Uploads;

    constructor(private readonly objects: Objects) {
        this.uploads = new Uploads(objects);
    }

    /** @throws OssError what the client is answered with */
    async answer(call: Call): Promise<void> {
        const { method, bucket, key, query } = call.request;
        if (!bucket) return method === "GET" ? this.listBuckets(call) : unknown(call);
        if (!key) return this.onBucket(call);
        const upload = query.get("uploadId");
        switch (method) {
            case "GET":
            case "HEAD":
                return upload === null ? this.getObject(call) : unknown(call);
            case "PUT":
                if (call.request.headers["x-amz-copy-source"]) return unknown(call);
                return upload === null ? this.putObject(call) : this.uploadPart(call, upload);
            case "POST":
                if (upload !== null) return this.completeUpload(call, upload);
                return query.has("uploads") ? this.createUpload(call) : unknown(call);
            case "DELETE":
                if (upload === null) this.objects.remove(bucket, key);
                else this.uploads.abort(upload);
                return send(call, 204);
        }
        return unknown(call);
    }

    private onBucket(call: Call): void {
        const { method, bucket, query } = call.request;
        const parameters = [...query.keys()].filter((name) => !listed.has(name));
        if (parameters.length > 0) return unknown(call);
        switch (method) {
            case "PUT":
                this.objects.create(bucket);
                return send(call, 200);
            case "HEAD":
                this.objects.in(bucket);
                return send(call, 200);
            case "GET":
                return send(call, 200, listing(bucket, this.objects.in(bucket).values(), query));
        }
        return unknown(call);
    }

    private listBuckets(call: Call): void {
        const buckets = this.objects.buckets().map((Name): Xml => ({ Name }));
        send(call, 200, document("ListAllMyBucketsResult", { Buckets: { Bucket: buckets } }));
    }

    private async getObject({ request, response }: Call): Promise<void> {
        const { bucket, key, method, headers } = request;
        const object = this.objects.get(bucket, key);
        const range = rangeOf(headers.range, object.size);
        if (range === "unsatisfiable") {
            throw new OssError("InvalidRange", "The requested range cannot be satisfied.", 416);
        }
        const { start, end } = range ?? { start: 0, end: object.size - 1 };
        response.writeHead(range ? 206 : 200, {
            ...object.headers,
            "accept-ranges": "bytes",
            "content-length": end - start + 1,
            ...(range && { "content-range": `bytes ${start}-${end}/${object.size}` }),
            etag: `"${object.etag}"`,
            "last-modified": new Date(object.modified).toUTCString(),
        });
        if (method === "HEAD" || end < start) return void response.end();
        const place = this.objects.place(bucket, object.file);
        await pipeline(fs.createReadStream(place, { start, end }), response);
    }

    private async putObject(call: Call): Promise<void> {
        const { bucket, key, headers } = call.request;
        const received = await this.receive(call);
        const { size, file, md5 } = received;
        const stored = this.objects.put(bucket, { key, size, file, etag: md5.toUpperCase(), headers: kept(headers) });
        tagged(call, stored);
        send(call, 200);
    }

    private createUpload(call: Call): void {
        const { bucket, key, headers } = call.request;
        const UploadId = this.uploads.begin(bucket, key, kept(headers));
        send(call, 200, document("InitiateMultipartUploadResult", { Bucket: bucket, Key: key, UploadId }));
    }

    private async uploadPart(call: Call, upload: string): Promise<void> {
        const number = Number(call.request.query.get("partNumber"));
        if (!Number.isInteger(number) || number < 1 || number > 10_000) {
            throw invalidArgument("Part number must be an integer between 1 and 10000.");
        }
        const received = await this.receive(call);
        this.uploads.part(upload, number, received);
        tagged(call, { etag: received.md5.toUpperCase() });
        send(call, 200);
    }

    private async completeUpload(call: Call, upload: string): Promise<void> {
        const { bucket, key } = call.request;
        const { etag } = await this.uploads.complete(upload, await text(call.message));
        send(call, 200, document("CompleteMultipartUploadResult", { Bucket: bucket, Key: key, ETag: `"${etag}"` }));
    }

    /** Takes a body in that is what the client says. */
    private async receive({ request, message, sum }: Call): Promise<Received> {
        const { bucket, headers } = request;
        const received = await this.objects.receive(bucket, message);
        const { file, md5, sha256 } = received;
        const wanted = headers["content-md5"];
        if (wanted && wanted !== Buffer.from(md5, "hex").toString("base64")) {
            this.objects.drop(bucket, file);
            throw new OssError("BadDigest", "The Content-MD5 you specified did not match what we received.", 400);
        }
        if (sum && sum !== sha256) {
            this.objects.drop(bucket, file);
            throw new OssError("XAmzContentSHA256Mismatch", "The body is not the one that was signed.", 400);
        }
        return received;
    }
}

/** Parameters of a listing; others ask a bucket for what there is not here. */
const listed = new Set(
    "list-type prefix delimiter max-keys marker start-after continuation-token encoding-type fetch-owner".split(" "),
);

function kept(headers: Record<string, string>): Record<string, string> {
    const own = /^(content-(type|disposition|encoding|language)|cache-control|expires|x-amz-meta-.+)$/;
    return Object.fromEntries(Object.entries(headers).filter(([name]) => own.test(name)));
}

function tagged({ response }: Call, { etag }: Pick<StoredObject, "etag">): void {
    response.setHeader("etag", `"${etag}"`);
}

function send({ response }: Call, status: number, xml?: string): void {
    response.writeHead(status, xml === undefined ? {} : { "content-type": "application/xml" });
    response.end(xml);
}

function unknown({ request }: Call): never {
    const { method, bucket, key, query } = request;
    throw notImplemented(`${method} of ${key ? "an object" : bucket ? "a bucket" : "the service"} with ${query}`);
}
