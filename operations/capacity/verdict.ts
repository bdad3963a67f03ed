import { chances } from "../../cluster/scheduler/chances";
import { limits, requests, total, unbounded } from "../../cluster/scheduler/demand";
import { withoutNode } from "../../cluster/scheduler/loss";
import { place } from "../../cluster/scheduler/schedule";
import type { Amounts, Node, Placement, Pod } from "../../cluster/scheduler/types";
import { controlPlaneLabel } from "../../cluster/labels";
import type { Cluster } from "./cluster";
import { faultsOf } from "./faults";
import { type Known, knownIn } from "./installs";
import { marksOf } from "./settings";
import type { Found, Manifest } from "./manifest";
import { podsOf } from "../../cluster/scheduler/pods";

/** The parts of what a node can give that are not to be passed. */
export interface Marks {
    /** Of CPU and of memory, as requested; of memory also as used. */
    requests: number;
    /** Of memory. */
    limits: number;
}

/** What the pods on a node ask for, and what they may use. */
export interface Share {
    requests: Amounts;
    limits: Amounts;
    pods: number;
}

export interface NodeVerdict {
    name: string;
    allocatable: Node["allocatable"];
    before: Share;
    after: Share;
    used?: { cpu: number; memory: number };
}

export interface LineVerdict {
    workload: string;
    pods: number;
    /** Of one pod. */
    requests: Amounts;
    limits: Amounts;
    /** Containers without a memory request or a memory limit. */
    unbounded: { request: string[]; limit: string[] };
    /** It runs already, and what it asks now is in the place of that. */
    replaces: boolean;
}

/** A pod without a place, and what each node says against it. */
export interface Waiting {
    pod: string;
    reasons: Record<string, string>;
}

export interface LossVerdict {
    node: string;
    /** It is the only control plane: what moves pods is lost with it, and they stay where they are. */
    still: boolean;
    /** Pods of the manifest that would wait. */
    waiting: Waiting[];
    /** Pods of others that would lose their place, and would not without the manifest. */
    harmed: Waiting[];
}

/** Whether a manifest fits beside what runs, and all that it was judged by. */
export interface Verdict {
    /** What the manifest was held against. */
    from: string;
    marks: Marks;
    asks: Share;
    lines: LineVerdict[];
    nodes: NodeVerdict[];
    /** Pods of the manifest. */
    waiting: Waiting[];
    /** Pods of others that would lose their place to it. */
    harmed: Waiting[];
    /** Pods that have a place here, and would not with other draws of the scheduler between equal nodes. */
    perhaps: string[];
    losses: LossVerdict[];
    known: Known[];
    unknown: Manifest["unknown"];
    notes: string[];
    /** Why it is not to be installed, a sentence each; it fits where there is none. */
    faults: string[];
}

/** Judges a manifest. */
export function judge(manifest: Manifest, cluster: Cluster, marks = marksOf()): Verdict {
    const { nodes, volumes } = cluster;
    const priorities = { ...cluster.priorities, ...manifest.priorities };
    const kept = cluster.pods.filter((pod) => !manifest.workloads.some((each) => isOf(pod, each)));
    const added = manifest.workloads.map((each) => podsOf(each, nodes, priorities));
    const { before, bound } = settled(nodes, kept, volumes);
    const pods = [...bound, ...added.flat()];
    const { placement: after, sometimes } = chances(nodes, pods, { volumes });
    const ours = new Set(added.flat());
    const planes = nodes.filter(({ labels }) => controlPlaneLabel in labels);
    const verdict: Verdict = {
        ...{ from: cluster.from, marks, asks: shareOf(added.flat()) },
        lines: manifest.workloads.map((each, i) => ({
            ...lineOf(each, added[i].length),
            replaces: cluster.pods.some((pod) => isOf(pod, each)),
        })),
        nodes: nodes.map(({ name, allocatable }) => ({
            ...{ name, allocatable, before: shareOn(before, name), after: shareOn(after, name) },
            ...(cluster.used[name] && { used: cluster.used[name] }),
        })),
        ...homeless(ours, before, after),
        perhaps: sometimes
            .filter((pod) => after.placed.has(pod) && (ours.has(pod) || before.placed.has(pod)))
            .map(({ namespace, name }) => `${namespace}/${name}`),
        losses: nodes.map((node) => {
            const { name } = node;
            if (planes.length === 1 && planes[0] === node) return { node: name, still: true, waiting: [], harmed: [] };
            const lost = (placement: Placement, all: Pod[]) =>
                withoutNode(nodes, placement, all, name, { volumes }).placement;
            return { node: name, still: false, ...homeless(ours, lost(before, bound), lost(after, pods)) };
        }),
        known: knownIn(manifest, { ...cluster, pods: kept }),
        ...{ unknown: manifest.unknown, notes: manifest.notes, faults: [] },
    };
    return { ...verdict, faults: faultsOf(verdict) };
}

/** Who finds no place: of the manifest's pods, and of others those that would have one without it. */
function homeless(ours: Set<Pod>, before: Placement, after: Placement): Pick<Verdict, "waiting" | "harmed"> {
    const reasons = new Map(after.waiting.map((one) => [one.pod, one.reasons]));
    // Who is put out and made anew by nobody does not even wait.
    const lost = [...before.placed.keys()].filter((pod) => !after.placed.has(pod));
    return {
        waiting: after.waiting.filter(({ pod }) => ours.has(pod)).map(named),
        harmed: lost.map((pod) => named({ pod, reasons: reasons.get(pod) ?? {} })),
    };
}

/** Everything that is there already where it is, or where it would be; what waits, waits. */
function settled(nodes: Node[], pods: Pod[], volumes: Cluster["volumes"]): { before: Placement; bound: Pod[] } {
    const { placed } = place(nodes, pods, { volumes });
    const bound = pods.map((pod) => ({ ...pod, node: placed.get(pod) ?? pod.node }));
    return { before: place(nodes, bound, { volumes }), bound };
}

/** Whether a pod that runs is of a workload of the manifest, by its name, so that the new one takes its place. */
function isOf({ namespace, name, owner }: Pod, workload: Found): boolean {
    if (namespace !== workload.namespace) return false;
    if (workload.kind === "Pod") return name === workload.name;
    const [kind, of] = owner.split(" ");
    if (workload.kind === kind) return of === workload.name;
    if (workload.kind === "CronJob") return kind === "Job" && of.replace(/-\d+$/, "") === workload.name;
    return workload.kind === "Deployment" && kind === "ReplicaSet" && of.replace(/-[^-]*$/, "") === workload.name;
}

function lineOf({ kind, namespace, name, spec }: Found, pods: number): Omit<LineVerdict, "replaces"> {
    return {
        ...{ workload: `${kind} ${namespace}/${name}`, pods },
        ...{ requests: requests(spec), limits: limits(spec), unbounded: unbounded(spec) },
    };
}

function named({ pod, reasons }: { pod: Pod; reasons: Record<string, string> }): Waiting {
    return { pod: `${pod.namespace}/${pod.name}`, reasons };
}

function shareOn({ placed }: Placement, node: string): Share {
    return shareOf([...placed].filter(([, name]) => name === node).map(([pod]) => pod));
}

function shareOf(pods: Pod[]): Share {
    const sum = (of: (spec: Pod["spec"]) => Amounts) => total(pods.map(({ spec }) => of(spec)));
    return { requests: sum(requests), limits: sum(limits), pods: pods.length };
}
