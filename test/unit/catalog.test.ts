import { strict as assert } from "node:assert";
import { diskMistakes } from "../../cluster/existing";
import { cloudName } from "../../cluster/names";
import { stackConfig } from "../sample";

describe("an existing data disk", () => {
    const config = stackConfig("dev");
    const disk = (instanceId: string) => ({
        diskId: "d-1",
        diskName: cloudName(config, "mysql"),
        size: 20,
        category: config.disks.category,
        zoneId: config.zone,
        instanceId,
        snapshotId: "",
        creationTime: "2026-01-01T00:00:00Z",
    });
    const instances = ["node-01", "node-02"].map((name) => ({ id: `i-${name}`, name: cloudName(config, name) }));

    it("may be in its host, in none, or in one that is gone", () => {
        for (const holder of ["i-node-02", "", "i-gone"]) {
            assert.deepEqual(diskMistakes(config, [disk(holder)], instances), [], holder);
        }
    });

    it("is not pulled out of another host that lives", () => {
        const [mistake, ...others] = diskMistakes(config, [disk("i-node-01")], instances);
        assert.match(mistake, /^disks\.data \(mysql\)\.host: node-02, but d-1 is attached to test-cluster-dev-node-01/);
        assert.match(mistake, /moves when its host is gone: take that host out of hosts, or release it$/);
        assert.deepEqual(others, []);
    });
});
