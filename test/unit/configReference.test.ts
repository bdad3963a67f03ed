import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import { entries, reference, referenceFile } from "../../config/reference";

describe("configuration reference", () => {
    const all = entries();
    const entry = (key: string) => all.find((candidate) => candidate.key === key);

    it("is what the schema says now; if not: npx tsx config/reference.ts", () => {
        assert.equal(fs.readFileSync(referenceFile, "utf8"), reference());
    });

    it("says of every key what it means", () => {
        assert.deepEqual(
            all.filter(({ meaning }) => meaning === "").map(({ key }) => key),
            [],
        );
    });

    it("has the keys of lists and nested objects", () => {
        assert.deepEqual(entry("disks.data[].sizeGiB"), {
            key: "disks.data[].sizeGiB",
            type: "integer 1 to 32768",
            default: [],
            required: true,
            meaning: "Size, GiB; it only grows",
        });
        assert.deepEqual(entry("kubernetes.kubeReserved.memory")?.default, ['"300Mi"']);
        assert.deepEqual(entry("hosts[].address")?.required, false);
        assert.deepEqual(entry("hosts")?.default.length, 3);
        assert.equal(entry("hosts[].role")?.type, '"control-plane" or "worker"');
        assert.equal(entry("mirrors.images")?.type, "map to list of string");
    });
});
