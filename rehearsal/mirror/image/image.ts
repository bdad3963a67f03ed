import { createHash } from "node:crypto";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { Tree, layOut } from "../tree";
import { Layer, blobFile, readLayer, writeLayer } from "./layer";

/** The part of an image's config that says how to run it, as the OCI image specification names it. */
export interface RunConfig {
    Entrypoint?: string[];
    Cmd?: string[];
    User?: string;
    Env?: string[];
    WorkingDir?: string;
    ExposedPorts?: { [port: string]: object };
    Volumes?: { [path: string]: object };
}

export interface Image {
    /** `registry/repository:tag`, without defaults: `docker.io/library/mysql:8.0.15`. */
    reference: string;
    /** The part with the layer beneath, made by `layerPart`; several, the lowest first. */
    base?: string | string[];
    files: Tree;
    config: RunConfig;
}

export const manifestType = "application/vnd.oci.image.manifest.v1+json";
const search = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Builds the image as a part, in the OCI image layout with every blob in it, and returns the part's folder. */
export async function imagePart(image: Image, progress: Progress): Promise<string> {
    const [name, tag] = path.basename(image.reference).split(":");
    return part(`image-${name}`, tag, [JSON.stringify(image)], (dir) => writeImage(image, dir), progress);
}

/** Builds a layer that several images share: the folder that `fill` fills, as a blob and its `layer.json`. */
export function layerPart(
    name: string,
    version: string,
    inputs: string[],
    fill: (root: string, progress: Progress) => Promise<void>,
    progress: Progress,
): Promise<string> {
    const make = async (dir: string, say: Progress) => {
        const root = path.join(dir, "root");
        await mkdir(root);
        await fill(root, say);
        await writeFile(path.join(dir, "layer.json"), JSON.stringify(await writeLayer(root, dir)));
        await rm(root, { recursive: true });
    };
    return part(name, version, inputs, make, progress);
}

/** Writes the image into `dir`, which is empty. */
export async function writeImage(image: Image, dir: string): Promise<void> {
    const layers: Layer[] = [];
    await mkdir(path.join(dir, "blobs", "sha256"), { recursive: true });
    for (const base of [image.base ?? []].flat()) {
        const layer = await readLayer(base);
        await link(blobFile(base, layer.digest), blobFile(dir, layer.digest));
        layers.push(layer);
    }
    const root = path.join(dir, "root");
    await mkdir(root);
    await layOut(root, image.files);
    layers.push(await writeLayer(root, dir));
    await rm(root, { recursive: true });

    const platform = { os: "linux", architecture: process.arch === "arm64" ? "arm64" : "amd64" };
    const config = await writeBlob(dir, "application/vnd.oci.image.config.v1+json", {
        ...platform,
        config: { ...image.config, Env: [search, ...(image.config.Env ?? [])] },
        rootfs: { type: "layers", diff_ids: layers.map((layer) => layer.diffId) },
    });
    const manifest = await writeBlob(dir, manifestType, {
        schemaVersion: 2,
        mediaType: manifestType,
        config,
        layers: layers.map(({ digest, size }) => ({
            mediaType: "application/vnd.oci.image.layer.v1.tar+zstd",
            digest,
            size,
        })),
    });
    const annotations = { "org.opencontainers.image.ref.name": image.reference };
    const index = { schemaVersion: 2, manifests: [{ ...manifest, platform, annotations }] };
    await writeFile(path.join(dir, "index.json"), JSON.stringify(index));
    await writeFile(path.join(dir, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
}

async function writeBlob(dir: string, mediaType: string, content: object) {
    const bytes = Buffer.from(JSON.stringify(content));
    const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
    await writeFile(blobFile(dir, digest), bytes);
    return { mediaType, digest, size: bytes.length };
}
