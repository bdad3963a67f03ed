import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import { Readable } from "node:stream";
import { noSuchUpload, OssError } from "./errors";
import type { Objects, Received, StoredObject } from "./objects";
import { texts } from "./xml";

interface Upload {
    bucket: string;
    key: string;
    headers: Record<string, string>;
    parts: Map<number, Received>;
}

/** Objects that come in parts. What was begun is forgotten when the region's process ends. */
export class Uploads {
    private readonly begun = new Map<string, Upload>();

    constructor(private readonly objects: Objects) {}

    /** Returns the id of the upload. */
    begin(bucket: string, key: string, headers: Record<string, string>): string {
        this.objects.in(bucket);
        const id = randomBytes(16).toString("hex").toUpperCase();
        this.begun.set(id, { bucket, key, headers, parts: new Map() });
        return id;
    }

    /** Has a part be what was received. */
    part(id: string, number: number, received: Received): void {
        const { bucket, parts } = this.find(id);
        const before = parts.get(number);
        parts.set(number, received);
        if (before) this.objects.drop(bucket, before.file);
    }

    /**
     * Makes the object of the parts that the client names.
     * @throws OssError `InvalidPart` when one is not what the client has sent, `InvalidPartOrder`
     */
    async complete(id: string, xml: string): Promise<StoredObject> {
        const { bucket, key, headers, parts } = this.find(id);
        const numbers = texts(xml, "PartNumber").map(Number);
        const etags = texts(xml, "ETag").map((etag) => etag.replaceAll('"', ""));
        const chosen = numbers.map((number, i) => {
            const part = parts.get(number);
            if (!part || part.md5 !== etags[i]?.toLowerCase())
                throw new OssError("InvalidPart", `Part ${number} is another.`, 400);
            return part;
        });
        if (chosen.length === 0 || numbers.some((number, i) => i > 0 && number <= numbers[i - 1])) {
            throw new OssError("InvalidPartOrder", "The parts are not listed in ascending order.", 400);
        }
        const places = chosen.map(({ file }) => this.objects.place(bucket, file));
        const { file, size } = await this.objects.receive(bucket, Readable.from(joined(places)));
        const sums = Buffer.concat(chosen.map(({ md5 }) => Buffer.from(md5, "hex")));
        const etag = `${createHash("md5").update(sums).digest("hex").toUpperCase()}-${chosen.length}`;
        const stored = this.objects.put(bucket, { key, size, etag, headers, file });
        this.abort(id);
        return stored;
    }

    /** Forgets an upload and what came of it. */
    abort(id: string): void {
        const { bucket, parts } = this.find(id);
        for (const { file } of parts.values()) this.objects.drop(bucket, file);
        this.begun.delete(id);
    }

    private find(id: string): Upload {
        const found = this.begun.get(id);
        if (!found) throw noSuchUpload();
        return found;
    }
}

async function* joined(places: string[]): AsyncGenerator<Buffer> {
    for (const place of places) yield* fs.createReadStream(place) as AsyncIterable<Buffer>;
}
