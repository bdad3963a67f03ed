import type { IngressRule } from "../hosts/hypervisor";
import { formatRange, parseAddress, parseCidr, Range, subtract } from "./addresses";
import type { InstanceRecord, RuleRecord, SecurityGroupRecord, State } from "./state/records";

type Protocol = Exclude<IngressRule["protocol"], "all">;

/** Traffic of one protocol, to a span of ports, from a network. */
interface Traffic {
    protocol: Protocol;
    from: number;
    to: number;
    source: Range;
}

const protocols: Protocol[] = ["tcp", "udp", "icmp", "gre"];
const everyPort: Record<Protocol, [number, number]> = {
    tcp: [0, 65535],
    udp: [0, 65535],
    icmp: [-1, -1],
    gre: [-1, -1],
};

/**
 * What may reach an instance by its security groups: the groups' rules together, by priority, a Drop before an
 * Accept of the same priority, groups as sources resolved to their members' private addresses. Inside a group whose
 * inner access policy is Accept everything is allowed.
 */
export function ingressOf(state: State, instance: InstanceRecord): IngressRule[] {
    const groups = instance.securityGroupIds.flatMap((id) => state.securityGroups[id] ?? []);
    const inner = groups
        .filter((group) => group.innerAccess === "Accept")
        .flatMap((group) => members(state, group.id).filter((address) => address !== instance.privateAddress))
        .flatMap((address) => trafficFrom("all", "-1/-1", address));
    return toRules([...inner, ...accepted(state, groups)]);
}

function accepted(state: State, groups: SecurityGroupRecord[]): Traffic[] {
    const rules = groups.flatMap((group) => group.rules).filter((rule) => rule.direction === "ingress");
    rules.sort((a, b) => a.priority - b.priority || Number(b.policy === "Drop") - Number(a.policy === "Drop"));
    const dropped: Traffic[] = [];
    const result: Traffic[] = [];
    for (const rule of rules) {
        const traffic = trafficOf(state, rule);
        if (rule.policy === "Drop") dropped.push(...traffic);
        else result.push(...dropped.reduce((left, drop) => left.flatMap((each) => without(each, drop)), traffic));
    }
    return result;
}

function trafficOf(state: State, rule: RuleRecord): Traffic[] {
    const sources = rule.groupId ? members(state, rule.groupId) : [rule.cidr ?? ""];
    return sources.flatMap((source) => trafficFrom(rule.protocol, rule.portRange, source));
}

function trafficFrom(protocol: RuleRecord["protocol"], portRange: string, source: string): Traffic[] {
    const range = parseCidr(source.includes("/") ? source : `${source}/32`);
    if (!range) return [];
    const [from, to] = portRange.split("/").map(Number);
    return (protocol === "all" ? protocols : [protocol]).map((each) => {
        const [first, last] = from === -1 ? everyPort[each] : [from, to];
        return { protocol: each, from: first, to: last, source: range };
    });
}

function without(traffic: Traffic, drop: Traffic): Traffic[] {
    if (drop.protocol !== traffic.protocol || drop.from > traffic.to || drop.to < traffic.from) return [traffic];
    const outside: Traffic[] = [];
    if (traffic.from < drop.from) outside.push({ ...traffic, to: drop.from - 1 });
    if (traffic.to > drop.to) outside.push({ ...traffic, from: drop.to + 1 });
    const inside = { from: Math.max(traffic.from, drop.from), to: Math.min(traffic.to, drop.to) };
    return [...outside, ...subtract(traffic.source, drop.source).map((source) => ({ ...traffic, ...inside, source }))];
}

/** The private addresses of a group's members. */
export function members(state: State, groupId: string): string[] {
    return Object.values(state.instances)
        .filter((instance) => instance.securityGroupIds.includes(groupId))
        .map((instance) => instance.privateAddress)
        .sort((a, b) => parseAddress(a)! - parseAddress(b)!);
}

/** Rules as the machines take them: every protocol from one source is one rule, and none is there twice. */
function toRules(traffic: Traffic[]): IngressRule[] {
    const rules = new Map<string, IngressRule>();
    for (const { protocol, from, to, source } of traffic) {
        const [first, last] = everyPort[protocol];
        const [fromPort, toPort] = from === first && to === last ? [-1, -1] : [from, to];
        const rule: IngressRule = { protocol, fromPort, toPort, source: formatRange(source) };
        rules.set(JSON.stringify(rule), rule);
    }
    const open = (rule: IngressRule) =>
        protocols.every((protocol) => rules.has(JSON.stringify({ ...rule, protocol, fromPort: -1, toPort: -1 })));
    const result = new Map<string, IngressRule>();
    for (const rule of rules.values()) {
        const merged: IngressRule = open(rule) ? { ...rule, protocol: "all", fromPort: -1, toPort: -1 } : rule;
        result.set(JSON.stringify(merged), merged);
    }
    return [...result.values()];
}
