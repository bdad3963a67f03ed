import { createHash, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { noSuchBucket, noSuchKey, OssError } from "./errors";

/** What is kept of an object beside its bytes. */
export interface StoredObject {
    key: string;
    size: number;
    /** As clients see it, without quotes: the MD5, or that of the parts' with their number. */
    etag: string;
    /** ISO 8601. */
    modified: string;
    /** The headers of its own that come back with it: type, and what begins with `x-amz-meta-`. */
    headers: Record<string, string>;
    /** Name of the file that has its bytes. */
    file: string;
}

/** Bytes that came, in a file of their own. */
export interface Received {
    file: string;
    size: number;
    /** As hex. */
    md5: string;
    sha256: string;
}

/**
 * Buckets with their objects, below a folder: a bucket is a folder, in it a file with an object's bytes, whose name says
 * nothing, and one that says what it is, which is put there last and at once.
 */
export class Objects {
    private readonly index = new Map<string, Map<string, StoredObject>>();

    constructor(readonly folder: string) {
        fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
        for (const bucket of fs.readdirSync(folder)) this.index.set(bucket, read(path.join(folder, bucket)));
    }

    buckets(): string[] {
        return [...this.index.keys()].sort();
    }

    /** Makes a bucket, if it is not there. */
    create(bucket: string): void {
        if (!/^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/.test(bucket)) {
            throw new OssError("InvalidBucketName", "The specified bucket is not valid.", 400);
        }
        for (const place of ["bytes", "objects"])
            fs.mkdirSync(path.join(this.folder, bucket, place), { recursive: true });
        if (!this.index.has(bucket)) this.index.set(bucket, new Map());
    }

    /** @throws OssError when there is no such bucket */
    in(bucket: string): Map<string, StoredObject> {
        const found = this.index.get(bucket);
        if (!found) throw noSuchBucket();
        return found;
    }

    /** @throws OssError when there is no such bucket, or no such object in it */
    get(bucket: string, key: string): StoredObject {
        const found = this.in(bucket).get(key);
        if (!found) throw noSuchKey();
        return found;
    }

    /** Where the bytes of a file are. */
    place(bucket: string, file: string): string {
        return path.join(this.folder, bucket, "bytes", file);
    }

    /** Takes bytes in, of which nobody knows yet. */
    async receive(bucket: string, body: Readable): Promise<Received> {
        this.in(bucket);
        const file = randomBytes(16).toString("hex");
        const [md5, sha256] = ["md5", "sha256"].map((name) => createHash(name));
        let size = 0;
        const measured = new Transform({
            transform(chunk: Buffer, _, done) {
                size += chunk.length;
                md5.update(chunk);
                sha256.update(chunk);
                done(null, chunk);
            },
        });
        try {
            await pipeline(body, measured, fs.createWriteStream(this.place(bucket, file)));
        } catch (error) {
            this.drop(bucket, file);
            throw error;
        }
        return { file, size, md5: md5.digest("hex"), sha256: sha256.digest("hex") };
    }

    /** Removes bytes that are no object's. */
    drop(bucket: string, file: string): void {
        fs.rmSync(this.place(bucket, file), { force: true });
    }

    /** Has an object be what was received, in the place of what it was. */
    put(bucket: string, object: Omit<StoredObject, "modified">): StoredObject {
        const objects = this.in(bucket);
        const description = this.description(bucket, object.key);
        const before = objects.get(object.key);
        const stored = { ...object, modified: new Date().toISOString() };
        fs.writeFileSync(`${description}.new`, JSON.stringify(stored));
        fs.renameSync(`${description}.new`, description);
        objects.set(object.key, stored);
        if (before) this.drop(bucket, before.file);
        return stored;
    }

    /** Removes an object, if it is there. */
    remove(bucket: string, key: string): void {
        const found = this.in(bucket).get(key);
        if (!found) return;
        fs.rmSync(this.description(bucket, key));
        this.in(bucket).delete(key);
        this.drop(bucket, found.file);
    }

    private description(bucket: string, key: string): string {
        const name = createHash("sha256").update(key).digest("hex");
        return path.join(this.folder, bucket, "objects", `${name}.json`);
    }
}

/** The objects of a bucket's folder. Bytes that are none's, of what was never finished, are removed. */
function read(folder: string): Map<string, StoredObject> {
    const names = fs.readdirSync(path.join(folder, "objects")).filter((name) => name.endsWith(".json"));
    const texts = names.map((name) => fs.readFileSync(path.join(folder, "objects", name), "utf8"));
    const objects = texts.map((text) => JSON.parse(text) as StoredObject);
    const used = new Set(objects.map(({ file }) => file));
    for (const file of fs.readdirSync(path.join(folder, "bytes"))) {
        if (!used.has(file)) fs.rmSync(path.join(folder, "bytes", file));
    }
    return new Map(objects.map((object) => [object.key, object]));
}
