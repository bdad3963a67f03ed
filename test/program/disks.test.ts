import * as assert from "node:assert/strict";
import { disks } from "../sample";
import { all, one, run, type Deployment } from "./engine";

const found = {
    diskId: "d-left",
    diskName: "test-cluster-dev-mysql",
    size: 20,
    category: "cloud_essd",
    zoneId: "cn-hangzhou-i",
};

describe("the stack's data disks", () => {
    let deployment: Deployment;
    before(async () => {
        deployment = await run();
    });

    it("are resources of their own, protected and kept", () => {
        const disks = all(deployment, "EcsDisk");
        assert.deepEqual(
            disks.map(({ inputs }) => [inputs.diskName, inputs.size]),
            [
                ["test-cluster-dev-mysql", 20],
                ["test-cluster-dev-kafka", 20],
                ["test-cluster-dev-elasticsearch", 20],
            ],
        );
        for (const disk of disks) {
            assert.equal(disk.protect, true);
            assert.equal(disk.retainOnDelete, true);
            assert.equal(disk.importId, "");
            assert.ok(!disk.parent.includes("Instance"), "it belongs to a host");
            assert.equal(disk.inputs.instanceId, undefined);
        }
    });

    for (const [protect, keepOnDestroy] of [
        [false, true],
        [true, false],
        [false, false],
    ]) {
        it(`are, as configured, ${protect ? "" : "not "}protected and ${keepOnDestroy ? "" : "not "}kept`, async () => {
            const changed = await run({ change: { "test-cluster:disks": { protect, keepOnDestroy } } });
            const disk = one(changed, "EcsDisk", "mysql");
            assert.deepEqual([disk.protect, disk.retainOnDelete], [protect, keepOnDestroy]);
        });
    }

    it("are attached once, and stay when the host goes", () => {
        const attachments = all(deployment, "EcsDiskAttachment");
        assert.deepEqual(attachments.map(({ inputs }) => [inputs.diskId, inputs.instanceId]).sort(), [
            ["id-of-elasticsearch", "id-of-node-02"],
            ["id-of-kafka", "id-of-node-01"],
            ["id-of-mysql", "id-of-node-02"],
        ]);
        for (const { inputs, deleteBeforeReplace } of attachments) {
            assert.deepEqual([inputs.deleteWithInstance, deleteBeforeReplace], [false, true]);
        }
    });

    it("have a snapshot every day, kept for seven", () => {
        const [policy] = all(deployment, "AutoSnapshotPolicy");
        assert.deepEqual([...policy.inputs.repeatWeekdays].sort(), ["1", "2", "3", "4", "5", "6", "7"]);
        assert.deepEqual([policy.inputs.timePoints, policy.inputs.retentionDays], [["2"], 7]);
        assert.deepEqual(
            all(deployment, "EcsAutoSnapshotPolicyAttachment").map(({ inputs }) => inputs),
            ["mysql", "kafka", "elasticsearch"].map((disk) => ({
                autoSnapshotPolicyId: `id-of-${policy.name}`,
                diskId: `id-of-${disk}`,
            })),
        );
    });

    it("that an earlier life of the stack left are taken over, not made", async () => {
        const again = await run({ cloud: { disks: [found] } });
        const disk = one(again, "EcsDisk", "mysql");
        assert.equal(disk.importId, "d-left");
        assert.equal(one(again, "EcsDiskAttachment", "mysql").inputs.diskId, "d-left");
        assert.match(one(again, "Command", "mount-mysql").inputs.create, /^SERIAL=left$/m);
    });

    it("of another stack are left alone", async () => {
        const again = await run({ cloud: { disks: [{ ...found, diskName: "test-cluster-local-mysql" }] } });
        assert.equal(one(again, "EcsDisk", "mysql").importId, "");
    });

    it("are of their own category where they name one", async () => {
        const data = disks({ elasticsearch: { category: "cloud_ssd" } });
        const several = await run({ change: { "test-cluster:disks": { data } } });
        assert.equal(one(several, "EcsDisk", "elasticsearch").inputs.category, "cloud_ssd");
        assert.equal(one(several, "EcsDisk", "mysql").inputs.category, "cloud_essd");
    });

    it("are mounted by the cloud's identity of them, after they are attached and their host is prepared", () => {
        const mount = one(deployment, "Command", "mount-mysql");
        assert.match(mount.inputs.create, /\/dev\/disk\/by-id\/virtio-\$SERIAL/);
        for (const needed of [
            one(deployment, "EcsDiskAttachment", "mysql"),
            one(deployment, "Command", "node-02-prepared"),
        ]) {
            assert.ok(mount.dependencies.includes(needed.urn), needed.name);
        }
    });

    it("are mounted again when they grow, are attached anew, or their host is another", async () => {
        const triggers = (of: Deployment) => one(of, "Command", "mount-mysql").inputs.triggers as unknown[];
        assert.deepEqual(triggers(deployment), ["id-of-node-02", "id-of-mysql", 20]);
        const data = disks({ mysql: { sizeGiB: 40 } });
        assert.deepEqual(triggers(await run({ change: { "test-cluster:disks": { data } } })).at(-1), 40);
    });
});
