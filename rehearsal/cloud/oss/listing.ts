import { invalidArgument } from "./errors";
import type { StoredObject } from "./objects";
import { document, type Xml } from "./xml";

/** The most entries of an answer. */
const most = 1000;

/**
 * The answer to a listing of a bucket's objects, of version 1 or 2 (`list-type`), by prefix and delimiter, page by page.
 * @throws OssError when a parameter is none
 */
export function listing(bucket: string, objects: Iterable<StoredObject>, query: URLSearchParams): string {
    const second = query.get("list-type") === "2";
    const prefix = query.get("prefix") ?? "";
    const delimiter = query.get("delimiter") ?? "";
    const limit = Math.min(Number(query.get("max-keys") ?? most), most);
    if (!(limit >= 0)) throw invalidArgument("max-keys is no number.");
    const token = query.get("continuation-token");
    const after = second ? (token ? decoded(token) : (query.get("start-after") ?? "")) : (query.get("marker") ?? "");
    const encoded = (text: string) => (query.get("encoding-type") === "url" ? encodeURIComponent(text) : text);

    const found = entries(objects, prefix, delimiter).filter(({ name }) => name > after);
    const page = found.slice(0, limit);
    const truncated = found.length > page.length && limit > 0;
    const last = page.at(-1)?.name ?? "";
    const content: Xml = {
        Name: bucket,
        Prefix: encoded(prefix),
        ...(second
            ? {
                  KeyCount: page.length,
                  ...(truncated && { NextContinuationToken: Buffer.from(last).toString("base64") }),
              }
            : { Marker: encoded(after), ...(truncated && { NextMarker: encoded(last) }) }),
        MaxKeys: limit,
        Delimiter: delimiter ? encoded(delimiter) : undefined,
        EncodingType: query.get("encoding-type") ?? undefined,
        IsTruncated: truncated,
        Contents: page.flatMap(({ object }) =>
            object
                ? {
                      Key: encoded(object.key),
                      LastModified: object.modified,
                      ETag: `"${object.etag}"`,
                      Type: "Normal",
                      Size: object.size,
                      StorageClass: "Standard",
                  }
                : [],
        ),
        CommonPrefixes: page.flatMap(({ name, object }) => (object ? [] : { Prefix: encoded(name) })),
    };
    return document("ListBucketResult", content);
}

function decoded(token: string): string {
    return Buffer.from(token, "base64").toString();
}

interface Entry {
    name: string;
    /** Absent where it stands for all that begins with its name. */
    object?: StoredObject;
}

function entries(objects: Iterable<StoredObject>, prefix: string, delimiter: string): Entry[] {
    const found = new Map<string, Entry>();
    for (const object of objects) {
        if (!object.key.startsWith(prefix)) continue;
        const end = delimiter ? object.key.indexOf(delimiter, prefix.length) : -1;
        const name = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
        if (!found.has(name)) found.set(name, { name, ...(end < 0 && { object }) });
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}
