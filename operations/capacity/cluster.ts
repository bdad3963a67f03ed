import { matchesTerm } from "../../cluster/scheduler/selectors";
import type { Node, NodeSelectorTerm, Pod, PodSpec, Taint } from "../../cluster/scheduler/types";
import { quantity } from "../../config/quantity";
import { type Api, ask } from "../status/api";
import type { List, Metadata, Metrics } from "../status/kinds";

/** What there is to put something beside: nodes, and the pods that are on them or wait for a place. */
export interface Cluster {
    /** Where this is from, in a few words. */
    from: string;
    nodes: Node[];
    pods: Pod[];
    /** Really used now, by node; not of every node, and of none where nothing runs yet. */
    used: Record<string, { cpu: number; memory: number }>;
    /** By class; the default one under the name "". */
    priorities: Record<string, number>;
    /** By claim, `namespace/name`, the nodes that its volume can be used on. */
    volumes: Record<string, string[]>;
}

type Quantities = Record<string, string>;

interface LiveNode {
    metadata: Metadata;
    spec: { unschedulable?: boolean; taints?: Taint[] };
    status: { capacity: Quantities; allocatable: Quantities };
}

interface LivePod {
    metadata: Metadata & { ownerReferences?: { kind: string; name: string; controller?: boolean }[] };
    spec: PodSpec;
    status: { phase?: string };
}

interface PriorityClass {
    metadata: Metadata;
    value: number;
    globalDefault?: boolean;
}

interface Volume {
    metadata: Metadata;
    spec: {
        claimRef?: { namespace: string; name: string };
        nodeAffinity?: { required?: { nodeSelectorTerms: NodeSelectorTerm[] } };
    };
}

/**
 * Asks a running cluster for all that a verdict needs.
 * @throws Error when it does not answer
 */
export async function clusterOf(api: Api, from: string): Promise<Cluster> {
    const list = async <T>(path: string) => (await ask<List<T>>(api, "GET", path)).items;
    const [found, pods, metrics, classes, volumes] = await Promise.all([
        list<LiveNode>("/api/v1/nodes"),
        list<LivePod>("/api/v1/pods"),
        // Where metrics-server does not answer, a verdict can be had all the same.
        list<Metrics>("/apis/metrics.k8s.io/v1beta1/nodes").catch(() => []),
        list<PriorityClass>("/apis/scheduling.k8s.io/v1/priorityclasses"),
        list<Volume>("/api/v1/persistentvolumes"),
    ]);
    const nodes = found.map(nodeOf);
    return {
        ...{ from, nodes },
        pods: pods.filter(({ status }) => !/^(Succeeded|Failed)$/.test(status.phase ?? "")).map(podOf),
        used: Object.fromEntries(
            metrics.map(({ metadata, usage }) => [
                metadata.name,
                { cpu: Math.round(quantity(usage?.cpu) * 1000), memory: quantity(usage?.memory) },
            ]),
        ),
        priorities: Object.fromEntries(
            classes.flatMap(({ metadata, value, globalDefault }) => [
                [metadata.name, value],
                ...(globalDefault ? [["", value]] : []),
            ]),
        ),
        volumes: Object.fromEntries(volumes.flatMap((volume) => placeOf(volume, nodes))),
    };
}

function nodeOf({ metadata, spec, status }: LiveNode): Node {
    const amounts = (of: Quantities) => ({
        cpu: Math.round(quantity(of.cpu) * 1000),
        memory: quantity(of.memory),
        storage: quantity(of["ephemeral-storage"]) || 0,
        pods: quantity(of.pods),
    });
    return {
        name: metadata.name,
        labels: metadata.labels ?? {},
        taints: spec.taints ?? [],
        ...(spec.unschedulable && { unschedulable: true }),
        capacity: amounts(status.capacity),
        allocatable: amounts(status.allocatable),
    };
}

/** Static pods keep the node that they were made for; others would be made anew elsewhere. */
function podOf({ metadata, spec }: LivePod): Pod {
    const { kind, name } = metadata.ownerReferences?.find(({ controller }) => controller) ?? {};
    const { nodeName, ...rest } = spec;
    return {
        namespace: metadata.namespace ?? "default",
        name: metadata.name,
        labels: metadata.labels ?? {},
        owner: kind ? `${kind} ${name}` : "",
        ...(kind === "Node" ? { spec } : { spec: rest, ...(nodeName !== undefined && { node: nodeName }) }),
    };
}

/** The nodes that a claimed volume is on, where it is not everywhere. */
function placeOf({ spec }: Volume, nodes: Node[]): [string, string[]][] {
    const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
    if (!terms || !spec.claimRef) return [];
    const among = (node: Node) => terms.some((term) => matchesTerm(node, term));
    const { namespace, name } = spec.claimRef;
    return [[`${namespace}/${name}`, nodes.filter(among).map(({ name }) => name)]];
}
