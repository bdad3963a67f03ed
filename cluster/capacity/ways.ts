import { quantity } from "../../config/quantity";
import { rank, type InstanceType } from "../catalog";
import type { Demand } from "./ask";
import { outcome, type Complaint, type Plan } from "./complaints";
import { requests } from "../scheduler/demand";
import type { Node } from "../scheduler/types";
import { written } from "../words";

/** CNY that instance types cost a month, by type, where it is known. */
export type Prices = Record<string, number>;

/** What a way out is sought among. */
export interface Market {
    /** The types that the zone has. */
    types: InstanceType[];
    prices: Prices;
    /** Each host's type. */
    current: Record<string, string>;
    /** A host's node as it would be with another type. */
    nodeOf: (host: string, type: InstanceType) => Node;
}

/**
 * What would do away with a complaint, each tried on the plan: a bigger type, a smaller setting. None may help.
 * @param before all complaints about the plan as it is
 */
export function waysOut(complaint: Complaint, plan: Plan, market: Market, before: Complaint[]): string[] {
    return [bigger(complaint, plan, market, before), smaller(complaint, plan, before)].filter(
        (way) => way !== undefined,
    );
}

/** The cheapest type that helps, on the node that is too small or, for a pod, on any. */
function bigger(complaint: Complaint, plan: Plan, market: Market, before: Complaint[]): string | undefined {
    const hosts = complaint.about === "node" ? [complaint.use.node.name] : plan.nodes.map(({ name }) => name);
    const found = hosts.flatMap((host) => {
        const type = larger(host, plan, market).find((candidate) => {
            const nodes = plan.nodes.map((node) => (node.name === host ? market.nodeOf(host, candidate) : node));
            return solves(complaint, before, { ...plan, nodes });
        });
        return type ? [{ host, type }] : [];
    });
    const [best] = found.sort((a, b) => byCost(market)(a.type, b.type));
    if (!best) return undefined;
    const { id, cpuCoreCount, memorySize } = best.type;
    const price = market.prices[id] ? `, ${Math.round(market.prices[id])} CNY a month` : "";
    return `a bigger ${best.host} would do: ${id} (${cpuCoreCount} vCPU, ${memorySize} GiB${price})`;
}

/** Types with more than the host has and nothing less, the cheapest of each size, the cheapest first. */
function larger(host: string, { nodes }: Plan, market: Market): InstanceType[] {
    const { capacity } = nodes.find(({ name }) => name === host)!;
    const sizes = new Set<string>();
    return market.types
        .filter(({ id }) => id !== market.current[host])
        .filter((type) => {
            const node = market.nodeOf(host, type);
            const [cpu, memory] = [node.capacity.cpu - capacity.cpu, node.capacity.memory - capacity.memory];
            return cpu >= 0 && memory >= 0 && cpu + memory > 0;
        })
        .sort(byCost(market))
        .filter(({ cpuCoreCount, memorySize }) => {
            const size = `${cpuCoreCount}/${memorySize}`;
            return !sizes.has(size) && sizes.add(size);
        });
}

/** By price where both have one, else by size; equal ones in the order in which types are chosen from. */
function byCost({ prices }: Market) {
    return (a: InstanceType, b: InstanceType): number =>
        (prices[a.id] && prices[b.id] ? prices[a.id] - prices[b.id] : 0) ||
        a.memorySize - b.memorySize ||
        a.cpuCoreCount - b.cpuCoreCount ||
        rank(a.id) - rank(b.id) ||
        a.id.localeCompare(b.id);
}

/** Steps that a setting is made smaller in. */
const steps = { memory: 64 * 2 ** 20, cpu: 10 };

/**
 * The largest setting that helps, of the application that asks for most of those with which it does. Less than half of
 * what it has is not proposed: that would hardly be the same application.
 */
function smaller(complaint: Complaint, plan: Plan, before: Complaint[]): string | undefined {
    if (complaint.about === "node") {
        return smallerIn(complaint.what === "cpu" ? "cpu" : "memory", complaint, plan, before);
    }
    return smallerIn("memory", complaint, plan, before) ?? smallerIn("cpu", complaint, plan, before);
}

function smallerIn(what: "memory" | "cpu", complaint: Complaint, plan: Plan, before: Complaint[]): string | undefined {
    const candidates = plan.demands
        .filter(({ setting }) => setting)
        .sort((a, b) => requests(b.spec)[what] - requests(a.spec)[what]);
    for (const demand of candidates) {
        const now = demand.spec.containers[0].resources!.requests[what];
        const size = quantity(now) * (what === "cpu" ? 1000 : 1);
        const text = (less: number) => written(what, size - less * steps[what]);
        const helps = (less: number) => {
            const demands = plan.demands.map((one) => (one === demand ? resized(demand, what, text(less)) : one));
            return solves(complaint, before, { ...plan, demands });
        };
        const less = least(Math.floor(size / 2 / steps[what]), helps);
        if (less) return `make ${demand.setting}.${what} smaller: ${text(less)} instead of ${now}`;
    }
    return undefined;
}

/** The least number from 1 to `most` that helps, if `most` does: what helps, helps with more as well. */
function least(most: number, helps: (number: number) => boolean): number | undefined {
    if (most < 1 || !helps(most)) return undefined;
    let [no, yes] = [0, most];
    while (yes - no > 1) {
        const middle = Math.floor((no + yes) / 2);
        if (helps(middle)) yes = middle;
        else no = middle;
    }
    return yes;
}

function resized(demand: Demand, what: "memory" | "cpu", text: string): Demand {
    const [{ resources, ...first }, ...others] = demand.spec.containers;
    const requests = { ...resources!.requests, [what]: text };
    const limits = resources!.limits && { ...resources!.limits, ...(what === "memory" && { memory: text }) };
    const containers = [{ ...first, resources: { requests, limits } }, ...others];
    return { ...demand, spec: { ...demand.spec, containers } };
}

/** Whether a changed plan has nothing to complain of there any more, nor anywhere where there was nothing before. */
function solves(complaint: Complaint, before: Complaint[], plan: Plan): boolean {
    const others = before.map(subject).filter((one) => one !== subject(complaint));
    return outcome(plan).complaints.every((one) => others.includes(subject(one)));
}

function subject(complaint: Complaint): string {
    if (complaint.about === "node") return `node ${complaint.use.node.name} ${complaint.what}`;
    return `pod ${complaint.pod.namespace}/${complaint.pod.name}`;
}
