import { fits } from "./filters";
import type { Node, Pod, PodSpec, Workload } from "./types";

/** What the DaemonSet controller lets its pods put up with. */
const daemonTolerations = [
    ...["not-ready", "unreachable"].map((state) => ({ state, effect: "NoExecute" })),
    ...["disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"].map((state) => ({
        state,
        effect: "NoSchedule",
    })),
].map(({ state, effect }) => ({ key: `node.kubernetes.io/${state}`, operator: "Exists", effect }));

/**
 * The pods that a workload has on these nodes, none of which has a place yet.
 * @param priorities by class; the default one's under the name ""
 */
export function podsOf(workload: Workload, nodes: Node[], priorities: Record<string, number> = {}): Pod[] {
    const { kind, namespace, name, labels, replicas } = workload;
    const priority = workload.spec.priority ?? priorities[workload.spec.priorityClassName ?? ""];
    const spec = { ...workload.spec, ...(priority !== undefined && { priority }) };
    const pod = (suffix: string, own: PodSpec): Pod => ({
        namespace,
        name: `${name}${suffix}`,
        labels,
        owner: `${kind} ${name}`,
        spec: own,
    });
    if (replicas === "per node") {
        const tolerant = { ...spec, tolerations: [...(spec.tolerations ?? []), ...daemonTolerations] };
        return nodes
            .map((node) => ({ node, pod: pod(`-${node.name}`, onNode(tolerant, node.name)) }))
            .filter(({ node, pod }) => mayRun(pod, node))
            .map(({ pod }) => pod);
    }
    if (kind === "Pod") return [pod("", spec)];
    return Array.from({ length: replicas }, (_, index) => pod(`-${index}`, spec));
}

/** A spec for one node alone, as the DaemonSet controller makes it. */
function onNode(spec: PodSpec, name: string): PodSpec {
    const matchFields = [{ key: "metadata.name", operator: "In", values: [name] }];
    const required = "requiredDuringSchedulingIgnoredDuringExecution";
    const { nodeSelectorTerms = [{}] } = spec.affinity?.nodeAffinity?.[required] ?? {};
    const terms = nodeSelectorTerms.map((term) => ({ ...term, matchFields }));
    return { ...spec, affinity: { ...spec.affinity, nodeAffinity: { [required]: { nodeSelectorTerms: terms } } } };
}

/** Whether a pod would run on a node that is empty and endless. */
function mayRun(pod: Pod, node: Node): boolean {
    const allocatable = { cpu: Infinity, memory: Infinity, storage: Infinity, pods: Infinity };
    const empty = { node: { ...node, allocatable }, pods: [] };
    return fits(pod, empty, { nodes: [empty], volumes: {} });
}
