import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, stat } from "node:fs/promises";
import { once } from "node:events";
import * as path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

import { run } from "../../command";

/** What a manifest and a config say of a layer; digests are `sha256:<hex>`. */
export interface Layer {
    digest: string;
    size: number;
    /** The digest of the layer before compression. */
    diffId: string;
}

/** Where a blob is in an OCI image layout. */
export const blobFile = (layout: string, digest: string) => path.join(layout, "blobs", ...digest.split(":"));

/** What `layerPart` left in a part's folder of the layer in it. */
export async function readLayer(part: string): Promise<Layer> {
    return JSON.parse(await readFile(path.join(part, "layer.json"), "utf8")) as Layer;
}

/** Lays the layer that `layerPart` made, with the owners and times that its files have, over what is in `root`. */
export async function unpackLayer(part: string, root: string): Promise<void> {
    const { digest } = await readLayer(part);
    await run("tar", ["--zstd", "--numeric-owner", "-xpf", blobFile(part, digest), "-C", root]);
}

/** Packs the folder `root`, with the owners that its files have, into a blob of the layout. */
export async function writeLayer(root: string, layout: string): Promise<Layer> {
    const file = path.join(layout, "layer.partial");
    const tar = spawn("tar", ["--sort=name", "--mtime=@0", "--numeric-owner", "--xattrs", "-C", root, "-cf", "-", "."]);
    // Three hosts unpack each layer on shared cores; zstd costs them a fraction of what gzip would.
    const zstd = spawn("zstd", ["-q", "-3", "-T0", "-c"]);
    const [diffId] = await Promise.all([
        digestOf(tar.stdout),
        pipeline(tar.stdout, zstd.stdin),
        pipeline(zstd.stdout, createWriteStream(file)),
        succeeded("tar", tar),
        succeeded("zstd", zstd),
    ]);
    const digest = await digestOf(createReadStream(file));
    await mkdir(path.dirname(blobFile(layout, digest)), { recursive: true });
    await rename(file, blobFile(layout, digest));
    return { digest, size: (await stat(blobFile(layout, digest))).size, diffId };
}

async function digestOf(stream: Readable): Promise<string> {
    const hash = createHash("sha256");
    stream.on("data", (chunk: Buffer) => hash.update(chunk));
    await once(stream, "end");
    return `sha256:${hash.digest("hex")}`;
}

async function succeeded(name: string, child: ReturnType<typeof spawn>): Promise<void> {
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, "close")) as [number | null];
    if (status !== 0) throw new Error(`${name}: ended with status ${status}: ${stderr.trim()}`);
}
