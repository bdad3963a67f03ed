import * as ecs from "@alicloud/ecs20140526";
import { dump, load } from "js-yaml";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { pulumi } from "../../rehearsal/engine";
import { checkoutDir } from "../../rehearsal/paths";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { imageId, publicKey, Region, regionId, zoneId } from "../unit/cloud/region";

/** One of each kind of resource that the stack makes, as its configuration wants it. */
const program = `
import * as alicloud from "@pulumi/alicloud";
import * as pulumi from "@pulumi/pulumi";

interface Wanted {
    zone: string; image: string; publicKey: string; name: string; title: string; tags: Record<string, string>;
    sizeGiB: number; days: number; instances: number; disks: number; adopt?: string;
}
const wanted = new pulumi.Config().requireObject<Wanted>("wanted");
const { name, tags } = wanted;

const policy = new alicloud.ecs.AutoSnapshotPolicy("policy", {
    autoSnapshotPolicyName: name, repeatWeekdays: ["1", "7"], timePoints: ["2"], retentionDays: wanted.days, tags,
});
const disks = Array.from({ length: wanted.disks }, (_, n) => new alicloud.ecs.EcsDisk("disk-" + n, {
    diskName: name + "-disk-" + n, zoneId: wanted.zone, category: "cloud_essd", type: "online",
    size: wanted.sizeGiB, tags,
}, { retainOnDelete: n === 0, import: n === 0 ? wanted.adopt : undefined }));
new alicloud.ecs.EcsAutoSnapshotPolicyAttachment("policy", { autoSnapshotPolicyId: policy.id, diskId: disks[0].id });

if (wanted.instances > 0) {
    const vpc = new alicloud.vpc.Network("net", { vpcName: name, cidrBlock: "10.20.0.0/16", tags });
    const vswitch = new alicloud.vpc.Switch("net", {
        vswitchName: name, vpcId: vpc.id, zoneId: wanted.zone, cidrBlock: "10.20.0.0/24", tags,
    });
    const group = new alicloud.ecs.SecurityGroup("net", {
        securityGroupName: name, description: wanted.title, vpcId: vpc.id, innerAccessPolicy: "Drop", tags,
    });
    const rule = { type: "ingress", nicType: "intranet", policy: "accept", securityGroupId: group.id };
    new alicloud.ecs.SecurityGroupRule("ssh", {
        ...rule, ipProtocol: "tcp", portRange: "22/22", cidrIp: "198.51.100.7/32", description: wanted.title,
    }, { deleteBeforeReplace: true });
    new alicloud.ecs.SecurityGroupRule("vxlan", {
        ...rule, ipProtocol: "udp", portRange: "8472/8472", sourceSecurityGroupId: group.id, description: wanted.title,
    }, { deleteBeforeReplace: true });
    const keyPair = new alicloud.ecs.EcsKeyPair("key", { keyPairName: "key", publicKey: wanted.publicKey, tags });
    const instances = Array.from({ length: wanted.instances }, (_, n) => new alicloud.ecs.Instance("host-" + n, {
        instanceName: name + "-host-" + n, hostName: "host-" + n, imageId: wanted.image,
        instanceType: "ecs.c6.large", availabilityZone: wanted.zone, vswitchId: vswitch.id,
        securityGroups: [group.id], privateIp: "10.20.0.1" + n, keyName: keyPair.keyPairName,
        internetChargeType: "PayByTraffic", internetMaxBandwidthOut: 20, systemDiskCategory: "cloud_essd",
        systemDiskSize: 40, instanceChargeType: "PostPaid", userData: "#cloud-config", forceDelete: true, tags,
    }, { deleteBeforeReplace: true }));
    new alicloud.ecs.EcsDiskAttachment("disk", { diskId: disks[0].id, instanceId: instances[0].id });
}
`;

/** What the program is told to make; the cases change it. */
interface Wanted {
    name: string;
    title: string;
    tags: Record<string, string>;
    sizeGiB: number;
    days: number;
    instances: number;
    disks: number;
    /** Id of the disk to take over. */
    adopt?: string;
}

interface Result {
    code: number;
    output: string;
    /** `operation name` of everything that was not the same, sorted. */
    changes: string[];
    /** Actions that changed something in the cloud. */
    mutating: string[];
}

describe("the real engine and provider against the cloud, without hosts", function () {
    this.timeout("5m");
    this.slow(60_000);
    this.bail(true);

    const region = new Region();
    let wanted: Wanted = {
        ...{ name: "before", title: "as made", tags: { stage: "one" } },
        ...{ sizeGiB: 20, days: 7, instances: 1, disks: 1 },
    };
    let bin: string;
    const project = (name: string) => path.join(region.folder, name);

    const environment = () => ({
        PULUMI_HOME: path.join(region.folder, "pulumi-home"),
        PULUMI_BACKEND_URL: `file://${region.folder}`,
        SSL_CERT_DIR: `${region.folder}:/etc/ssl/certs`,
    });

    /** The provider's configuration for this region. */
    function provider() {
        const endpoint = new URL(region.cloud.url).host;
        return {
            ...{ "alicloud:region": regionId, "alicloud:accessKey": "id", "alicloud:secretKey": "secret" },
            ...{ "alicloud:protocol": "HTTP", "alicloud:accountType": "Domestic" },
            "alicloud:skipRegionValidation": "true",
            "alicloud:endpoints": [{ ecs: endpoint, vpc: endpoint, sts: endpoint, location: endpoint }],
        };
    }

    /** Writes a stack's configuration; what the engine keeps in the same file stays. */
    function configure(name: string, stack: string, config: object): string {
        const file = path.join(project(name), `Pulumi.${stack}.yaml`);
        const before = fs.existsSync(file) ? (load(fs.readFileSync(file, "utf8")) as object) : {};
        fs.writeFileSync(file, dump({ ...before, config }));
        return file;
    }

    async function createStack(folder: string, stack: string): Promise<void> {
        const args = ["stack", "select", "--create", "--stack", stack];
        const { code, output } = await pulumi(bin, args, { quiet: true, cwd: folder, environment: environment() });
        assert.equal(code, 0, output);
    }

    async function engine(verb: string[], cwd: string, stack: string): Promise<Result> {
        const log = path.join(region.folder, "events");
        fs.rmSync(log, { force: true });
        const since = new Date().toISOString();
        const approve = verb[0] === "preview" ? [] : ["--yes", "--skip-preview"];
        const args = [...verb, ...approve, "--stack", stack, "--event-log", log];
        const { code, output } = await pulumi(bin, args, { quiet: true, cwd, environment: environment() });
        const mutating = (await region.calls(`?since=${since}&mutating=true`)).map(({ action }) => action);
        return { code, output, changes: changes(log), mutating };
    }

    /** Runs a verb on the small program, with what is wanted now. */
    function run(...verb: string[]): Promise<Result> {
        const values = { ...wanted, zone: zoneId, image: imageId, publicKey };
        configure("small", "test", { ...provider(), "small:wanted": values });
        return engine(verb, project("small"), "test");
    }

    async function succeeds(...verb: string[]): Promise<Result> {
        const result = await run(...verb);
        assert.equal(result.code, 0, result.output);
        return result;
    }

    async function instances() {
        return Object.values((await region.state()).instances);
    }

    async function dataDisks() {
        return Object.values((await region.state()).disks).filter(({ type }) => type === "data");
    }

    async function names() {
        return [...(await instances()), ...(await dataDisks())].map(({ name }) => name).sort();
    }

    before(async function () {
        this.timeout("60m");
        ({ bin } = await toolchain((line) => console.log(line)));
        await region.start();
        fs.mkdirSync(project("small"));
        fs.writeFileSync(path.join(project("small"), "Pulumi.yaml"), "name: small\nruntime: nodejs\n");
        fs.writeFileSync(path.join(project("small"), "index.ts"), program);
        fs.copyFileSync(path.join(checkoutDir, "tsconfig.json"), path.join(project("small"), "tsconfig.json"));
        fs.symlinkSync(path.join(checkoutDir, "node_modules"), path.join(project("small"), "node_modules"));
        await createStack(project("small"), "test");
    });

    after(() => region.stop());

    it("creates one of everything", async () => {
        const { changes } = await succeeds("up");
        assert.deepEqual(
            changes.filter((change) => !change.startsWith("create ")),
            [],
        );
        const [instance] = await instances();
        const [disk] = await dataDisks();
        assert.equal(instance.status, "Running");
        assert.equal(instance.privateAddress, "10.20.0.10");
        assert.equal(disk.instanceId, instance.id);
        assert.equal(disk.sizeGiB, 20);
        const { snapshotPolicies, securityGroups } = await region.state();
        assert.equal(disk.autoSnapshotPolicyId, Object.keys(snapshotPolicies)[0]);
        assert.equal(Object.values(securityGroups)[0].rules.length, 2);
        assert.ok(region.machines.machine(instance.id).disks.has(disk.id));
    });

    it("changes nothing when asked again, and finds nothing changed", async () => {
        const again = await succeeds("up");
        assert.deepEqual([again.changes, again.mutating], [[], []]);
        const refreshed = await succeeds("refresh", "--expect-no-changes");
        assert.deepEqual(refreshed.mutating, []);
    });

    it("changes in place: names, tags, descriptions, the disk's size, the policy's days", async () => {
        const ids = async () => Object.values(await region.state()).flatMap((each) => Object.keys(each as object));
        const before = await ids();
        wanted = { ...wanted, name: "after", title: "as changed", tags: { stage: "two" }, sizeGiB: 30, days: 14 };
        const { changes } = await succeeds("up");
        assert.deepEqual(changes, [
            ...["update disk-0", "update host-0", "update key", "update net", "update net", "update net"],
            ...["update policy", "update ssh", "update vxlan"],
        ]);
        assert.deepEqual(
            (await ids()).filter((id) => !before.includes(id) && !/^[0-9a-f-]{36}$/.test(id)),
            [],
        );
        const { vpcs, securityGroups, snapshotPolicies } = await region.state();
        const [vpc] = Object.values(vpcs);
        const [group] = Object.values(securityGroups);
        assert.deepEqual([vpc.name, vpc.tags.stage], ["after", "two"]);
        assert.deepEqual(
            group.rules.map(({ description }) => description),
            ["as changed", "as changed"],
        );
        assert.equal(Object.values(snapshotPolicies)[0].retentionDays, 14);
        assert.equal((await instances())[0].name, "after-host-0");
        const [disk] = await dataDisks();
        assert.deepEqual([disk.sizeGiB, disk.tags.stage], [30, "two"]);
        assert.equal(region.machines.disks.get(disk.id)?.sizeGiB, 30);
        assert.deepEqual((await succeeds("up")).changes, []);
    });

    it("shows what was changed by hand", async () => {
        const [{ id: instanceId }] = await instances();
        const [group] = Object.values((await region.state()).securityGroups);
        await region.ecs.modifyInstanceAttribute(
            new ecs.ModifyInstanceAttributeRequest({ instanceId, instanceName: "by-hand" }),
        );
        const rule = group.rules.find(({ portRange }) => portRange === "22/22")!;
        await region.ecs.revokeSecurityGroup(
            new ecs.RevokeSecurityGroupRequest({
                regionId,
                securityGroupId: group.id,
                securityGroupRuleId: [rule.id],
            }),
        );
        const { changes, mutating } = await succeeds("preview", "--refresh", "--diff");
        assert.deepEqual([changes, mutating], [["create ssh", "update host-0"], []]);
    });

    it("makes a released instance anew", async () => {
        const [{ id: gone }] = await instances();
        const [{ id: disk }] = await dataDisks();
        await region.control("POST", `/instances/${gone}/release`);
        const { changes } = await succeeds("up", "--refresh");
        assert.deepEqual(changes, ["create disk", "create host-0", "create ssh"]);
        const [instance, ...more] = await instances();
        assert.notEqual(instance.id, gone);
        assert.deepEqual(more, []);
        const [kept] = await dataDisks();
        assert.deepEqual([kept.id, kept.instanceId], [disk, instance.id]);
    });

    it("says that there is no stock", async () => {
        const refuse = { code: "OperationDenied.NoStock", message: "The requested resource is sold out", status: 403 };
        await region.fault({ action: "RunInstances", refuse, count: 1000 });
        wanted = { ...wanted, instances: 2 };
        const { code, output } = await run("up");
        await region.control("DELETE", "/faults");
        assert.notEqual(code, 0);
        assert.match(output, /host-1[^]*OperationDenied\.NoStock/);
        assert.equal((await instances()).length, 1);
    });

    it("makes what was refused, gets over throttling, and makes no second disk when an answer is lost", async () => {
        await region.fault({ action: "RunInstances", throttle: true });
        await region.fault({ action: "CreateDisk", throttle: true });
        await region.fault({ action: "CreateDisk", loseAnswer: true });
        wanted = { ...wanted, disks: 2 };
        const { changes } = await succeeds("up");
        assert.deepEqual(changes, ["create disk-1", "create host-1"]);
        const { faults } = await region.control<{ faults: object[] }>("GET", "/faults");
        assert.deepEqual(faults, [], "a fault was not met");
        assert.deepEqual(await names(), ["after-disk-0", "after-disk-1", "after-host-0", "after-host-1"]);
        assert.deepEqual((await succeeds("refresh", "--expect-no-changes")).mutating, []);
    });

    it("makes no second instance when the answer to the first is lost", async () => {
        await region.fault({ action: "RunInstances", loseAnswer: true });
        wanted = { ...wanted, instances: 3 };
        const all = ["after-disk-0", "after-disk-1", "after-host-0", "after-host-1", "after-host-2"];
        // The provider does not ask again, so the stack does not know the instance; its address keeps the next away.
        const lost = await run("up");
        assert.notEqual(lost.code, 0);
        assert.match(lost.output, /host-2[^]*EOF/);
        assert.deepEqual(await names(), all);
        const refused = await run("up");
        assert.notEqual(refused.code, 0);
        assert.match(refused.output, /InvalidPrivateIpAddress\.Duplicated[^]*10\.20\.0\.12/);
        assert.deepEqual(await names(), all);
        const stray = (await instances()).find(({ name }) => name === "after-host-2")!;
        await region.release(stray.id);
        assert.deepEqual((await succeeds("up")).changes, ["create host-2"]);
        assert.deepEqual(await names(), all);
    });

    it("destroys everything but the kept disk", async () => {
        const [{ id: kept }] = (await dataDisks()).filter(({ name }) => name === "after-disk-0");
        await succeeds("destroy");
        const { disks, ...rest } = await region.state();
        const left = Object.entries(rest).filter(([kind]) => !["version", "tokens"].includes(kind));
        assert.deepEqual(Object.fromEntries(left.filter(([, all]) => Object.keys(all).length > 0)), {});
        assert.deepEqual(Object.keys(disks), [kept]);
        assert.equal(disks[kept].status, "Available");
        assert.deepEqual([region.machines.machines.size, region.machines.networks.size], [0, 0]);
    });

    it("takes over the kept disk as it is", async () => {
        const [{ id: kept }] = await dataDisks();
        wanted = { ...wanted, instances: 0, disks: 1, adopt: kept };
        const { changes, mutating } = await succeeds("up");
        // The update is of `type` alone, which says how to resize: a disk in the cloud has no such thing.
        assert.deepEqual(changes, ["create policy", "create policy", "import disk-0", "update disk-0"]);
        assert.deepEqual(mutating, ["CreateAutoSnapshotPolicy", "ApplyAutoSnapshotPolicy"]);
        assert.deepEqual(Object.keys((await region.state()).disks), [kept]);
        await succeeds("destroy");
        assert.deepEqual(Object.keys((await region.state()).disks), [kept]);
    });

    describe("and the stack itself", () => {
        /** Runs a verb on the stack with a committed configuration that points to this region. */
        async function stack(name: string, verb: string, change: object = {}): Promise<Result> {
            if (!fs.existsSync(project("stack"))) {
                fs.mkdirSync(project("stack"));
                fs.copyFileSync(path.join(checkoutDir, "Pulumi.yaml"), path.join(project("stack"), "Pulumi.yaml"));
            }
            // The stack is made away from the checkout, where the engine would write into the configuration.
            await createStack(project("stack"), name);
            const committed = fs.readFileSync(path.join(checkoutDir, `Pulumi.${name}.yaml`), "utf8");
            const { config } = load(committed) as { config: object };
            const file = configure("stack", name, { ...config, ...provider(), ...change });
            return engine([verb, "--config-file", file], checkoutDir, name);
        }

        it("is previewed with no cluster", async () => {
            const { code, output, changes, mutating } = await stack("local", "preview");
            assert.equal(code, 0, output);
            assert.deepEqual(mutating, []);
            for (const each of ["create master", "create node-01", "create node-02", "create mysql"]) {
                assert.ok(changes.includes(each), `${each} is missing from ${changes.join()}`);
            }
        });

        it("is previewed as the dev stack", async () => {
            const { code, output, changes, mutating } = await stack("dev", "preview");
            assert.equal(code, 0, output);
            assert.deepEqual(mutating, []);
            assert.ok(changes.includes("create master"), changes.join());
        });

        it("names what there is before it touches anything when a type is sold out", async () => {
            await region.control("POST", "/soldout", { zone: "cn-hangzhou-i", type: "ecs.c6.xlarge" });
            const { code, output, mutating } = await stack("local", "up");
            await region.control("DELETE", "/faults");
            assert.notEqual(code, 0);
            assert.match(output, /hosts \(node-01\): ecs\.c6\.xlarge is unknown or out of stock in cn-hangzhou-i/);
            assert.match(output, /to be had there: .*ecs\.c7\.xlarge/);
            assert.deepEqual(mutating, []);
        });

        it("names the zones before it touches anything when a zone is unknown", async () => {
            const { code, output, mutating } = await stack("local", "up", { "test-cluster:zone": "cn-hangzhou-z" });
            assert.notEqual(code, 0);
            assert.match(output, /cn-hangzhou-z is no zone of cn-hangzhou; choose one of .*cn-hangzhou-i/);
            assert.deepEqual(mutating, []);
        });

        it("names the access key that is wrong", async () => {
            const unknown = await stack("local", "preview", { "alicloud:accessKey": "nobody" });
            assert.notEqual(unknown.code, 0);
            assert.match(unknown.output, /InvalidAccessKeyId\.NotFound/);
            const wrong = await stack("local", "preview", { "alicloud:secretKey": "wrong" });
            assert.notEqual(wrong.code, 0);
            assert.match(wrong.output, /SignatureDoesNotMatch/);
        });
    });
});

/** Every change that the engine told of, but the stack's own and the providers'. */
function changes(log: string): string[] {
    if (!fs.existsSync(log)) return [];
    const events = fs.readFileSync(log, "utf8").split("\n").filter(Boolean);
    return events
        .flatMap((line) => {
            type Event = { resourcePreEvent?: { metadata: { op: string; urn: string; type: string } } };
            const { metadata } = (JSON.parse(line) as Event).resourcePreEvent ?? {};
            if (!metadata || ["same", "read", "refresh"].includes(metadata.op)) return [];
            return metadata.type.startsWith("pulumi:") ? [] : [`${metadata.op} ${metadata.urn.split("::").at(-1)}`];
        })
        .sort();
}
