import { keptMark, offLabel } from "../../cluster/guardrails/labels";
import { type Api, ask } from "./api";
import { condition, type List, type Metrics, type Named, type Node, type Pod, type Workload } from "./kinds";
import { quantity } from "../../config/quantity";
import type { Use } from "./row";

/** What Kubernetes says, all of one moment. */
export interface ClusterLook {
    /** Seconds until the API server said that it is ready. */
    seconds: number;
    /** Until when its certificate is valid. */
    certificateUntil?: Date;
    nodes: Node[];
    pods: Pod[];
    workloads: Workload[];
    /** Empty where metrics-server does not answer, which takes nothing down. */
    metrics: { nodes: Metrics[]; pods: Metrics[] };
    /** The admission policies that are there, by their bindings; which of them a drill lets only warn; where they are off. */
    guardrails: { holding: string[]; warning: string[]; off: Named[] };
}

/**
 * Asks the Kubernetes API for all that status shows, at once.
 * @throws Error when it does not answer, or is not ready
 */
export async function lookAtCluster(api: Api): Promise<ClusterLook> {
    const list = async <T>(path: string) => (await ask<List<T>>(api, "GET", path)).items;
    const measured = (kind: string) => list<Metrics>(`/apis/metrics.k8s.io/v1beta1/${kind}`).catch(() => []);
    const kinds = ["deployments", "statefulsets", "daemonsets"];
    const bindings = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
    const [ready, nodes, pods, workloads, nodeMetrics, podMetrics, bound, off] = await Promise.all([
        readiness(api),
        list<Node>("/api/v1/nodes"),
        list<Pod>("/api/v1/pods"),
        Promise.all(kinds.map((kind) => list<Workload>(`/apis/apps/v1/${kind}`))),
        measured("nodes"),
        measured("pods"),
        list<Named>(bindings),
        list<Named>(`/api/v1/namespaces?labelSelector=${encodeURIComponent(offLabel)}`),
    ]);
    return {
        ...{ ...ready, nodes, pods, workloads: workloads.flat() },
        metrics: { nodes: nodeMetrics, pods: podMetrics },
        guardrails: { holding: names(bound), warning: names(bound.filter(isKept)), off },
    };
}

function names(all: Named[]): string[] {
    return all.map(({ metadata }) => metadata.name);
}

function isKept({ metadata }: Named): boolean {
    return metadata.annotations?.[keptMark] !== undefined;
}

async function readiness(api: Api): Promise<Pick<ClusterLook, "seconds" | "certificateUntil">> {
    const began = Date.now();
    const { status, body, certificateUntil } = await api.request("GET", "/readyz");
    const failed = body.split("\n").filter((line) => line.startsWith("[-]"));
    if (status !== 200) throw new Error(`it is not ready: ${failed.join(", ") || `${status} ${body.slice(0, 200)}`}`);
    return { seconds: (Date.now() - began) / 1000, ...(certificateUntil && { certificateUntil }) };
}

/** A workload and its pods, as they are now. */
export interface WorkloadLook {
    ready: boolean;
    reason?: string;
    since?: Date;
    memory?: Use;
    cpu?: Use;
    pods: Pod[];
}

/** Undefined when the cluster has no workload of this id, `namespace/name`. */
export function workloadLook(cluster: ClusterLook, id: string): WorkloadLook | undefined {
    const found = cluster.workloads.find(({ metadata }) => `${metadata.namespace}/${metadata.name}` === id);
    if (!found) return undefined;
    const { spec, status, metadata } = found;
    const wanted = status.desiredNumberScheduled ?? spec.replicas ?? 1;
    const count = status.numberReady ?? status.readyReplicas ?? 0;
    const labels = Object.entries(spec.selector.matchLabels ?? {});
    const pods = cluster.pods.filter(
        (pod) =>
            pod.metadata.namespace === metadata.namespace &&
            labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
    );
    const ready = wanted > 0 && count >= wanted;
    const reasons = pods.map(podReason).filter((reason) => reason !== undefined);
    const none = wanted === 0 ? "it is scaled to none" : `${count} of ${wanted} ready: ${reasons[0] ?? "no pod"}`;
    return { ready, ...(!ready && { reason: none }), since: lastChange(pods), ...usage(cluster, pods), pods };
}

/** Memory and CPU of some pods together, and their limits where every container has one. */
export function usage(cluster: ClusterLook, pods: Pod[]): { memory?: Use; cpu?: Use } {
    const names = new Set(pods.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
    const measured = cluster.metrics.pods.filter(({ metadata }) => names.has(`${metadata.namespace}/${metadata.name}`));
    if (measured.length === 0) return {};
    const containers = pods.flatMap(({ spec }) => spec.containers);
    const one = (resource: "memory" | "cpu"): Use => {
        const used = measured.flatMap((pod) => pod.containers ?? []).map(({ usage }) => quantity(usage[resource]));
        const limit = sum(containers.map(({ resources }) => quantity(resources?.limits?.[resource])));
        return { used: sum(used), ...(limit > 0 && { of: limit }) };
    };
    return { memory: one("memory"), cpu: one("cpu") };
}

function sum(numbers: number[]): number {
    return numbers.reduce((total, each) => total + each, 0);
}

/** When a pod last became ready, or ceased to be. */
function lastChange(pods: Pod[]): Date | undefined {
    const times = pods.map((pod) => condition(pod, "Ready")?.lastTransitionTime).filter((time) => time !== undefined);
    return times.length > 0 ? new Date(times.sort().at(-1)!) : undefined;
}

/** Why a pod is not ready, in a line; undefined when it is. */
export function podReason(pod: Pod): string | undefined {
    const { metadata, status, spec } = pod;
    if (condition(pod, "Ready")?.status === "True") return undefined;
    const on = `${metadata.name}${spec.nodeName ? ` on ${spec.nodeName}` : ""}`;
    const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
    for (const { name, state, lastState } of all) {
        const ended = lastState?.terminated ?? state?.terminated;
        const failed = ended && ended.exitCode !== 0 ? ended : undefined;
        // A container that ended well, as init containers do, is no reason.
        if (!failed && !state?.waiting?.reason) continue;
        const why = [state?.waiting?.reason, failed?.reason, failed?.message ?? state?.waiting?.message];
        const words = why.filter((word) => word && word !== "PodInitializing" && word !== "ContainerCreating");
        if (words.length > 0) return `${on}: ${name}: ${firstLine([...new Set(words)].join(", "))}`;
    }
    const scheduled = condition(pod, "PodScheduled");
    if (scheduled?.status === "False") return `${on}: ${firstLine(scheduled.message ?? scheduled.reason ?? "Pending")}`;
    const ready = condition(pod, "Ready")?.message;
    return `${on}: ${firstLine(status.message ?? status.reason ?? ready ?? status.phase ?? "not ready")}`;
}

function firstLine(text: string): string {
    return text.trim().split("\n")[0].slice(0, 300);
}
