import * as ecs from "@alicloud/ecs20140526";
import assert from "node:assert/strict";

import { refuses, Region, regionId } from "./region";

describe("the cloud's disks", () => {
    let region: Region;
    let instanceId: string;
    beforeEach(async () => {
        region = await new Region().start();
        instanceId = await region.instance(await region.network());
    });
    afterEach(() => region.stop());

    const detach = (diskId: string) => region.ecs.detachDisk(new ecs.DetachDiskRequest({ diskId, instanceId }));
    const remove = (diskId: string) => region.ecs.deleteDisk(new ecs.DeleteDiskRequest({ diskId }));
    const resize = (diskId: string, newSize: number) =>
        region.ecs.resizeDisk(new ecs.ResizeDiskRequest({ diskId, newSize, type: "online" }));

    it("are attached under the serial that is their id, grow, and are deleted when nobody has them", async () => {
        const diskId = await region.disk();
        assert.deepEqual(region.machines.disks.get(diskId), { sizeGiB: 20, from: undefined });
        await region.attach(diskId, instanceId);
        assert.equal(region.machines.machine(instanceId).disks.get(diskId), diskId.slice(2));
        assert.ok(diskId.slice(2).length <= 20, "a virtio serial has at most 20 characters");
        const attached = (await region.describeDisk(diskId))!;
        assert.deepEqual([attached.status, attached.instanceId, attached.device], ["In_use", instanceId, "/dev/xvdb"]);
        await resize(diskId, 30);
        assert.equal(region.machines.disks.get(diskId)?.sizeGiB, 30);
        await refuses(remove(diskId), "IncorrectDiskStatus", 403);
        await refuses(region.attach(diskId, instanceId), "IncorrectDiskStatus", 403);
        await refuses(resize(diskId, 20), "InvalidDiskSize.TooSmall");
        await detach(diskId);
        assert.equal(region.machines.machine(instanceId).disks.size, 0);
        assert.equal((await region.describeDisk(diskId))!.status, "Available");
        await refuses(detach(diskId), "InvalidDisk.AlreadyDetached", 403);
        await remove(diskId);
        await refuses(remove(diskId), "InvalidDiskId.NotFound", 404);
        assert.equal(region.machines.disks.size, 0);
    });

    it("outlive their instance, unless they are set to go with it", async () => {
        const kept = await region.disk();
        const going = await region.disk();
        for (const disk of [kept, going]) await region.attach(disk, instanceId);
        await region.ecs.modifyDiskAttribute(
            new ecs.ModifyDiskAttributeRequest({ regionId, diskId: going, deleteWithInstance: true }),
        );
        await region.release(instanceId);
        assert.equal((await region.describeDisk(kept))!.status, "Available");
        assert.equal(await region.describeDisk(going), undefined);
        assert.deepEqual([...region.machines.disks.keys()], [kept]);
    });

    it("come with an instance, plugged in before it starts", async () => {
        const id = await region.instance(
            { vSwitchId: Object.keys((await region.state()).vswitches)[0], securityGroupId: await firstGroup() },
            { dataDisk: [{ category: "cloud_essd", size: 25, diskName: "data" }] },
        );
        const [[diskId]] = region.machines.machine(id).disks;
        const disk = (await region.describeDisk(diskId))!;
        assert.deepEqual(
            [disk.diskName, disk.size, disk.status, disk.deleteWithInstance],
            ["data", 25, "In_use", true],
        );
    });

    it("refuse sizes, zones and categories that are not sold", async () => {
        await refuses(region.disk({ size: 5 }), "InvalidParameter.Size");
        await refuses(region.disk({ size: undefined }), "MissingParameter");
        await refuses(region.disk({ diskCategory: "cloud" }), "InvalidDiskCategory.ValueNotSupported");
        await refuses(region.disk({ zoneId: "cn-hangzhou-z" }), "InvalidZoneId.NotFound", 404);
        const elsewhere = await region.disk({ zoneId: "cn-hangzhou-i" });
        await refuses(region.attach(elsewhere, instanceId), "ResourcesNotInSameZone", 403);
    });

    it("say what the machine said when it fails, and are as they were", async () => {
        region.machines.fail("createDisk", "disk full");
        await refuses(region.disk(), "OperationDenied.MachineFailure", 403);
        assert.equal(region.machines.disks.size, 0);
        const diskId = await region.disk();
        region.machines.fail("attachDisk", "no loop device");
        await refuses(region.attach(diskId, instanceId), "OperationDenied.MachineFailure", 403);
        assert.equal((await region.describeDisk(diskId))!.status, "Available");
        await region.attach(diskId, instanceId);
    });

    it("come back from a snapshot, which stays as long as they need it", async () => {
        const diskId = await region.disk({ size: 25 });
        const taken = await region.ecs.createSnapshot(
            new ecs.CreateSnapshotRequest({ diskId, snapshotName: "before" }),
        );
        const snapshotId = taken.body!.snapshotId!;
        const restored = await region.disk({ snapshotId, size: 30 });
        assert.deepEqual(region.machines.disks.get(restored), { sizeGiB: 30, from: snapshotId });
        assert.equal((await region.describeDisk(restored))!.sourceSnapshotId, snapshotId);
        for (const size of [20, undefined]) {
            const smaller = await region.disk({ snapshotId, size });
            assert.deepEqual(region.machines.disks.get(smaller), { sizeGiB: 25, from: snapshotId });
        }
        await refuses(region.disk({ snapshotId: "s-none" }), "InvalidSnapshotId.NotFound", 404);
        const drop = (force: boolean) =>
            region.ecs.deleteSnapshot(new ecs.DeleteSnapshotRequest({ snapshotId, force }));
        await refuses(drop(false), "SnapshotCreatedDisk", 403);
        await drop(true);
        const left = await region.ecs.describeSnapshots(new ecs.DescribeSnapshotsRequest({ regionId, diskId }));
        assert.equal(left.body!.totalCount, 0);
        assert.equal(region.machines.snapshots.size, 0);
    });

    it("are not made from a snapshot that is not finished", async () => {
        const diskId = await region.disk();
        let finish = () => undefined as void;
        region.machines.createSnapshot = () => new Promise((resolve) => (finish = resolve));
        const taking = region.ecs.createSnapshot(new ecs.CreateSnapshotRequest({ diskId }));
        let snapshotId: string | undefined;
        while (!snapshotId) [snapshotId] = Object.keys((await region.state()).snapshots);
        await refuses(region.disk({ snapshotId }), "InvalidSnapshotId.NotReady", 403);
        finish();
        assert.equal((await taking).body!.snapshotId, snapshotId);
    });

    it("are snapshotted by their policy's clock, once an hour, and rid of what is too old", async () => {
        const diskId = await region.disk();
        const policy = await region.ecs.createAutoSnapshotPolicy(
            new ecs.CreateAutoSnapshotPolicyRequest({
                regionId,
                autoSnapshotPolicyName: "daily",
                timePoints: '["3"]',
                repeatWeekdays: '["1","2","3","4","5","6","7"]',
                retentionDays: 7,
            }),
        );
        const autoSnapshotPolicyId = policy.body!.autoSnapshotPolicyId!;
        const apply = { regionId, autoSnapshotPolicyId, diskIds: JSON.stringify([diskId]) };
        await region.ecs.applyAutoSnapshotPolicy(new ecs.ApplyAutoSnapshotPolicyRequest(apply));
        const at = (time: string) => region.control<{ taken: string[] }>("POST", "/snapshots/due", { at: time });
        // 03:00 in the region is 19:00 UTC the day before.
        assert.equal((await at("2026-09-18T18:59:00Z")).taken.length, 0);
        assert.equal((await at("2026-09-18T19:01:00Z")).taken.length, 1);
        assert.equal((await at("2026-09-18T19:30:00Z")).taken.length, 0);
        assert.equal((await at("2026-09-25T19:01:00Z")).taken.length, 1);
        assert.equal(region.machines.snapshots.size, 1);

        await region.ecs.cancelAutoSnapshotPolicy(new ecs.CancelAutoSnapshotPolicyRequest(apply));
        assert.equal((await at("2026-09-26T19:01:00Z")).taken.length, 0);
        await refuses(
            region.ecs.applyAutoSnapshotPolicy(
                new ecs.ApplyAutoSnapshotPolicyRequest({ ...apply, autoSnapshotPolicyId: "sp-none" }),
            ),
            "InvalidAutoSnapshotPolicyId.NotFound",
            404,
        );
    });

    async function firstGroup(): Promise<string> {
        return Object.keys((await region.state()).securityGroups)[0];
    }
});
