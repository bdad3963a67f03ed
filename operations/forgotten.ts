import Ecs from "@alicloud/ecs20140526";
import * as ecs from "@alicloud/ecs20140526";
import Vpc from "@alicloud/vpc20160428";
import * as vpc from "@alicloud/vpc20160428";
import { cloudName, ownTags } from "../cluster/names";
import { idsIn, nameOf, resourcesOf, stackIn } from "./access";
import { asked, clientConfig } from "./cloudClient";
import type { CloudSettings } from "./cloudSettings";

/** Something in the cloud that a cut-off `pulumi up` has made and forgotten. */
export interface Orphan {
    kind: Kind;
    /** Of the thing; of an attachment the disk's. */
    id: string;
    name: string;
    /** What tells it from others; of an attachment the instance. */
    where: string;
}

export type Kind = "host" | "attachment" | "security group" | "vSwitch" | "VPC" | "key pair" | "snapshot policy";

/** How orphans of a kind are found and released. */
interface Search {
    kind: Kind;
    find(): Promise<Omit<Orphan, "kind">[]>;
    release(orphan: Orphan): Promise<unknown>;
}

/** A page has up to so many, and a stack fewer of anything. */
const page = { pageSize: 50 };

/**
 * What a stack's state does not have of what carries its name or its tags: who made it was cut off before it could write
 * that down. Instances are known by their tags, which they are made with; all else by its name, since the provider tags it
 * only afterwards. Data disks are none: the next `pulumi up` finds them.
 */
export class Forgotten {
    private readonly stack: string;
    private readonly known: Set<string>;
    /** Data disks that the state attaches to nothing. */
    private readonly loose: string[];
    private readonly ecs: Ecs;
    private readonly vpc: Vpc;
    private readonly regionId: string;

    /** @param exported the stack's state, as `pulumi stack export` prints it */
    constructor(exported: string, settings: CloudSettings) {
        this.stack = stackIn(exported);
        this.known = idsIn(exported);
        const ofType = (type: string) => resourcesOf(exported).filter((each) => each.type === type);
        const attached = new Set(ofType("alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment").map(nameOf));
        const disks = ofType("alicloud:ecs/ecsDisk:EcsDisk").filter((disk) => !attached.has(nameOf(disk)));
        this.loose = disks.flatMap(({ id }) => id ?? []);
        this.ecs = new Ecs(clientConfig(settings, "ecs"));
        this.vpc = new Vpc(clientConfig(settings, "vpc") as ConstructorParameters<typeof Vpc>[0]);
        this.regionId = settings.region;
    }

    /** All of them, in the order in which they can be released. */
    async find(): Promise<Orphan[]> {
        const found: Orphan[] = [];
        for (const { kind, find } of this.searches()) found.push(...(await find()).map((each) => ({ kind, ...each })));
        return found;
    }

    /** Orders its release, and does not wait for it. */
    async forget(orphan: Orphan): Promise<void> {
        const search = this.searches().find(({ kind }) => kind === orphan.kind)!;
        await asked(orphan.name, `release of the ${orphan.kind}`, search.release(orphan));
    }

    private searches(): Search[] {
        return [this.hosts(), this.attachments(), ...this.network(), this.keyPairs(), this.policies()];
    }

    private hosts(): Search {
        return {
            kind: "host",
            find: async () => {
                const tags = Object.entries(ownTags({ stack: this.stack }));
                const tag = tags.map(([key, value]) => new ecs.DescribeInstancesRequestTag({ key, value }));
                const request = new ecs.DescribeInstancesRequest({ regionId: this.regionId, tag, maxResults: 100 });
                const { body } = await this.asked("DescribeInstances", this.ecs.describeInstances(request));
                return this.unknown(body?.instances?.instance, ({ instanceId, instanceName, ...more }) => {
                    const [address = ""] = more.vpcAttributes?.privateIpAddress?.ipAddress ?? [];
                    return [instanceId, instanceName, `${address}, made ${more.creationTime}`];
                });
            },
            release: ({ id }) =>
                this.ecs.deleteInstance(new ecs.DeleteInstanceRequest({ instanceId: id, force: true })),
        };
    }

    private attachments(): Search {
        return {
            kind: "attachment",
            find: async () => {
                if (this.loose.length === 0) return [];
                const ids = { diskIds: JSON.stringify(this.loose), pageSize: 100 };
                const request = new ecs.DescribeDisksRequest({ regionId: this.regionId, ...ids });
                const { body } = await this.asked("DescribeDisks", this.ecs.describeDisks(request));
                const found = (body?.disks?.disk ?? []).filter(({ instanceId }) => instanceId);
                return found.map(({ diskId = "", diskName = "", instanceId = "" }) => {
                    return { id: diskId, name: diskName, where: instanceId };
                });
            },
            release: ({ id, where }) =>
                this.ecs.detachDisk(new ecs.DetachDiskRequest({ diskId: id, instanceId: where })),
        };
    }

    /** What is within goes before what it is in. */
    private network(): Search[] {
        const { regionId, name } = this;
        return [
            {
                kind: "security group",
                find: async () => {
                    const request = new ecs.DescribeSecurityGroupsRequest({
                        ...{ ...page, regionId, securityGroupName: name },
                    });
                    const { body } = await this.asked(
                        "DescribeSecurityGroups",
                        this.ecs.describeSecurityGroups(request),
                    );
                    return this.named(body?.securityGroups?.securityGroup, (group) => [
                        group.securityGroupId,
                        group.securityGroupName,
                        `in ${group.vpcId}`,
                    ]);
                },
                release: ({ id }) => {
                    const request = new ecs.DeleteSecurityGroupRequest({ regionId, securityGroupId: id });
                    return this.ecs.deleteSecurityGroup(request);
                },
            },
            {
                kind: "vSwitch",
                find: async () => {
                    const request = new vpc.DescribeVSwitchesRequest({ ...page, regionId, vSwitchName: name });
                    const { body } = await this.asked("DescribeVSwitches", this.vpc.describeVSwitches(request));
                    return this.named(body?.vSwitches?.vSwitch, (vswitch) => [
                        vswitch.vSwitchId,
                        vswitch.vSwitchName,
                        `${vswitch.cidrBlock} in ${vswitch.vpcId}`,
                    ]);
                },
                release: ({ id }) => this.vpc.deleteVSwitch(new vpc.DeleteVSwitchRequest({ regionId, vSwitchId: id })),
            },
            {
                kind: "VPC",
                find: async () => {
                    const request = new vpc.DescribeVpcsRequest({ ...page, regionId, vpcName: name });
                    const { body } = await this.asked("DescribeVpcs", this.vpc.describeVpcs(request));
                    return this.named(body?.vpcs?.vpc, (each) => [each.vpcId, each.vpcName, `${each.cidrBlock}`]);
                },
                release: ({ id }) => this.vpc.deleteVpc(new vpc.DeleteVpcRequest({ regionId, vpcId: id })),
            },
        ];
    }

    private keyPairs(): Search {
        const { regionId, name } = this;
        return {
            kind: "key pair",
            find: async () => {
                const request = new ecs.DescribeKeyPairsRequest({ ...page, regionId, keyPairName: name });
                const { body } = await this.asked("DescribeKeyPairs", this.ecs.describeKeyPairs(request));
                return this.named(body?.keyPairs?.keyPair, (pair) => [
                    pair.keyPairName,
                    pair.keyPairName,
                    `made ${pair.creationTime}`,
                ]);
            },
            release: ({ id }) => {
                const request = new ecs.DeleteKeyPairsRequest({ regionId, keyPairNames: JSON.stringify([id]) });
                return this.ecs.deleteKeyPairs(request);
            },
        };
    }

    private policies(): Search {
        const { regionId, name } = this;
        return {
            kind: "snapshot policy",
            find: async () => {
                const request = new ecs.DescribeAutoSnapshotPolicyExRequest({
                    ...{ ...page, regionId, autoSnapshotPolicyName: name },
                });
                const { body } = await this.asked(
                    "DescribeAutoSnapshotPolicyEx",
                    this.ecs.describeAutoSnapshotPolicyEx(request),
                );
                return this.named(body?.autoSnapshotPolicies?.autoSnapshotPolicy, (policy) => [
                    policy.autoSnapshotPolicyId,
                    policy.autoSnapshotPolicyName,
                    `made ${policy.creationTime}`,
                ]);
            },
            release: ({ id }) => {
                const request = new ecs.DeleteAutoSnapshotPolicyRequest({ regionId, autoSnapshotPolicyId: id });
                return this.ecs.deleteAutoSnapshotPolicy(request);
            },
        };
    }

    /** What the program calls the things that a stack has one of. */
    private get name(): string {
        return cloudName({ stack: this.stack });
    }

    private asked<T>(action: string, answer: Promise<T>): Promise<T> {
        return asked(`stack ${this.stack}`, action, answer);
    }

    /** The same of those that have the stack's own name, exactly. */
    private named<T>(
        found: T[] | undefined,
        read: (one: T) => [id: string | undefined, name: string | undefined, where: string],
    ): Omit<Orphan, "kind">[] {
        return this.unknown(found, read).filter(({ name }) => name === this.name);
    }

    /** Those that the state does not have: id, name, and what tells them from others. */
    private unknown<T>(
        found: T[] | undefined,
        read: (one: T) => [id: string | undefined, name: string | undefined, where: string],
    ): Omit<Orphan, "kind">[] {
        return (found ?? [])
            .map(read)
            .filter(([id = ""]) => !this.known.has(id))
            .map(([id = "", name = "", where]) => ({ id, name, where }));
    }
}
