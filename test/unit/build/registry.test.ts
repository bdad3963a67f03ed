import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import * as path from "node:path";

import { writeImage } from "../../../rehearsal/mirror/image/image";
import { TestMirror, testMirror } from "./mirror";

const reference = "registry.example/team/thing:v1";
const sha256 = (content: Buffer) => `sha256:${createHash("sha256").update(content).digest("hex")}`;

describe("images of the mirror", () => {
    let mirror: TestMirror;

    before(async () => {
        mirror = await testMirror(async (dir) => {
            const layout = path.join(dir, "layout");
            mkdirSync(layout);
            writeFileSync(path.join(dir, "program"), "#!/bin/sh\n", { mode: 0o755 });
            await writeImage(
                {
                    reference,
                    files: {
                        "/bin/program": { from: path.join(dir, "program") },
                        "/etc/settings": { text: "a = 1\n" },
                        "/bin/alias": { to: "program" },
                    },
                    config: { Entrypoint: ["/bin/program"], User: "65534" },
                },
                layout,
            );
            return { images: { [reference]: layout } };
        });
    });
    after(() => mirror.close());

    const get = (name: string, init?: RequestInit) => fetch(`${mirror.url}/v2/${name}`, init);

    async function manifest() {
        const response = await get("team/thing/manifests/v1?ns=registry.example");
        assert.equal(response.status, 200);
        const bytes = Buffer.from(await response.arrayBuffer());
        return { response, bytes, content: JSON.parse(bytes.toString()) };
    }

    async function blob(digest: string): Promise<Buffer> {
        const response = await get(`team/thing/blobs/${digest}?ns=registry.example`);
        assert.equal(response.status, 200);
        const bytes = Buffer.from(await response.arrayBuffer());
        assert.equal(sha256(bytes), digest);
        return bytes;
    }

    it("says that it is a registry", async () => {
        const response = await get("");
        assert.equal(response.status, 200);
        assert.equal(response.headers.get("docker-distribution-api-version"), "registry/2.0");
    });

    it("hangs up on everybody while it is down", async () => {
        mirror.setDown(true);
        await assert.rejects(get(""), /fetch failed/);
        mirror.setDown(false);
        assert.equal((await get("")).status, 200);
    });

    it("serves a manifest by tag and by digest, with its type and digest", async () => {
        const { response, bytes } = await manifest();
        const digest = response.headers.get("docker-content-digest");
        assert.equal(digest, sha256(bytes));
        const byDigest = await get(`team/thing/manifests/${digest}?ns=registry.example`);
        for (const one of [response, byDigest])
            assert.equal(one.headers.get("content-type"), "application/vnd.oci.image.manifest.v1+json");
        assert.deepEqual(Buffer.from(await byDigest.arrayBuffer()), bytes);
    });

    it("serves a config that says how to run it, and layers whose digests it names", async () => {
        const { content } = await manifest();
        const config = JSON.parse((await blob(content.config.digest)).toString());
        assert.deepEqual(config.config.Entrypoint, ["/bin/program"]);
        assert.equal(config.config.User, "65534");
        const layer = await blob(content.layers[0].digest);
        assert.equal(layer.length, content.layers[0].size);
        const tar = execFileSync("zstd", ["-dc"], { input: layer });
        assert.equal(sha256(tar), config.rootfs.diff_ids[0]);
        const listing = execFileSync("tar", ["-tvf", "-"], { input: tar }).toString();
        assert.match(listing, /-rwxr-xr-x .* \.\/bin\/program\n/);
        assert.match(listing, /-rw-r--r-- .* \.\/etc\/settings\n/);
        assert.match(listing, /\.\/bin\/alias -> program\n/);
    });

    it("answers HEAD with the headers of GET and no body", async () => {
        const { response, bytes } = await manifest();
        const head = await get("team/thing/manifests/v1?ns=registry.example", { method: "HEAD" });
        assert.equal(head.headers.get("content-length"), String(bytes.length));
        assert.equal(head.headers.get("docker-content-digest"), response.headers.get("docker-content-digest"));
        assert.equal(await head.text(), "");
    });

    it("serves a part of a blob", async () => {
        const { content } = await manifest();
        const { digest, size } = content.layers[0];
        const whole = await blob(digest);
        const range = await get(`team/thing/blobs/${digest}?ns=registry.example`, { headers: { range: "bytes=10-" } });
        assert.equal(range.status, 206);
        assert.equal(range.headers.get("content-range"), `bytes 10-${size - 1}/${size}`);
        assert.deepEqual(Buffer.from(await range.arrayBuffer()), whole.subarray(10));
    });

    it("keeps registries apart, names what is missing and what there is, and logs it", async () => {
        for (const name of ["team/thing/manifests/v1?ns=other.example", "team/thing/manifests/v1"]) {
            const response = await get(name);
            assert.equal(response.status, 404);
            const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
            assert.equal(errors[0].code, "MANIFEST_UNKNOWN");
            assert.match(errors[0].message, /team\/thing:v1: not in this mirror; it has registry\.example\/team/);
        }
        const unknown = await get(`team/thing/blobs/sha256:${"0".repeat(64)}?ns=registry.example`);
        assert.equal(unknown.status, 404);
        assert.match(mirror.log.at(-1)!, /^GET \/v2\/team\/thing\/blobs\/sha256:000.*not in this mirror/);
    });

    it("refuses to be written to", async () => {
        const response = await get("team/thing/blobs/uploads/", { method: "POST" });
        assert.equal(response.status, 405);
    });
});
