import * as assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { writeImage } from "../../../rehearsal/mirror/image/image";
import { Layer, blobFile, writeLayer } from "../../../rehearsal/mirror/image/layer";

describe("the layers of an image", () => {
    let dir: string;
    beforeEach(() => (dir = mkdtempSync(path.join(os.tmpdir(), "layers-"))));
    afterEach(() => rmSync(dir, { recursive: true }));

    async function layer(name: string): Promise<{ part: string; layer: Layer }> {
        const root = path.join(dir, `${name}-root`);
        const part = path.join(dir, name);
        for (const folder of [root, part]) mkdirSync(folder);
        writeFileSync(path.join(root, name), name);
        const layer = await writeLayer(root, part);
        writeFileSync(path.join(part, "layer.json"), JSON.stringify(layer));
        return { part, layer };
    }

    const json = (file: string) => JSON.parse(readFileSync(file, "utf8"));

    async function layersOf(base: string | string[]): Promise<string[]> {
        const layout = mkdtempSync(path.join(dir, "layout-"));
        await writeImage({ reference: "a/b:c", base, files: { "/own": { text: "" } }, config: {} }, layout);
        const manifest = json(blobFile(layout, json(path.join(layout, "index.json")).manifests[0].digest));
        const digests = manifest.layers.map(({ digest }: Layer) => digest);
        for (const digest of digests) readFileSync(blobFile(layout, digest));
        assert.equal(json(blobFile(layout, manifest.config.digest)).rootfs.diff_ids.length, digests.length);
        return digests;
    }

    it("are those that it stands on, the lowest first, and its own", async () => {
        const [lower, upper] = [await layer("lower"), await layer("upper")];
        const digests = await layersOf([lower.part, upper.part]);
        assert.deepEqual(digests.slice(0, 2), [lower.layer.digest, upper.layer.digest]);
        assert.equal(digests.length, 3);
    });

    it("may be one shared layer and its own", async () => {
        const lower = await layer("lower");
        const digests = await layersOf(lower.part);
        assert.equal(digests[0], lower.layer.digest);
        assert.equal(digests.length, 2);
    });
});
