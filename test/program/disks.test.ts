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
                ["test-cluster-dev-backup", 20],
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
            ["id-of-backup", "id-of-node-02"],
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
            ["mysql", "kafka", "elasticsearch", "backup"].map((disk) => ({
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

    describe("that are restored from a snapshot", () => {
        const change = { "test-cluster:disks": { data: disks({ mysql: { snapshot: "s-1" } }) } };
        const snapshots = [
            {
                id: "s-1",
                status: "accomplished",
                sourceDiskId: "d-left",
                sourceDiskSize: "20",
                sourceDiskType: "data",
            },
        ];
        const newer = { ...found, diskId: "d-new", snapshotId: "s-1", creationTime: "2026-02-01T00:00:00Z" };
        const said = ({ messages }: Deployment) =>
            messages.filter(({ severity, text }) => severity === "warn" && text.includes("d-left"));

        it("are made anew, not found, in place of those that are there, which stay", async () => {
            const preview = await run({ change, cloud: { disks: [found], snapshots }, preview: true });
            assert.equal(preview.error, undefined);
            const disk = one(preview, "EcsDisk", "mysql");
            assert.deepEqual(
                [disk.inputs.snapshotId, disk.importId, disk.protect, disk.retainOnDelete],
                ["s-1", "", false, true],
            );
            assert.equal(one(preview, "EcsDisk", "kafka").protect, true);
            const [{ text }, ...others] = said(preview);
            assert.match(
                text,
                /data disk mysql: a new disk, made from snapshot s-1, takes the place of d-left.* stays/,
            );
            assert.deepEqual(others, []);
            assert.deepEqual(preview.outputs.replacedDisks, { mysql: ["d-left"] });
        });

        it("are found and protected afterwards, also when the snapshot is gone; the former are shown", async () => {
            const again = await run({ change, cloud: { disks: [found, newer], snapshots: [] } });
            assert.equal(again.error, undefined);
            const disk = one(again, "EcsDisk", "mysql");
            assert.deepEqual([disk.importId, disk.protect], ["d-new", true]);
            assert.deepEqual(said(again), []);
            assert.deepEqual(again.outputs.replacedDisks, { mysql: ["d-left"] });
        });

        it("are as they were when the snapshot is named no more and the former are gone", async () => {
            const last = await run({ cloud: { disks: [newer] } });
            const disk = one(last, "EcsDisk", "mysql");
            assert.deepEqual([disk.importId, disk.inputs.snapshotId], ["d-new", "s-1"]);
            assert.equal(last.outputs.replacedDisks, undefined);
        });

        it("are as new where there was none", async () => {
            const fresh = await run({ change, cloud: { snapshots } });
            const disk = one(fresh, "EcsDisk", "mysql");
            assert.deepEqual([disk.inputs.snapshotId, disk.protect], ["s-1", true]);
            assert.ok(!("replacedDisks" in fresh.outputs));
        });

        it("make Kafka start again on its own, and the wait for the applications be done again", async () => {
            const kafka = one(deployment, "Command", "kafka").inputs.triggers as string[];
            assert.deepEqual([kafka.includes("id-of-kafka"), kafka.includes("id-of-mysql")], [true, false]);
            const ready = one(deployment, "Command", "applications-ready").inputs.triggers as string[];
            for (const name of ["mysql", "kafka", "elasticsearch"]) assert.ok(ready.includes(`id-of-${name}`), name);
        });
    });

    it("are released after the host has left, and before they are detached", () => {
        const release = one(deployment, "Command", "release-mysql");
        const attachment = one(deployment, "EcsDiskAttachment", "mysql");
        assert.ok(release.dependencies.includes(attachment.urn));
        // Replaced with the attachment, so that its end comes first.
        assert.deepEqual(release.inputs.triggers, ["id-of-mysql"]);
        assert.ok(one(deployment, "Command", "mount-mysql").dependencies.includes(release.urn));
        assert.equal(release.inputs.create, "true");
        assert.match(release.inputs.delete, /\$UNMOUNT/);
        assert.match(release.inputs.environment.UNMOUNT, /^DISK=mysql$/m);
        assert.equal(release.inputs.environment.INSTANCE, "id-of-node-02");
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
