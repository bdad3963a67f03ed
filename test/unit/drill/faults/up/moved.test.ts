import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { stackConfig } from "../../../../sample";
import { withDiskOn } from "../../../../../operations/drill/faults/up/moved";

describe("a data disk that is given to another host", () => {
    const text = fs.readFileSync(path.join(__dirname, "../../../../../Pulumi.local.yaml"), "utf8");
    const parsed = (yaml: string) => load(yaml) as { config: Record<string, { data?: object[] } & object> };

    it("is there in the stack's configuration, and all else is as it was", () => {
        const before = parsed(text);
        const after = parsed(withDiskOn(text, "mysql", "node-01"));
        const { data, ...rest } = after.config["test-cluster:disks"];
        const usual = stackConfig("local").disks.data;
        assert.equal(usual.find(({ name }) => name === "mysql")!.host, "node-02");
        assert.deepEqual(
            data,
            usual.map(({ name, host, sizeGiB }) => ({ name, host: name === "mysql" ? "node-01" : host, sizeGiB })),
        );
        assert.deepEqual({ ...after, config: { ...after.config, "test-cluster:disks": rest } }, before);
    });
});
