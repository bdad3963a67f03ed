import { existsSync, readFileSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import * as path from "node:path";

import { blobFile } from "./image/layer";
import { serveFile } from "./serve";
import { Upstream, UpstreamError } from "./upstream";

interface Descriptor {
    mediaType: string;
    digest: string;
}

/** What a client takes for an answer to a manifest's address. */
const manifestTypes = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

/**
 * The read-only half of the OCI distribution protocol, for several registries at once: the one that is meant is in
 * the query (`?ns=registry.k8s.io`, as containerd asks a mirror), Docker Hub where it isn't. Serves the images of
 * OCI layouts and, with an upstream, passes on what they lack.
 */
export class Registry {
    /** By `registry/repository:tag`. */
    private readonly tags = new Map<string, Descriptor>();
    private readonly layouts: string[];
    private readonly types = new Map<string, string>();

    constructor(
        images: { [reference: string]: string },
        private readonly upstream?: Upstream,
    ) {
        this.layouts = [...new Set(Object.values(images))];
        for (const [reference, layout] of Object.entries(images)) {
            const index = JSON.parse(readFileSync(path.join(layout, "index.json"), "utf8"));
            const manifest = (index as { manifests: Descriptor[] }).manifests[0];
            this.tags.set(reference, manifest);
            this.types.set(manifest.digest, manifest.mediaType);
        }
    }

    /** Answers a request below `/v2/`; returns what was missing, if anything. */
    async answer(request: IncomingMessage, response: ServerResponse, url: URL): Promise<string | undefined> {
        response.setHeader("Docker-Distribution-API-Version", "registry/2.0");
        if (url.pathname === "/v2/") {
            response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
            return undefined;
        }
        const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(decodeURIComponent(url.pathname));
        if (!match) return refuse(response, 404, "UNSUPPORTED", `${url.pathname}: only manifests and blobs are served`);
        const [, repository, kind, target] = match;
        const host = url.searchParams.get("ns") ?? "docker.io";
        const name = `${host}/${repository}${target.includes(":") ? "@" : ":"}${target}`;

        const digest = target.includes(":") ? target : this.tags.get(name)?.digest;
        const layout = digest && /^sha256:[0-9a-f]{64}$/.test(digest) ? this.layoutOf(digest) : undefined;
        if (digest && layout) {
            const contentType = this.types.get(digest) ?? "application/octet-stream";
            const headers = { "Content-Type": contentType, "Docker-Content-Digest": digest };
            await serveFile(request, response, blobFile(layout, digest), headers);
            return undefined;
        }
        if (this.upstream) return this.pass(request, response, { host, repository, kind, target });
        const code = kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN";
        const known = [...this.tags.keys()].sort().join(", ");
        return refuse(response, 404, code, `${name}: not in this mirror; it has ${known || "no image"}`);
    }

    private layoutOf(digest: string): string | undefined {
        return this.layouts.find((layout) => existsSync(blobFile(layout, digest)));
    }

    private async pass(
        request: IncomingMessage,
        response: ServerResponse,
        { host, repository, kind, target }: { host: string; repository: string; kind: string; target: string },
    ): Promise<string | undefined> {
        const origin = host === "docker.io" ? "registry-1.docker.io" : host;
        const digest = target.startsWith("sha256:") ? target : undefined;
        try {
            const cached = await this.upstream!.get(`https://${origin}/v2/${repository}/${kind}/${target}`, {
                headers: kind === "manifests" ? { Accept: manifestTypes } : {},
                immutable: digest !== undefined,
                digest,
            });
            const contentDigest = cached.digest ?? digest;
            await serveFile(request, response, cached.file, {
                "Content-Type": cached.contentType,
                ...(contentDigest && { "Docker-Content-Digest": contentDigest }),
            });
            return undefined;
        } catch (error) {
            if (!(error instanceof UpstreamError)) throw error;
            const code = kind === "blobs" ? "BLOB_UNKNOWN" : "MANIFEST_UNKNOWN";
            return refuse(response, error.status, code, error.message);
        }
    }
}

function refuse(response: ServerResponse, status: number, code: string, message: string): string {
    response.writeHead(status, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ errors: [{ code, message }] }));
    return message;
}
