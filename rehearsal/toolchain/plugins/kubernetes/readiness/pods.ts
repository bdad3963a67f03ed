import { Value } from "../../value";
import { Cluster } from "../api/cluster";
import { Manifest, at, idOf, listAt, numberAt, referenceOf, textAt } from "../object";

/** How many last lines of a crashed container are shown. */
const logLines = 10;

/** The pods that a workload owns, itself or through its ReplicaSets. */
export async function podsOf(cluster: Cluster, workload: Manifest, ownerUids: string[]): Promise<Manifest[]> {
    const { namespace } = referenceOf(workload);
    const pods = await cluster.list({ apiVersion: "v1", kind: "Pod", namespace }, selectorText(workload));
    return pods.filter((pod) => isOwnedBy(pod, ownerUids));
}

export function isOwnedBy(manifest: Manifest, uids: string[]): boolean {
    return listAt(manifest, "metadata", "ownerReferences").some((owner) => uids.includes(textAt(owner, "uid")));
}

/** A workload's selector in the form that lists take; expressions are left to the check of ownership. */
export function selectorText(workload: Manifest): string | undefined {
    const labels = Object.entries((at(workload, "spec", "selector", "matchLabels") as Manifest | undefined) ?? {});
    return labels.length ? labels.map(([key, value]) => `${key}=${String(value)}`).join(",") : undefined;
}

/** What keeps pods from being ready, a line for each reason: not scheduled, image not pulled, container crashed. */
export function podWarnings(pods: Manifest[]): string[] {
    return pods.flatMap(warningsOf);
}

function warningsOf(pod: Manifest): string[] {
    if (condition(pod, "Ready", "status") === "True" || textAt(pod, "status", "phase") === "Succeeded") {
        return [];
    }
    const name = `[Pod ${idOf(pod)}]: `;
    if (condition(pod, "PodScheduled", "status") === "False") {
        return [`${name}${condition(pod, "PodScheduled", "reason")}: ${condition(pod, "PodScheduled", "message")}`];
    }
    const reasons = containers(pod).flatMap(containerReasons);
    const message = condition(pod, "Ready", "message") || textAt(pod, "status", "message");
    return reasons.length || message ? [name + [message, ...reasons].filter(Boolean).join("; ")] : [];
}

function condition(pod: Manifest, type: string, key: string): string {
    return textAt(
        listAt(pod, "status", "conditions").find((item) => textAt(item, "type") === type),
        key,
    );
}

function containers(pod: Manifest): Value[] {
    return [...listAt(pod, "status", "initContainerStatuses"), ...listAt(pod, "status", "containerStatuses")];
}

function containerReasons(status: Value): string[] {
    const waiting = textAt(status, "state", "waiting", "reason");
    const isStarting = waiting === "" || waiting === "ContainerCreating" || waiting === "PodInitializing";
    const reasons = isStarting ? [] : [`[${waiting}] ${textAt(status, "state", "waiting", "message")}`];
    for (const state of [at(status, "state", "terminated"), at(status, "lastState", "terminated")]) {
        if (state && numberAt(state, ["exitCode"]) !== 0) {
            reasons.push(
                `container "${textAt(status, "name")}" terminated at ${textAt(state, "finishedAt")} ` +
                    `(${textAt(state, "reason")}: exit code ${numberAt(state, ["exitCode"])})` +
                    (textAt(state, "message") ? `: ${textAt(state, "message").trim()}` : ""),
            );
        }
    }
    return reasons;
}

/** The last words of every container that crashed, a text for each. */
export async function crashLogs(cluster: Cluster, pods: Manifest[]): Promise<string[]> {
    const crashed = pods.flatMap((pod) =>
        containers(pod)
            .filter((status) => at(status, "state", "terminated") || at(status, "lastState", "terminated"))
            .filter((status) => at(status, "ready") !== true)
            .map((status) => ({ pod, status })),
    );
    const logs = await Promise.all(
        crashed.map(async ({ pod, status }) => {
            const name = textAt(status, "name");
            const isBetweenRuns = at(status, "state", "terminated") === undefined;
            const text = await cluster.logs(referenceOf(pod), name, isBetweenRuns, logLines);
            return text.trim() && `[Pod ${idOf(pod)}]: last lines of container "${name}":\n${text.trimEnd()}`;
        }),
    );
    return logs.filter((text) => text !== "");
}
