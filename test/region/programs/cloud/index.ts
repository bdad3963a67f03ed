import * as alicloud from "@pulumi/alicloud";
import * as pulumi from "@pulumi/pulumi";

/** What the tests change. */
interface Wanted {
    zone: string;
    image: string;
    publicKey: string;
    /** Of the key pair, whose name can't be changed. */
    key: string;
    /** Of everything else. */
    name: string;
    description: string;
    tags: Record<string, string>;
    /** Of every disk, GiB. */
    sizeGiB: number;
    /** Of the snapshot policy. */
    days: number;
    instanceType: string;
    userData: string;
    /** Of the instances' public addresses. */
    bandwidthMbps: number;
    /** How many; without an instance there is no network either. */
    instances: number;
    disks: number;
    /** Id of a disk to take over as the first. */
    adopt?: string;
}

const wanted = new pulumi.Config().requireObject<Wanted>("wanted");
const { name, tags, description } = wanted;

const policy = new alicloud.ecs.AutoSnapshotPolicy("policy", {
    autoSnapshotPolicyName: name,
    repeatWeekdays: ["1", "7"],
    timePoints: ["2"],
    retentionDays: wanted.days,
    tags,
});
const disks = Array.from({ length: wanted.disks }, (_, n) => {
    const kept = n === 0 ? { retainOnDelete: true, import: wanted.adopt } : {};
    return new alicloud.ecs.EcsDisk(
        `disk-${n}`,
        {
            diskName: `${name}-disk-${n}`,
            zoneId: wanted.zone,
            category: "cloud_essd",
            type: "online",
            size: wanted.sizeGiB,
            tags,
        },
        kept,
    );
});
new alicloud.ecs.EcsAutoSnapshotPolicyAttachment("covered", { autoSnapshotPolicyId: policy.id, diskId: disks[0].id });

if (wanted.instances > 0) {
    const vpc = new alicloud.vpc.Network("vpc", { vpcName: name, cidrBlock: "10.20.0.0/16", tags });
    const vswitch = new alicloud.vpc.Switch("vswitch", {
        vswitchName: name,
        vpcId: vpc.id,
        zoneId: wanted.zone,
        cidrBlock: "10.20.0.0/24",
        tags,
    });
    const group = new alicloud.ecs.SecurityGroup("group", {
        securityGroupName: name,
        description,
        vpcId: vpc.id,
        innerAccessPolicy: "Drop",
        tags,
    });
    const rule = { type: "ingress", nicType: "intranet", policy: "accept", securityGroupId: group.id, description };
    new alicloud.ecs.SecurityGroupRule(
        "ssh",
        { ...rule, ipProtocol: "tcp", portRange: "22/22", cidrIp: "198.51.100.7/32" },
        { deleteBeforeReplace: true },
    );
    new alicloud.ecs.SecurityGroupRule(
        "vxlan",
        { ...rule, ipProtocol: "udp", portRange: "8472/8472", sourceSecurityGroupId: group.id },
        { deleteBeforeReplace: true },
    );
    const key = new alicloud.ecs.EcsKeyPair("key", { keyPairName: wanted.key, publicKey: wanted.publicKey, tags });
    const instances = Array.from(
        { length: wanted.instances },
        (_, n) =>
            new alicloud.ecs.Instance(
                `host-${n}`,
                {
                    instanceName: `${name}-host-${n}`,
                    hostName: `host-${n}`,
                    imageId: wanted.image,
                    instanceType: wanted.instanceType,
                    availabilityZone: wanted.zone,
                    vswitchId: vswitch.id,
                    securityGroups: [group.id],
                    privateIp: `10.20.0.1${n}`,
                    keyName: key.keyPairName,
                    internetChargeType: "PayByTraffic",
                    internetMaxBandwidthOut: wanted.bandwidthMbps,
                    systemDiskCategory: "cloud_essd",
                    systemDiskSize: 40,
                    instanceChargeType: "PostPaid",
                    userData: wanted.userData,
                    forceDelete: true,
                    tags,
                },
                { deleteBeforeReplace: true },
            ),
    );
    new alicloud.ecs.EcsDiskAttachment("attached", { diskId: disks[0].id, instanceId: instances[0].id });
}
