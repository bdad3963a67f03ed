import type { StackConfig } from "../../config";
import type { Demand } from "./ask";
import { chances } from "../scheduler/chances";
import { limits } from "../scheduler/demand";
import { askedBy } from "../scheduler/filters";
import { podsOf } from "../scheduler/pods";
import type { Node, Placement, Pod } from "../scheduler/types";

/** What is to be placed, and on what. */
export interface Plan {
    nodes: Node[];
    demands: Demand[];
    /** By claim, `namespace/name`, the nodes that its volume is on. */
    volumes: Record<string, string[]>;
    /** The number of each priority class that is not Kubernetes' own; the default one's under the name "". */
    priorities: Record<string, number>;
    /** Of what a node gives, %. */
    watermarks: StackConfig["capacity"]["watermarks"];
}

/** How much of a node is asked for: millicores and bytes. */
export interface Use {
    node: Node;
    pods: Pod[];
    cpu: number;
    memory: number;
    memoryLimits: number;
}

/** A plan, laid out. */
export interface Outcome {
    pods: Pod[];
    placement: Placement;
    uses: Use[];
    complaints: Complaint[];
}

/** Something that stops the stack: a pod without a place, or a node of which too much is asked. */
export type Complaint =
    | { about: "pod"; demand: Demand; pod: Pod; reasons: Record<string, string>; perhaps: boolean }
    | { about: "node"; use: Use; what: "memory" | "cpu" | "memoryLimits"; asked: number; most: number };

/** Lays a plan out with all nodes up. */
export function outcome(plan: Plan): Outcome {
    const { nodes, demands, volumes, priorities } = plan;
    const owners = new Map(
        demands.flatMap((demand) => podsOf(demand, nodes, priorities).map((pod) => [pod, demand] as const)),
    );
    const pods = [...owners.keys()];
    const { placement, always, sometimes } = chances(nodes, pods, { volumes });
    const uses = usesOf(nodes, placement);
    const reasons = (pod: Pod) => placement.waiting.find((one) => one.pod === pod)?.reasons ?? {};
    const homeless = [...always, ...sometimes].map((pod): Complaint => ({
        ...{ about: "pod", pod, demand: owners.get(pod)!, reasons: reasons(pod) },
        perhaps: sometimes.includes(pod),
    }));
    return { pods, placement, uses, complaints: [...homeless, ...uses.flatMap((use) => excesses(use, plan))] };
}

/** What of each node is asked for. */
export function usesOf(nodes: Node[], { placed }: Placement): Use[] {
    return nodes.map((node) => {
        const pods = [...placed].filter(([, name]) => name === node.name).map(([pod]) => pod);
        const memoryLimits = pods.reduce((sum, { spec }) => sum + limits(spec).memory, 0);
        const { cpu, memory } = askedBy(pods);
        return { node, pods, cpu, memory, memoryLimits };
    });
}

function excesses(use: Use, { watermarks }: Plan): Complaint[] {
    return (["memory", "cpu", "memoryLimits"] as const).flatMap((what) => {
        const most = mark(use.node, what, watermarks);
        return use[what] > most ? [{ about: "node", use, what, asked: use[what], most }] : [];
    });
}

/** The most that may be asked of a node. */
export function mark(node: Node, what: "memory" | "cpu" | "memoryLimits", watermarks: Plan["watermarks"]): number {
    const [given, percent] =
        what === "memoryLimits"
            ? [node.allocatable.memory, watermarks.limits]
            : [node.allocatable[what], watermarks.requests];
    return Math.floor((given * percent) / 100);
}
