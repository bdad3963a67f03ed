import { type Api, ask } from "../status/api";
import { type ClusterLook, workloadLook } from "../status/cluster";
import { condition, type ContainerStatus, type List, type Node, type Pod } from "../status/kinds";
import { applications } from "../status/probes";
import type { Recorder } from "./record";

/** The applications that keep data. */
export const dataTier = [applications.MySQL, applications.Elasticsearch, applications.Nacos];

/** The pods that carry the data tier, by what must stay as it is: their uid, and how often each container began anew. */
export type Tier = Record<string, { uid: string; restarts: number }>;

/** The data tier as a look at the cluster shows it, by `namespace/pod`. */
export function tierOf(cluster: ClusterLook): { tier: Tier; notReady: string[] } {
    const looks = dataTier.flatMap((id) => {
        const look = workloadLook(cluster, id);
        return look ? [{ id, look }] : [];
    });
    // What an earlier eviction has left is nobody's any more.
    const pods = looks.flatMap(({ look }) => look.pods).filter(({ status }) => status.phase !== "Failed");
    return {
        tier: Object.fromEntries(pods.map((pod) => [idOf(pod), { uid: uidOf(pod), restarts: restarts(pod) }])),
        notReady: looks.flatMap(({ id, look }) => (look.ready ? [] : [`${id}: ${look.reason}`])),
    };
}

/** The first node that is not Ready, in words; nothing when all are. */
export function notReady(nodes: Node[]): string | undefined {
    const node = nodes.find((each) => condition(each, "Ready")?.status !== "True");
    return node && `node ${node.metadata.name} is not Ready`;
}

/** What has become of the data tier's pods, a line each; nothing when all are as they were. */
export function disturbed(before: Tier, pods: Pod[]): string[] {
    const now = new Map(pods.map((pod) => [uidOf(pod), pod]));
    return Object.entries(before).flatMap(([id, { uid, restarts: count }]) => {
        const pod = now.get(uid);
        if (!pod) return [`${id} is gone`];
        if (pod.status.reason) return [`${id}: ${pod.status.reason}`];
        const more = restarts(pod) - count;
        const why = ended(pod);
        return more > 0 ? [`${id} began anew${why ? `: ${why}` : ""}`] : [];
    });
}

/** What an install's pods have come to. */
export interface Fate {
    pods: number;
    running: number;
    /** Of those that run: without a memory limit. */
    unlimited: number;
    evicted: number;
    restarts: number;
}

export function fateOf(pods: Pod[]): Fate {
    const running = pods.filter(({ status }) => status.phase === "Running");
    return {
        pods: pods.length,
        running: running.length,
        unlimited: running.filter(({ spec }) => spec.containers.some(({ resources }) => !resources?.limits?.memory))
            .length,
        evicted: pods.filter(({ status }) => status.reason === "Evicted").length,
        restarts: pods.reduce((sum, pod) => sum + restarts(pod), 0),
    };
}

/** A list of the Kubernetes API. */
export async function list<T>(api: Api, path: string): Promise<T[]> {
    return (await ask<List<T>>(api, "GET", path)).items;
}

/** Takes down whether each node is Ready, and when it first was short of memory. */
export function noteNodes(nodes: Node[], at: number, recorder: Recorder): void {
    for (const node of nodes) {
        const { name } = node.metadata;
        const ready = condition(node, "Ready");
        const failure = ready?.status === "True" ? undefined : `${name} is not Ready: ${ready?.message ?? "unknown"}`;
        recorder.sample(nodeProbe, { at, seconds: 0, ...(failure && { failure }) });
        const pressure = condition(node, "MemoryPressure");
        if (pressure?.status === "True") recorder.message(`node ${name}`, `MemoryPressure: ${pressure.message}`, 1);
    }
}

export const nodeProbe = "nodes Ready";

interface Event {
    metadata: { namespace?: string };
    involvedObject: { kind: string; namespace?: string; name: string };
    reason?: string;
    message?: string;
    count?: number;
    series?: { count?: number };
    lastTimestamp?: string | null;
    eventTime?: string | null;
}

/** Takes down what the cluster warned of since the drill began, once for all pods of a kind. */
export async function noteEvents(api: Api, recorder: Recorder): Promise<void> {
    const events = await list<Event>(api, "/api/v1/events?fieldSelector=type%3DWarning");
    // A second, the events' own grain, and what the clocks may differ by.
    const began = Date.parse(recorder.record.began) - 2000;
    const counts = new Map<string, { from: string; text: string; count: number }>();
    for (const event of events) {
        const { involvedObject: of, reason, message = "", count, series, lastTimestamp, eventTime } = event;
        if (Date.parse(lastTimestamp ?? eventTime ?? "") < began) continue;
        // A kubelet says it at every start; it is no word of a fault.
        if (reason === "CgroupV1") continue;
        const from = `${of.kind} ${of.namespace ? `${of.namespace}/` : ""}${withoutHash(of.kind, of.name)}`;
        const text = `${reason}: ${withoutNames(message)}`;
        const key = `${from} ${text}`;
        const known = counts.get(key) ?? { from, text, count: 0 };
        counts.set(key, { ...known, count: known.count + (series?.count ?? count ?? 1) });
    }
    for (const { from, text, count } of counts.values()) recorder.message(from, text, count);
}

function withoutHash(kind: string, name: string): string {
    if (kind === "ReplicaSet") return name.replace(/-[a-z0-9]{6,10}$/, "");
    return kind === "Pod" ? name.replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, "-…") : name;
}

/** A message without what makes it another for each pod. */
function withoutNames(message: string): string {
    return message
        .trim()
        .replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}\b/g, "-…")
        .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b[0-9a-f]{64}\b/g, "…")
        .replace(/\b\d+Ki\b/g, "…Ki")
        .slice(0, 600);
}

function idOf({ metadata }: Pod): string {
    return `${metadata.namespace}/${metadata.name}`;
}

function uidOf({ metadata }: Pod): string {
    return metadata.uid ?? metadata.name;
}

function statuses({ status }: Pod): ContainerStatus[] {
    return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
}

function restarts(pod: Pod): number {
    return statuses(pod).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
}

function ended(pod: Pod): string {
    const last = statuses(pod).flatMap(({ lastState }) => lastState?.terminated ?? []);
    return last.map(({ reason, exitCode }) => `${reason ?? "ended"}, exit status ${exitCode}`).join("; ");
}
