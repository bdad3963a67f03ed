import { place } from "../../cluster/capacity/schedule";
import type { Node, Pod, PodSpec, Workload } from "../../cluster/capacity/types";

/** Priorities by class; the default one under the name "". */
export type Priorities = Record<string, number>;

/** What the DaemonSet controller lets its pods put up with. */
const daemonTolerations = [
    ...["not-ready", "unreachable"].map((state) => ({ key: state, effect: "NoExecute" })),
    ...["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map((state) => ({
        key: state,
        effect: "NoSchedule",
    })),
].map(({ key, effect }) => ({ key: `node.kubernetes.io/${key}`, operator: "Exists", effect }));

/** The pods that a workload would have on these nodes, before any of them has a place. */
export function podsOf(workload: Workload, nodes: Node[], priorities: Priorities = {}): Pod[] {
    const { kind, namespace, name, labels, replicas } = workload;
    const { priorityClassName } = workload.spec;
    const priority = workload.spec.priority ?? priorities[priorityClassName ?? ""];
    const spec = { ...workload.spec, ...(priority !== undefined && { priority }) };
    const base = { namespace, labels, owner: `${kind} ${name}` };
    if (replicas === "per node") {
        const tolerant = { ...spec, tolerations: [...(spec.tolerations ?? []), ...daemonTolerations] };
        return nodes
            .map((node) => ({ ...base, name: `${name}@${node.name}`, spec: onNode(tolerant, node.name) }))
            .filter((pod) => nodes.some((node) => wants(pod, node)));
    }
    return Array.from({ length: replicas }, (_, i) => ({
        ...base,
        name: kind === "Pod" ? name : `${name}-${i}`,
        spec,
    }));
}

/** The same spec, for this node alone, as the DaemonSet controller makes it. */
function onNode(spec: PodSpec, name: string): PodSpec {
    const field = { matchFields: [{ key: "metadata.name", operator: "In", values: [name] }] };
    const { nodeSelectorTerms: terms = [{}] } =
        spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? {};
    const nodeAffinity = {
        ...spec.affinity?.nodeAffinity,
        requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: terms.map((term) => ({ ...term, ...field })),
        },
    };
    return { ...spec, affinity: { ...spec.affinity, nodeAffinity } };
}

/** Whether a pod would go there if the node were empty and endless. */
function wants(pod: Pod, node: Node): boolean {
    const allocatable = { cpu: Infinity, memory: Infinity, storage: Infinity, pods: Infinity };
    return place([{ ...node, allocatable }], [pod]).placed.size > 0;
}
