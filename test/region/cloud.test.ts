import * as ecs from "@alicloud/ecs20140526";
import assert from "node:assert/strict";
import { regionId } from "../unit/cloud/region";
import { suiteStack } from "./cloudStack";

describe("the cloud's resources, by the real engine and provider", function () {
    this.timeout("5m");
    this.slow(1);
    this.bail(true);

    const stack = suiteStack();
    const { region } = stack;

    it("are created", async () => {
        const { changes } = await stack.succeeds("up");
        assert.equal(changes.length, 11);
        assert.ok(
            changes.every((change) => change.startsWith("create ")),
            changes.join(),
        );
        const [instance] = await stack.instances();
        const [disk] = await stack.dataDisks();
        assert.equal(instance.status, "Running");
        assert.equal(instance.privateAddress, "10.20.0.10");
        assert.equal(disk.instanceId, instance.id);
        assert.equal(disk.sizeGiB, 20);
        const { snapshotPolicies, securityGroups } = await region.state();
        assert.equal(disk.autoSnapshotPolicyId, Object.keys(snapshotPolicies)[0]);
        assert.equal(Object.values(securityGroups)[0].rules.length, 2);
        assert.ok(region.machines.machine(instance.id).disks.has(disk.id));
    });

    it("are left alone when asked again, and found unchanged", async () => {
        const again = await stack.succeeds("up");
        assert.deepEqual([again.changes, again.mutating], [[], []]);
        const refreshed = await stack.succeeds("refresh", "--expect-no-changes");
        assert.deepEqual(refreshed.mutating, []);
    });

    it("are changed in place: names, tags, descriptions, type, user data, the disk's size, the policy's days", async () => {
        const ids = async () => {
            const { vpcs, vswitches, securityGroups, keyPairs, snapshotPolicies, ...rest } = await region.state();
            const all = [vpcs, vswitches, securityGroups, keyPairs, snapshotPolicies, rest.instances, rest.disks];
            return all.flatMap((each) => Object.keys(each));
        };
        const before = await ids();
        Object.assign(stack.wanted, {
            ...{ name: "after", description: "as changed", tags: { stage: "two" }, sizeGiB: 30, days: 14 },
            ...{ instanceType: "ecs.c6.xlarge", userData: "#cloud-config\nfqdn: other", bandwidthMbps: 30 },
        });
        const { changes } = await stack.succeeds("up");
        assert.deepEqual(changes, [
            ...["update disk-0", "update group", "update host-0", "update key", "update policy", "update ssh"],
            ...["update vpc", "update vswitch", "update vxlan"],
        ]);
        assert.deepEqual(await ids(), before);
        const { vpcs, vswitches, securityGroups, snapshotPolicies, keyPairs } = await region.state();
        for (const { name, tags } of [vpcs, vswitches, securityGroups, snapshotPolicies].flatMap((each) =>
            Object.values<{ name: string; tags: object }>(each),
        )) {
            assert.deepEqual([name, tags], ["after", { stage: "two" }]);
        }
        assert.deepEqual(keyPairs.key.tags, { stage: "two" });
        const [group] = Object.values(securityGroups);
        assert.equal(group.description, "as changed");
        assert.ok(group.rules.every(({ description }) => description === "as changed"));
        assert.equal(Object.values(snapshotPolicies)[0].retentionDays, 14);
        const [instance] = await stack.instances();
        assert.deepEqual([instance.name, instance.type], ["after-host-0", "ecs.c6.xlarge"]);
        assert.deepEqual([instance.bandwidthOutMbps, instance.status], [30, "Running"]);
        const { spec, on } = region.machines.machine(instance.id);
        assert.deepEqual([spec.cpus, spec.memoryMiB, on], [4, 8192, true]);
        assert.equal(spec.userData, stack.wanted.userData);
        const [disk] = await stack.dataDisks();
        assert.deepEqual([disk.name, disk.sizeGiB, disk.tags.stage], ["after-disk-0", 30, "two"]);
        assert.equal(region.machines.disks.get(disk.id)?.sizeGiB, 30);
        assert.deepEqual((await stack.succeeds("up")).changes, []);
    });

    it("are shown where they were changed by hand", async () => {
        const [{ id: instanceId }] = await stack.instances();
        const [{ id: diskId }] = await stack.dataDisks();
        const [group] = Object.values((await region.state()).securityGroups);
        const ssh = group.rules.find(({ portRange }) => portRange === "22/22")!;
        await region.ecs.modifyInstanceAttribute(
            new ecs.ModifyInstanceAttributeRequest({ instanceId, instanceName: "by-hand" }),
        );
        await region.ecs.revokeSecurityGroup(
            new ecs.RevokeSecurityGroupRequest({
                regionId,
                securityGroupId: group.id,
                securityGroupRuleId: [ssh.id],
            }),
        );
        await region.ecs.cancelAutoSnapshotPolicy(
            new ecs.CancelAutoSnapshotPolicyRequest({ regionId, diskIds: JSON.stringify([diskId]) }),
        );
        const { changes, mutating } = await stack.succeeds("preview", "--refresh");
        assert.deepEqual(changes, ["create covered", "create ssh", "update host-0"]);
        assert.deepEqual(mutating, []);
    });

    it("are made anew where they are gone: a released instance", async () => {
        const [{ id: gone }] = await stack.instances();
        const [{ id: disk }] = await stack.dataDisks();
        await region.control("POST", `/instances/${gone}/release`);
        const { changes } = await stack.succeeds("up", "--refresh");
        assert.deepEqual(changes, ["create attached", "create covered", "create host-0", "create ssh"]);
        const [instance, ...more] = await stack.instances();
        assert.notEqual(instance.id, gone);
        assert.deepEqual(more, []);
        const [kept] = await stack.dataDisks();
        assert.deepEqual([kept.id, kept.instanceId], [disk, instance.id]);
    });

    it("are destroyed, all but the kept disk, though the cloud is busy and refuses once", async () => {
        const [{ id: kept }] = await stack.dataDisks();
        await region.fault({ action: "DeleteVpc", throttle: true });
        await region.fault({ action: "DeleteKeyPairs", refuse: { code: "Forbidden.RAM", status: 403 } });
        const refused = await stack.run("destroy");
        assert.notEqual(refused.code, 0);
        assert.match(refused.output, /key[^]*DeleteKeyPairs[^]*Forbidden\.RAM/);
        await stack.succeeds("destroy");
        assert.deepEqual(await stack.orderedFaults(), []);
        const { disks, ...rest } = await region.state();
        const left = Object.entries(rest).filter(([kind]) => !["version", "tokens"].includes(kind));
        assert.deepEqual(Object.fromEntries(left.filter(([, all]) => Object.keys(all).length > 0)), {});
        assert.deepEqual(Object.keys(disks), [kept]);
        assert.equal(disks[kept].status, "Available");
        assert.deepEqual([region.machines.machines.size, region.machines.networks.size], [0, 0]);
    });

    it("take over the kept disk, and grow it", async () => {
        const [{ id: kept }] = await stack.dataDisks();
        Object.assign(stack.wanted, { instances: 0, adopt: kept, sizeGiB: 40 });
        const { changes, mutating } = await stack.succeeds("up");
        assert.deepEqual(changes, ["create covered", "create policy", "import disk-0", "update disk-0"]);
        assert.equal(mutating.includes("CreateDisk"), false);
        const [disk, ...more] = await stack.dataDisks();
        assert.deepEqual([disk.id, disk.sizeGiB, more], [kept, 40, []]);
        assert.deepEqual((await stack.succeeds("up")).changes, []);
        await stack.succeeds("destroy");
        assert.deepEqual(
            (await stack.dataDisks()).map(({ id }) => id),
            [kept],
        );
    });
});
