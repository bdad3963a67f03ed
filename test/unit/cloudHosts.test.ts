import * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import { strict as assert } from "node:assert";
import { type Cloud, cloudOf } from "../../operations/cloud";
import { orphans } from "../../operations/orphans";
import type { CloudSettings } from "../../operations/cloudSettings";
import { Region, regionId, zoneId } from "./cloud/region";

const pace = { every: 0.002, patience: 5, leaving: 5 };

/** A state with hosts of these ids. */
function state(ids: Record<string, string>): string {
    const type = "alicloud:ecs/instance:Instance";
    const resources = Object.entries(ids).map(([name, id]) => ({
        urn: `urn:pulumi:dev::p::${type}::${name}`,
        type,
        id,
    }));
    return JSON.stringify({ deployment: { resources } });
}

describe("the cloud's interface to a stack's hosts", () => {
    let region: Region;
    let id: string;
    let settings: CloudSettings;
    let cloud: Cloud;
    beforeEach(async () => {
        region = await new Region().start();
        id = await region.instance(await region.network());
        const { host } = new URL(region.cloud.url);
        const endpoints = { ecs: host, vpc: host };
        settings = { region: regionId, accessKey: "id", secretKey: "secret", endpoints, protocol: "http" };
        cloud = cloudOf(state({ master: id }), settings, pace);
    });
    afterEach(() => region.stop());

    /** What was ordered, and how: `action force`. */
    const orders = async () => {
        const calls = (await region.calls("?mutating=true")).filter(({ action }) => /Instance$/.test(action));
        return calls.map(({ action, parameters }) =>
            `${action} ${parameters.ForceStop ?? parameters.Force ?? ""}`.trim(),
        );
    };

    /** Whether a promise has come to its end after so many looks at the instance's status. */
    const looks = async (count: number) => {
        const seen = async () => (await region.calls()).filter(({ action }) => action === "DescribeInstances").length;
        const before = await seen();
        await region.until(async () => (await seen()) >= before + count);
    };

    it("restarts one, and returns when it runs again", async () => {
        const letGo = region.machines.hold();
        let done = false;
        const restarted = cloud.reboot("master", { force: true }).then(() => (done = true));
        await looks(5);
        assert.equal(done, false);
        assert.equal(await cloud.status("master"), "Starting");
        letGo();
        await restarted;
        assert.equal(await cloud.status("master"), "Running");
        assert.equal(region.machines.machine(id).on, true);
        assert.deepEqual((await orders()).slice(-1), ["RebootInstance true"]);
    });

    it("stops one and starts it, also when it is so already", async () => {
        await cloud.stop("master", { force: false });
        await cloud.stop("master", { force: false });
        assert.equal(await cloud.status("master"), "Stopped");
        assert.equal(region.machines.machine(id).on, false);
        assert.equal((await region.state()).instances[id].stoppedMode, "KeepCharging");
        await cloud.start("master");
        await cloud.start("master");
        assert.equal(await cloud.status("master"), "Running");
        assert.equal(region.machines.machine(id).on, true);
        assert.deepEqual((await orders()).slice(-2), ["StopInstance false", "StartInstance"]);
    });

    it("releases one that runs, whose data disks stay", async () => {
        const disk = await region.disk();
        await region.attach(disk, id);
        await cloud.release("master");
        assert.equal(await cloud.status("master"), "Gone");
        assert.equal(region.machines.machines.size, 0);
        assert.deepEqual(Object.keys((await region.state()).disks), [disk]);
    });

    it("deletes the stack's data disks, and no others, once they are in no host", async () => {
        const [own, other] = [await region.disk(), await region.disk()];
        await region.attach(own, id);
        const type = "alicloud:ecs/ecsDisk:EcsDisk";
        const exported = JSON.parse(state({ master: id })) as { deployment: { resources: object[] } };
        exported.deployment.resources.push({ urn: `urn:pulumi:dev::p::${type}::mysql`, type, id: own });
        const cloud = cloudOf(JSON.stringify(exported), settings, pace);
        await assert.rejects(cloud.deleteDisks(), /data disk mysql: DeleteDisk: .*IncorrectDiskStatus/);
        await cloud.release("master");
        await cloud.deleteDisks();
        assert.deepEqual(Object.keys((await region.state()).disks), [other]);
    });

    it("finds those with the stack's tags that the stack does not know, and releases them", async () => {
        const network = await region.network();
        const made = async (stack: string) => {
            const tag = Object.entries({ project: "test-cluster", stack });
            const tags = tag.map(([key, value]) => new ecs.RunInstancesRequestTag({ key, value }));
            return region.instance(network, { tag: tags });
        };
        const known = await made("dev");
        const [orphan] = [await made("dev"), await made("other")];
        const replaced = { urn: "urn:pulumi:dev::p::alicloud:ecs/instance:Instance::node-01", delete: true, id: known };
        const exported = JSON.parse(state({ master: id })) as { deployment: { resources: object[] } };
        exported.deployment.resources.push(replaced);
        const own = cloudOf(JSON.stringify(exported), settings, pace);
        assert.deepEqual(
            (await own.orphans()).map((each) => each.id),
            [orphan],
        );
        const told: string[] = [];
        const print = (line: string) => void told.push(line);
        assert.equal(await orphans(own, false, print), false);
        assert.match(told[0], new RegExp(`^host .*\\(${orphan}\\), .*, made 20`));
        assert.equal(await orphans(own, true, print), true);
        assert.equal(told.at(-1), `released: ${orphan}`);
        assert.equal(await orphans(own, false, print), true);
        const { instances } = await region.state();
        assert.equal(Object.keys(instances).length, 3);
    });

    it("releases one that is still being made as soon as the cloud takes that, and says why it does not in the end", async () => {
        const network = await region.network();
        const tag = Object.entries({ project: "test-cluster", stack: "dev" });
        const tags = tag.map(([key, value]) => new ecs.RunInstancesRequestTag({ key, value }));
        await region.instance(network, { tag: tags });
        const [orphan] = await cloud.orphans();
        const refused = (code: string, count: number) =>
            region.fault({ action: "DeleteInstance", count, refuse: { code, status: 403 } });
        await refused("IncorrectInstanceStatus.Initializing", 99);
        const hasty = cloudOf(state({ master: id }), settings, { ...pace, patience: 0.05 });
        await assert.rejects(hasty.forget(orphan), /release of the host: .*IncorrectInstanceStatus\.Initializing/);
        await region.control("DELETE", "/faults");
        await refused("IncorrectInstanceStatus.Initializing", 1);
        await cloud.forget(orphan);
        assert.deepEqual(await cloud.orphans(), []);
        await refused("Forbidden.RAM", 1);
        await region.instance(network, { tag: tags });
        await assert.rejects(cloud.forget((await cloud.orphans())[0]), /Forbidden\.RAM/);
    });

    it("finds what has the stack's own name and the stack does not know, and releases it from within outwards", async () => {
        const name = "test-cluster-dev";
        const vpcOf = async (vpcName: string) => {
            const request = new vpc.CreateVpcRequest({ regionId, cidrBlock: "10.0.0.0/16", vpcName });
            return (await region.vpc.createVpc(request)).body!.vpcId!;
        };
        const keyPair = (keyPairName: string) =>
            region.ecs.createKeyPair(new ecs.CreateKeyPairRequest({ regionId, keyPairName }));
        const [known, forgotten] = [await vpcOf(name), await vpcOf(name)];
        const vSwitch = new vpc.CreateVSwitchRequest({ regionId, vpcId: forgotten, zoneId, cidrBlock: "10.0.1.0/24" });
        vSwitch.vSwitchName = name;
        await region.vpc.createVSwitch(vSwitch);
        await region.group(forgotten, { securityGroupName: name });
        await keyPair(name);
        const policy = { autoSnapshotPolicyName: name, timePoints: "[2]", repeatWeekdays: "[1]", retentionDays: 7 };
        await region.ecs.createAutoSnapshotPolicy(new ecs.CreateAutoSnapshotPolicyRequest({ regionId, ...policy }));
        // Other stacks', and what has nothing to do with any.
        for (const other of [`${name}-2`, "another"]) await Promise.all([vpcOf(other), keyPair(other)]);
        const exported = JSON.parse(state({ master: id })) as { deployment: { resources: object[] } };
        const type = "alicloud:vpc/network:Network";
        exported.deployment.resources.push({ urn: `urn:pulumi:dev::p::${type}::${name}`, type, id: known });
        const own = cloudOf(JSON.stringify(exported), settings, pace);
        const before = await region.state();
        const told: string[] = [];
        assert.equal(await orphans(own, true, (line) => void told.push(line)), true);
        const kinds = ["security group", "vSwitch", "VPC", "key pair", "snapshot policy"];
        assert.deepEqual(
            told.slice(0, 5).map((line) => kinds.find((kind) => line.startsWith(`${kind} ${name} (`))),
            kinds,
        );
        assert.deepEqual(told.slice(5).length, 5);
        const { vpcs, keyPairs, snapshotPolicies } = await region.state();
        assert.deepEqual(
            Object.keys(before.vpcs).filter((one) => !vpcs[one]),
            [forgotten],
        );
        assert.deepEqual(Object.keys(keyPairs).sort(), ["another", `${name}-2`]);
        assert.deepEqual(Object.keys(snapshotPolicies), []);
    });

    it("finds data disks that are attached and the stack does not know that, and detaches them", async () => {
        const [disk, other] = [await region.disk(), await region.disk()];
        await region.attach(disk, id);
        await region.attach(other, id);
        const exported = JSON.parse(state({ master: id })) as { deployment: { resources: object[] } };
        const resource = (type: string, name: string, id: string) =>
            exported.deployment.resources.push({ urn: `urn:pulumi:dev::p::${type}::${name}`, type, id });
        resource("alicloud:ecs/ecsDisk:EcsDisk", "mysql", disk);
        resource("alicloud:ecs/ecsDisk:EcsDisk", "kafka", other);
        resource("alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment", "kafka", `${other}:${id}`);
        const own = cloudOf(JSON.stringify(exported), settings, pace);
        const told: string[] = [];
        assert.equal(await orphans(own, true, (line) => void told.push(line)), true);
        assert.match(told[0], new RegExp(`^disk .*\\(${disk}\\), attached to ${id}$`));
        assert.deepEqual(told.slice(1), [`detached: ${disk}`]);
        const { disks } = await region.state();
        assert.deepEqual([disks[disk].instanceId, disks[other].instanceId], ["", id]);
    });

    it("says what the cloud refuses: a protected host stays, one that is off is not restarted", async () => {
        await region.ecs.modifyInstanceAttribute(
            new ecs.ModifyInstanceAttributeRequest({ instanceId: id, deletionProtection: true }),
        );
        await assert.rejects(cloud.release("master"), /^Error: master: DeleteInstance: .*DeletionProtection/);
        assert.equal(await cloud.status("master"), "Running");
        await cloud.stop("master", { force: true });
        await assert.rejects(cloud.reboot("master", { force: true }), /^Error: master: RebootInstance: .*Stopped/);
    });

    it("waits no longer than it may, and says how it was instead", async () => {
        const hasty = cloudOf(state({ master: id }), settings, { ...pace, patience: 0.05 });
        const letGo = region.machines.hold();
        await assert.rejects(
            hasty.stop("master", { force: false }),
            /master is not Stopped within 0.05 s: the cloud says Stopping/,
        );
        letGo();
    });

    it("goes on looking when a look fails", async () => {
        const letGo = region.machines.hold();
        const stopped = cloud.stop("master", { force: false });
        await region.until(async () => (await region.status(id)) === "Stopping");
        await region.fault({ action: "DescribeInstances", throttle: true, count: 3 });
        await looks(5);
        letGo();
        await stopped;
        assert.equal(await region.status(id), "Stopped");
    });

    it("knows the hosts of the stack alone, and needs its key", async () => {
        await assert.rejects(cloud.status("node-09"), /no host node-09; this stack has master/);
        const stranger = cloudOf(state({ master: id }), { ...settings, secretKey: "other" }, pace);
        await assert.rejects(stranger.status("master"), (error: Error) => {
            assert.match(error.message, /^master: DescribeInstances: SignatureDoesNotMatch/);
            assert.doesNotMatch(error.message, /other/);
            return true;
        });
    });
});
