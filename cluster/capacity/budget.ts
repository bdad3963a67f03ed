import type { StackConfig } from "../../config";
import type { Catalog } from "../catalog";
import type { Demand } from "./ask";
import { outcome, type Complaint, type Plan, type Use } from "./complaints";
import { requests } from "../scheduler/demand";
import { lossOf, type LossLine } from "./losses";
import { nodeOf, sizeOf } from "./nodes";
import { percent, written } from "../words";
import { volumesOf } from "./volumes";
import { waysOut, type Prices } from "./ways";

/** What the stack's nodes give, what is asked of them, and what that comes to. */
export interface Budget {
    uses: Use[];
    /** By node. */
    types: Record<string, string>;
    losses: LossLine[];
    watermarks: Plan["watermarks"];
    /** What stops the stack, each with its numbers and the way out. */
    mistakes: string[];
    /** What does not. */
    warnings: string[];
}

/** What else a budget may know. */
export interface Known {
    prices?: Prices;
    priorities?: Plan["priorities"];
}

/** Lays the stack out on its nodes, as the scheduler would, with all nodes up and with each of them lost. */
export function budget(config: StackConfig, catalog: Catalog, demands: Demand[], known: Known = {}): Budget {
    const { watermarks } = config.capacity;
    const types = catalog.instanceTypes;
    const unknown = config.hosts.filter((host) => !sizeOf(host, catalog)).map(({ name }) => `${types[name]} (${name})`);
    if (unknown.length > 0) {
        const warnings = [
            `capacity is not checked: what ${unknown.join(", ")} has can't be looked up in ${config.zone}`,
        ];
        return { uses: [], types, losses: [], watermarks, mistakes: [], warnings };
    }
    const plan = planOf(config, catalog, demands, known.priorities);
    const now = outcome(plan);
    const market = {
        types: catalog.types,
        prices: known.prices ?? {},
        current: types,
        nodeOf: (name: string, type: Catalog["types"][number]) =>
            nodeOf(
                config,
                config.hosts.find((host) => host.name === name)!,
                type,
            ),
    };
    const losses = config.hosts.map((host) => lossOf(host, plan, now));
    return {
        uses: now.uses,
        types,
        losses,
        watermarks,
        mistakes: now.complaints.map((complaint) => {
            const ways = waysOut(complaint, plan, market, now.complaints);
            return `${said(complaint, plan, config)}; ${ways.join(", or ") || "no single bigger host or smaller setting helps"}`;
        }),
        warnings: losses.filter(({ short }) => short).map(({ node, text }) => `without ${node}: ${text}`),
    };
}

/** What is to be laid out, on hosts whose sizes are all known. */
export function planOf(
    config: StackConfig,
    catalog: Pick<Catalog, "instanceTypes" | "types">,
    demands: Demand[],
    priorities: Plan["priorities"] = {},
): Plan {
    return {
        nodes: config.hosts.map((host) => nodeOf(config, host, sizeOf(host, catalog)!)),
        demands,
        volumes: volumesOf(config, demands),
        priorities,
        watermarks: config.capacity.watermarks,
    };
}

function said(complaint: Complaint, plan: Plan, config: StackConfig): string {
    if (complaint.about === "pod") {
        const { demand, reasons, perhaps } = complaint;
        const { cpu, memory } = requests(demand.spec);
        const who = `${demand.setting ?? demand.namespace}: ${demand.kind} ${demand.name}`;
        // Of a pod that is bound to its disk, only what that node says is of interest.
        const bound = (demand.spec.volumes ?? []).flatMap(
            ({ persistentVolumeClaim: claim }) => plan.volumes[`${demand.namespace}/${claim?.claimName}`] ?? [],
        );
        const where = Object.entries(reasons)
            .filter(([node]) => bound.length === 0 || bound.includes(node))
            .map(([node, reason]) => `${node}: ${reason}`);
        return (
            `${who} asks for ${written("memory", memory)} of memory and ${written("cpu", cpu)} of CPU, and ` +
            (perhaps ? "may find no place, as chance has it" : "finds no place") +
            (where.length ? ` (${where.join("; ")})` : "")
        );
    }
    const { use, what, asked, most } = complaint;
    const of = what === "cpu" ? "cpu" : "memory";
    const given = use.node.allocatable[of];
    const key = what === "memoryLimits" ? "limits" : "requests";
    const verb = what === "memoryLimits" ? "allowed by limits" : "requested";
    const kafka = use.node.name === config.kafka.host ? ` beside Kafka's ${config.kafka.memory}` : "";
    return (
        `hosts (${use.node.name}): ${written(of, asked)} of ${of === "cpu" ? "CPU" : "memory"} are ${verb} of the ` +
        `${written(of, given)} that it gives${of === "memory" ? kafka : ""}, ${percent(asked, given)}: ` +
        `${written(of, asked - most)} above capacity.watermarks.${key}, ${config.capacity.watermarks[key]} %; ` +
        `most is for ${largest(use, of)}`
    );
}

/** The pods of a node that ask for most. */
function largest({ pods }: Use, what: "cpu" | "memory"): string {
    return pods
        .map(({ owner, spec }) => ({ name: owner.split(" ")[1], amount: requests(spec)[what] }))
        .sort((a, b) => b.amount - a.amount)
        .slice(0, 3)
        .map(({ name, amount }) => `${name} ${written(what, amount)}`)
        .join(", ");
}
