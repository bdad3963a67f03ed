import type * as sdk from "@alicloud/ecs20140526";

import { parseAddress, parseCidr } from "../../addresses";
import type { Actions } from "../../api/action";
import { invalid, missing, notFound } from "../../api/errors";
import { matches, need } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { RuleRecord, SecurityGroupRecord } from "../../state/records";
import { findSecurityGroup } from "./securitygroups";

/** A rule as a request has it: by itself, or one of `Permissions`. */
interface Permission {
    description?: string;
    destCidrIp?: string;
    destGroupId?: string;
    ipProtocol?: string;
    ipv6DestCidrIp?: string;
    ipv6SourceCidrIp?: string;
    nicType?: string;
    policy?: string;
    portRange?: string;
    priority?: string;
    sourceCidrIp?: string;
    sourceGroupId?: string;
    sourcePrefixListId?: string;
    destPrefixListId?: string;
    securityGroupRuleId?: string | string[];
}

interface RulesRequest extends Permission {
    securityGroupId?: string;
    permissions?: Permission[];
}

type Direction = RuleRecord["direction"];

export const rules = {
    AuthorizeSecurityGroup: (cloud, request) => authorize(cloud, "ingress", request),
    AuthorizeSecurityGroupEgress: (cloud, request) => authorize(cloud, "egress", request),
    RevokeSecurityGroup: (cloud, request) => revoke(cloud, "ingress", request),
    RevokeSecurityGroupEgress: (cloud, request) => revoke(cloud, "egress", request),
    ModifySecurityGroupRule: (cloud, request) => modify(cloud, "ingress", request),
    ModifySecurityGroupEgressRule: (cloud, request) => modify(cloud, "egress", request),

    DescribeSecurityGroupAttribute: (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        const direction = request.direction === "all" ? undefined : request.direction;
        return {
            securityGroupId: group.id,
            securityGroupName: group.name,
            description: group.description,
            innerAccessPolicy: group.innerAccess,
            regionId: cloud.region,
            vpcId: group.vpcId,
            permissions: {
                permission: group.rules
                    .filter((rule) => matches(rule.direction, direction))
                    .map((r) => describe(cloud, r)),
            },
        };
    },
} satisfies Actions<typeof sdk>;

async function authorize(cloud: Cloud, direction: Direction, request: RulesRequest) {
    const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
    const wanted = permissions(request).map((permission) => ruleOf(cloud, direction, permission));
    // Asking for a rule that is there changes nothing, as in the cloud.
    for (const rule of wanted) if (!find(group, rule)) group.rules.push(rule);
    await cloud.ask(cloud.machines.applyIngress());
    return {};
}

async function revoke(cloud: Cloud, direction: Direction, request: RulesRequest) {
    const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
    const ids = [request.securityGroupRuleId ?? []].flat();
    const gone =
        ids.length > 0 ? ids : permissions(request).map((each) => find(group, ruleOf(cloud, direction, each))?.id);
    // Revoking a rule that is not there succeeds, as in the cloud.
    group.rules = group.rules.filter((rule) => rule.direction !== direction || !gone.includes(rule.id));
    await cloud.ask(cloud.machines.applyIngress());
    return {};
}

async function modify(cloud: Cloud, direction: Direction, request: RulesRequest & { securityGroupRuleId?: string }) {
    const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
    const id = request.securityGroupRuleId;
    const rule = id ? group.rules.find((each) => each.id === id) : find(group, ruleOf(cloud, direction, request));
    if (!rule) throw notFound("SecurityGroupRuleId", id ?? "of these properties");
    if (id) {
        const before = {
            ipProtocol: rule.protocol,
            portRange: rule.portRange,
            policy: rule.policy,
            nicType: rule.nicType,
        };
        const other = {
            sourceCidrIp: rule.cidr,
            destCidrIp: rule.cidr,
            sourceGroupId: rule.groupId,
            destGroupId: rule.groupId,
        };
        const merged = {
            ...before,
            ...other,
            priority: String(rule.priority),
            description: rule.description,
            ...request,
        };
        Object.assign(rule, ruleOf(cloud, direction, merged), { id: rule.id, createdAt: rule.createdAt });
    } else {
        rule.description = request.description ?? rule.description;
    }
    await cloud.ask(cloud.machines.applyIngress());
    return {};
}

function permissions(request: RulesRequest): Permission[] {
    return request.permissions?.length ? request.permissions : [request];
}

function ruleOf(cloud: Cloud, direction: Direction, permission: Permission): RuleRecord {
    const [cidr, groupId, side] =
        direction === "ingress"
            ? [permission.sourceCidrIp, permission.sourceGroupId, "Source"]
            : [permission.destCidrIp, permission.destGroupId, "Dest"];
    for (const name of ["ipv6SourceCidrIp", "ipv6DestCidrIp", "sourcePrefixListId", "destPrefixListId"] as const) {
        if (permission[name])
            throw invalid(name, permission[name], "this region's rules are by IPv4 range or by group");
    }
    if (!cidr && !groupId) throw missing(`${side}CidrIp`);
    if (groupId) findSecurityGroup(cloud, groupId);
    const protocol = need(permission.ipProtocol, "IpProtocol").toLowerCase() as RuleRecord["protocol"];
    const policy = (permission.policy || "accept").toLowerCase();
    const priority = Number(permission.priority || 1);
    if (policy !== "accept" && policy !== "drop") throw invalid("Policy", policy, "it must be accept or drop");
    if (!(priority >= 1 && priority <= 100)) throw invalid("Priority", priority, "it must be 1 to 100");
    return {
        id: newId("sgr"),
        direction,
        protocol,
        portRange: checkedPorts(protocol, need(permission.portRange, "PortRange")),
        ...(groupId ? { groupId } : { cidr: checkedSource(cidr!, `${side}CidrIp`) }),
        policy: policy === "accept" ? "Accept" : "Drop",
        priority,
        nicType: permission.nicType || "intranet",
        description: permission.description ?? "",
        createdAt: timestamp(),
    };
}

function checkedPorts(protocol: string, range: string): string {
    if (["icmp", "gre", "all"].includes(protocol)) {
        if (range !== "-1/-1") throw invalid("PortRange", range, `${protocol} has no ports: it must be -1/-1`);
        return range;
    }
    if (protocol !== "tcp" && protocol !== "udp") {
        throw invalid("IpProtocol", protocol, "it must be tcp, udp, icmp, gre or all");
    }
    const [from, to] = (/^(\d+)\/(\d+)$/.exec(range) ?? []).slice(1).map(Number);
    if (!(from >= 1 && to <= 65535 && from <= to)) {
        throw invalid("PortRange", range, `${protocol} has ports 1 to 65535, written as 22/22`);
    }
    return range;
}

/** A single address is a range of one; how it was written is kept, the provider compares it. */
function checkedSource(cidr: string, parameter: string): string {
    if (parseAddress(cidr) === undefined && !parseCidr(cidr)) {
        throw invalid(parameter, cidr, "it must be an IPv4 address or a network like 10.0.0.0/16");
    }
    return cidr;
}

/** A rule of the group that is the same in all that tells rules apart. */
function find(group: SecurityGroupRecord, wanted: RuleRecord): RuleRecord | undefined {
    const same = ["direction", "protocol", "portRange", "groupId", "policy", "priority", "nicType"] as const;
    return group.rules.find((rule) => rule.cidr === wanted.cidr && same.every((key) => rule[key] === wanted[key]));
}

function describe(cloud: Cloud, rule: RuleRecord) {
    const inward = rule.direction === "ingress";
    const group = rule.groupId ?? "";
    const name = cloud.state.securityGroups[group]?.name ?? "";
    const cidr = rule.cidr ?? "";
    return {
        securityGroupRuleId: rule.id,
        direction: rule.direction,
        ipProtocol: rule.protocol.toUpperCase(),
        portRange: rule.portRange,
        policy: rule.policy,
        priority: String(rule.priority),
        nicType: rule.nicType,
        description: rule.description,
        createTime: rule.createdAt,
        sourceCidrIp: inward ? cidr : "",
        sourceGroupId: inward ? group : "",
        sourceGroupName: inward ? name : "",
        sourceGroupOwnerAccount: "",
        destCidrIp: inward ? "" : cidr,
        destGroupId: inward ? "" : group,
        destGroupName: inward ? "" : name,
        destGroupOwnerAccount: "",
        ipv6SourceCidrIp: "",
        ipv6DestCidrIp: "",
        sourcePrefixListId: "",
        destPrefixListId: "",
    };
}
