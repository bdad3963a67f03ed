import * as ecs from "@pulumi/alicloud/ecs";
import { Network as Vpc, Switch } from "@pulumi/alicloud/vpc";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";

/** A way in: what it is for, the protocol, and the ports, first/last. */
interface Opening {
    name: string;
    protocol: "tcp" | "udp" | "icmp";
    ports: string;
}

/** What the hosts need of each other. Everything else between them stays closed too. */
const betweenHosts: Opening[] = [
    { name: "ssh", protocol: "tcp", ports: "22/22" },
    { name: "kubernetes-api", protocol: "tcp", ports: "6443/6443" },
    { name: "kubelet", protocol: "tcp", ports: "10250/10250" },
    { name: "flannel-vxlan", protocol: "udp", ports: "8472/8472" },
    { name: "kafka", protocol: "tcp", ports: "9092/9092" },
    { name: "ping", protocol: "icmp", ports: "-1/-1" },
];

/** What the addresses in `access.cidrs` may reach. */
const fromOutside: Opening[] = [
    { name: "ssh", protocol: "tcp", ports: "22/22" },
    { name: "kubernetes-api", protocol: "tcp", ports: "6443/6443" },
];

/** The VPC, the vSwitch that the hosts are in, and the security group that is around them. */
export class Network extends pulumi.ComponentResource {
    readonly vpcId: pulumi.Output<string>;
    readonly vswitchId: pulumi.Output<string>;
    readonly securityGroupId: pulumi.Output<string>;
    /** The rules; a host is of no use before they are there. */
    readonly rules: ecs.SecurityGroupRule[];

    constructor(
        name: string,
        config: StackConfig,
        tags: Record<string, string>,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("test-cluster:cluster:Network", name, {}, opts);
        const parent = { parent: this };
        const vpc = new Vpc(name, { vpcName: name, cidrBlock: config.network.vpc, tags }, parent);
        const vswitch = new Switch(
            name,
            { vswitchName: name, vpcId: vpc.id, zoneId: config.zone, cidrBlock: config.network.hosts, tags },
            parent,
        );
        const group = new ecs.SecurityGroup(
            name,
            {
                securityGroupName: name,
                description: "Hosts of the cluster: closed but for the named rules",
                vpcId: vpc.id,
                innerAccessPolicy: "Drop",
                tags,
            },
            parent,
        );
        const rule = (title: string, opening: Opening, source: Partial<ecs.SecurityGroupRuleArgs>) =>
            new ecs.SecurityGroupRule(
                `${name}-${title}`,
                {
                    type: "ingress",
                    nicType: "intranet",
                    policy: "accept",
                    ipProtocol: opening.protocol,
                    portRange: opening.ports,
                    description: title,
                    securityGroupId: group.id,
                    ...source,
                },
                // A rule has no name in the cloud: a changed one collides with the old unless that goes first.
                { parent: group, deleteBeforeReplace: true },
            );
        this.rules = [
            ...betweenHosts.map((opening) =>
                rule(`hosts-${opening.name}`, opening, { sourceSecurityGroupId: group.id }),
            ),
            ...config.access.cidrs.flatMap((cidr) =>
                fromOutside.map((opening) =>
                    rule(`${opening.name}-from-${cidr.replace("/", "-")}`, opening, { cidrIp: cidr }),
                ),
            ),
        ];
        this.vpcId = vpc.id;
        this.vswitchId = vswitch.id;
        this.securityGroupId = group.id;
        this.registerOutputs({ vpcId: vpc.id, vswitchId: vswitch.id, securityGroupId: group.id });
    }
}
