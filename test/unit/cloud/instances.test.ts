import * as ecs from "@alicloud/ecs20140526";
import assert from "node:assert/strict";

import { imageId, publicKey, refuses, Region, regionId } from "./region";

describe("the cloud's instances", () => {
    let region: Region;
    let network: Awaited<ReturnType<Region["network"]>>;
    beforeEach(async () => {
        region = await new Region().start();
        network = await region.network();
    });
    afterEach(() => region.stop());

    it("go through the states of the cloud, and their machines with them", async () => {
        await region.ecs.importKeyPair(
            new ecs.ImportKeyPairRequest({ regionId, keyPairName: "key", publicKeyBody: publicKey }),
        );
        const letGo = region.machines.hold();
        const id = await region.run(network, {
            instanceName: "node-01",
            hostName: "node-01",
            keyPairName: "key",
            userData: Buffer.from("#cloud-config").toString("base64"),
            internetMaxBandwidthOut: 10,
            privateIpAddress: "10.0.1.10",
            systemDisk: { category: "cloud_essd", size: "40" },
            tag: [{ key: "role", value: "worker" }],
        });
        await region.until(async () => (await region.status(id)) === "Starting");
        letGo();
        await region.until(async () => (await region.status(id)) === "Running");

        assert.deepEqual(region.machines.machine(id).spec, {
            id,
            hostname: "node-01",
            imageId,
            cpus: 2,
            memoryMiB: 4096,
            network: { id: network.vSwitchId, cidr: "10.0.1.0/24", address: "10.0.1.10" },
            publicAddress: "198.51.100.2",
            userData: "#cloud-config",
            authorizedKeys: [publicKey],
        });
        const seen = (await region.describe(id))!;
        assert.deepEqual(seen.vpcAttributes?.privateIpAddress?.ipAddress, ["10.0.1.10"]);
        assert.deepEqual(seen.publicIpAddress?.ipAddress, ["198.51.100.2"]);
        assert.deepEqual([seen.cpu, seen.memory, seen.keyPairName], [2, 4096, "key"]);

        const stop = region.machines.hold();
        await region.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: id }));
        assert.equal(await region.status(id), "Stopping");
        stop();
        await region.until(async () => (await region.status(id)) === "Stopped");
        assert.equal(region.machines.machine(id).on, false);
        await region.ecs.startInstance(new ecs.StartInstanceRequest({ instanceId: id }));
        await region.until(async () => (await region.status(id)) === "Running");
        await region.release(id);
        assert.equal(region.machines.machines.size, 0);
        const { disks } = await region.state();
        assert.deepEqual(disks, {}, "the system disk goes with its instance");
    });

    it("refuse what their state does not allow", async () => {
        const id = await region.instance(network);
        const release = (force: boolean) =>
            region.ecs.deleteInstance(new ecs.DeleteInstanceRequest({ instanceId: id, force }));
        const start = () => region.ecs.startInstance(new ecs.StartInstanceRequest({ instanceId: id }));
        const resize = () =>
            region.ecs.modifyInstanceSpec(
                new ecs.ModifyInstanceSpecRequest({ instanceId: id, instanceType: "ecs.c6.xlarge" }),
            );
        await refuses(release(false), "IncorrectInstanceStatus", 403);
        await refuses(start(), "IncorrectInstanceStatus", 403);
        await refuses(resize(), "IncorrectInstanceStatus", 403);
        const protect = (deletionProtection: boolean) =>
            region.ecs.modifyInstanceAttribute(
                new ecs.ModifyInstanceAttributeRequest({ instanceId: id, deletionProtection }),
            );
        await protect(true);
        await refuses(release(true), "InvalidOperation.DeletionProtection", 403);
        await protect(false);
        const letGo = region.machines.hold();
        await release(true);
        await refuses(start(), "IncorrectInstanceStatus", 403);
        letGo();
        await region.until(async () => (await region.describe(id)) === undefined);
        await refuses(release(true), "InvalidInstanceId.NotFound", 404);
    });

    it("refuse to be made from what is not there, and then make nothing", async () => {
        const userData = Buffer.alloc(33 * 1024).toString("base64");
        const wrong: [object, string][] = [
            [{ imageId: "debian_13.vhd" }, "InvalidImageId.NotFound"],
            [{ imageId: "ubuntu_24_04_x64_20G_alibase_20260916.vhd" }, "InvalidImageId.NotSupported"],
            [{ instanceType: "ecs.c9.large" }, "InvalidInstanceType.NotFound"],
            [{ vSwitchId: "vsw-none" }, "InvalidVSwitchId.NotFound"],
            [{ securityGroupIds: ["sg-none"] }, "InvalidSecurityGroupId.NotFound"],
            [{ securityGroupIds: undefined }, "MissingParameter"],
            [{ keyPairName: "none" }, "InvalidKeyPair.NotFound"],
            [{ privateIpAddress: "10.0.2.5" }, "InvalidPrivateIpAddress.Malformed"],
            [{ privateIpAddress: "10.0.1.1" }, "InvalidPrivateIpAddress.Malformed"],
            [{ privateIpAddress: "10.0.1.253" }, "InvalidPrivateIpAddress.Malformed"],
            [{ systemDisk: { category: "cloud_auto" } }, "InvalidSystemDiskCategory.ValueNotSupported"],
            [{ systemDisk: { category: "cloud_essd", size: "10" } }, "InvalidParameter.SystemDisk.Size"],
            [{ userData }, "InvalidUserData.SizeExceeded"],
            [{ userData: "not base64!" }, "InvalidUserData.Base64FormatInvalid"],
        ];
        for (const [more, code] of wrong) await refuses(region.run(network, more), code);
        const { instances, disks } = await region.state();
        assert.deepEqual([instances, disks], [{}, {}]);
    });

    it("get the lowest free address, and refuse one that is taken", async () => {
        const first = await region.run(network);
        await region.run(network);
        const addresses = Object.values((await region.state()).instances).map((each) => each.privateAddress);
        assert.deepEqual(addresses, ["10.0.1.2", "10.0.1.3"]);
        await refuses(region.run(network, { privateIpAddress: "10.0.1.3" }), "InvalidPrivateIpAddress.Duplicated");
        await region.until(async () => (await region.status(first)) === "Running");
        await region.release(first);
        const third = await region.run(network);
        assert.equal((await region.state()).instances[third].privateAddress, "10.0.1.2");
    });

    it("show that a machine died, and start again", async () => {
        const id = await region.instance(network);
        region.machines.die(id);
        assert.equal(await region.status(id), "Stopped");
        await region.ecs.startInstance(new ecs.StartInstanceRequest({ instanceId: id }));
        await region.until(() => region.machines.machine(id).on);
    });

    it("come back from a reboot from within, Running all the while, and stay off when switched off", async () => {
        const id = await region.instance(network);
        region.machines.goOff(id, { rebooted: true });
        assert.equal(await region.status(id), "Running");
        await region.until(() => region.machines.machine(id).on);
        region.machines.goOff(id, { rebooted: false });
        assert.equal(await region.status(id), "Stopped");
        assert.equal(region.machines.machine(id).on, false);
    });

    it("apply what they are made from at the next start", async () => {
        const id = await region.instance(network);
        const userData = Buffer.from("#!/bin/sh").toString("base64");
        await region.ecs.modifyInstanceAttribute(new ecs.ModifyInstanceAttributeRequest({ instanceId: id, userData }));
        assert.equal(region.machines.machine(id).spec.userData, "");
        await region.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: id }));
        await region.until(async () => (await region.status(id)) === "Stopped");
        await region.ecs.modifyInstanceSpec(
            new ecs.ModifyInstanceSpecRequest({ instanceId: id, instanceType: "ecs.c6.xlarge" }),
        );
        await region.ecs.startInstance(new ecs.StartInstanceRequest({ instanceId: id }));
        await region.until(async () => (await region.status(id)) === "Running");
        const { spec } = region.machines.machine(id);
        assert.deepEqual([spec.userData, spec.cpus, spec.memoryMiB], ["#!/bin/sh", 4, 8192]);
        const asked = await region.ecs.describeUserData(new ecs.DescribeUserDataRequest({ regionId, instanceId: id }));
        assert.equal(asked.body!.userData, userData);
    });

    it("get a new key by a reboot", async () => {
        const pair = { regionId, keyPairName: "key", publicKeyBody: publicKey };
        await region.ecs.importKeyPair(new ecs.ImportKeyPairRequest(pair));
        const id = await region.instance(network);
        const instanceIds = JSON.stringify([id]);
        await region.ecs.attachKeyPair(new ecs.AttachKeyPairRequest({ regionId, keyPairName: "key", instanceIds }));
        const letGo = region.machines.hold();
        await region.ecs.rebootInstance(new ecs.RebootInstanceRequest({ instanceId: id, forceStop: true }));
        assert.equal(await region.status(id), "Starting");
        letGo();
        await region.until(async () => (await region.status(id)) === "Running");
        assert.deepEqual(region.machines.machine(id).spec.authorizedKeys, [publicKey]);
        const keyPairNames = JSON.stringify(["key"]);
        const drop = () => region.ecs.deleteKeyPairs(new ecs.DeleteKeyPairsRequest({ regionId, keyPairNames }));
        await refuses(drop(), "InvalidParameter.KeypairAlreadyAttachedInstance", 400);
        await region.ecs.detachKeyPair(new ecs.DetachKeyPairRequest({ regionId, keyPairName: "key", instanceIds }));
        await drop();
        await refuses(drop(), "InvalidKeyPair.NotFound", 404);
    });

    it("get a new system disk, and keep their data disks and their rules", async () => {
        const id = await region.instance(network);
        const diskId = await region.disk();
        await region.attach(diskId, id);
        const replace = () =>
            region.ecs.replaceSystemDisk(
                new ecs.ReplaceSystemDiskRequest({ instanceId: id, imageId, systemDisk: { size: 60 } }),
            );
        await refuses(replace(), "IncorrectInstanceStatus", 403);
        await region.ecs.stopInstance(new ecs.StopInstanceRequest({ instanceId: id }));
        await region.until(async () => (await region.status(id)) === "Stopped");
        const before = region.machines.machine(id);
        const systemDisk = (await replace()).body!.diskId!;
        assert.notEqual(region.machines.machine(id), before);
        assert.deepEqual([...region.machines.machine(id).disks.keys()], [diskId]);
        assert.equal((await region.describeDisk(systemDisk))!.size, 60);
        assert.equal(Object.keys((await region.state()).disks).length, 2);
    });

    it("open to the internet and close again", async () => {
        const id = await region.instance(network);
        const bandwidth = (internetMaxBandwidthOut: number) =>
            region.ecs.modifyInstanceNetworkSpec(
                new ecs.ModifyInstanceNetworkSpecRequest({ instanceId: id, internetMaxBandwidthOut }),
            );
        const allocate = () =>
            region.ecs.allocatePublicIpAddress(new ecs.AllocatePublicIpAddressRequest({ instanceId: id }));
        await bandwidth(5);
        assert.equal((await allocate()).body!.ipAddress, "198.51.100.2");
        await refuses(allocate(), "AllocatedAlready");
        await bandwidth(0);
        assert.deepEqual((await region.describe(id))!.publicIpAddress?.ipAddress, []);
    });

    it("are released by themselves when their machine can't be made, and the reason is told", async () => {
        region.machines.fail("createInstance", "no space left");
        const id = await region.run(network);
        await region.until(async () => (await region.describe(id)) === undefined);
        assert.deepEqual(region.log, [`start ${id}: no space left`]);
    });

    it("answer everything that the provider asks of one", async () => {
        const id = await region.instance(network, { internetMaxBandwidthOut: 1 });
        const instanceIds = JSON.stringify([id]);
        const attribute = new ecs.DescribeInstanceAttributeRequest({ instanceId: id });
        assert.equal((await region.ecs.describeInstanceAttribute(attribute)).body!.instanceId, id);
        const maintenance = new ecs.DescribeInstanceMaintenanceAttributesRequest({ regionId, instanceId: [id] });
        const window = (await region.ecs.describeInstanceMaintenanceAttributes(maintenance)).body!;
        assert.equal(window.maintenanceAttributes!.maintenanceAttribute![0].actionOnMaintenance!.value, "AutoRecover");
        const pools = new ecs.DescribeInstanceAttachmentAttributesRequest({ regionId, instanceIds });
        const pool = (await region.ecs.describeInstanceAttachmentAttributes(pools)).body!;
        assert.equal(pool.instances!.instance![0].privatePoolOptionsMatchCriteria, "None");
        const roles = new ecs.DescribeInstanceRamRoleRequest({ regionId, instanceIds });
        assert.equal((await region.ecs.describeInstanceRamRole(roles)).body!.totalCount, 1);
        const eni = (await region.describe(id))!.networkInterfaces!.networkInterface![0].networkInterfaceId!;
        const enis = new ecs.DescribeNetworkInterfacesRequest({ regionId, networkInterfaceId: [eni] });
        const found = (await region.ecs.describeNetworkInterfaces(enis)).body!.networkInterfaceSets!;
        assert.equal(found.networkInterfaceSet![0].instanceId, id);
        const statuses = new ecs.DescribeInstanceStatusRequest({ regionId, instanceId: [id] });
        const [status] = (await region.ecs.describeInstanceStatus(statuses)).body!.instanceStatuses!.instanceStatus!;
        assert.equal(status.status, "Running");
    });
});
