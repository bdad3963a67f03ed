import { Cluster } from "../api/cluster";
import { Manifest, Reference, annotation, at, listAt, numberAt, referenceOf, textAt } from "../object";
import { isOwnedBy, podWarnings, podsOf, selectorText } from "./pods";
import { Progress, done, waiting } from "./readiness";

const revision = "deployment.kubernetes.io/revision";

function conditionOf(live: Manifest, type: string): Manifest | undefined {
    return listAt(live, "status", "conditions").find((item) => textAt(item, "type") === type) as Manifest | undefined;
}

function uidOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "uid");
}

/** Whether the controller has seen the last change; what the status says before is about the change before. */
function isObserved(live: Manifest): boolean {
    return numberAt(live, ["status", "observedGeneration"]) >= numberAt(live, ["metadata", "generation"]);
}

/** Available, and the ReplicaSet of the current revision fully ready. */
export async function deployment(live: Manifest, cluster: Cluster): Promise<Progress> {
    if (!isObserved(live) || !annotation(live, revision)) {
        return waiting("[1/2] Waiting for the Deployment controller", [
            "the Deployment controller has not answered yet",
        ]);
    }
    const { namespace } = referenceOf(live);
    const replicaSets: Omit<Reference, "name"> = { apiVersion: "apps/v1", kind: "ReplicaSet", namespace };
    const current = (await cluster.list(replicaSets, selectorText(live))).find(
        (set) => isOwnedBy(set, [uidOf(live)]) && annotation(set, revision) === annotation(live, revision),
    );
    const wanted = numberAt(current, ["spec", "replicas"], numberAt(live, ["spec", "replicas"], 1));
    const ready = numberAt(current, ["status", "readyReplicas"]);
    const progressing = conditionOf(live, "Progressing");
    const isRolledOut =
        annotation(live, revision) === "1" ||
        progressing === undefined ||
        (progressing.status === "True" && progressing.reason === "NewReplicaSetAvailable");
    const available = conditionOf(live, "Available");
    if (current && ready >= wanted && isRolledOut && available?.status === "True") {
        return done;
    }
    const pods = current ? await podsOf(cluster, live, [uidOf(current)]) : [];
    const conditions = [progressing, available, conditionOf(live, "ReplicaFailure")]
        .filter((item) => item && (item.type === "ReplicaFailure") === (item.status === "True"))
        .map((item) => `[${textAt(item, "reason")}] ${textAt(item, "message")}`);
    return waiting(
        `[1/2] Waiting for app ReplicaSet be available (${ready}/${wanted} Pods available)`,
        [...conditions, ...podWarnings(pods)],
        pods,
    );
}

/** Every replica ready and of the current revision. */
export async function statefulSet(live: Manifest, cluster: Cluster): Promise<Progress> {
    const wanted = numberAt(live, ["spec", "replicas"], 1);
    const [replicas, ready, current, updated] = ["replicas", "readyReplicas", "currentReplicas", "updatedReplicas"].map(
        (key) => numberAt(live, ["status", key]),
    );
    const revisions = [textAt(live, "status", "currentRevision"), textAt(live, "status", "updateRevision")];
    const isOnDelete =
        textAt(live, "spec", "updateStrategy", "type") === "OnDelete" && numberAt(live, ["metadata", "generation"]) > 1;
    const isRolledOut = isOnDelete || (revisions[0] !== "" && revisions[0] === revisions[1]);
    const isReady = replicas === wanted && ready === wanted && (isOnDelete || current === wanted);
    if (isObserved(live) && isRolledOut && isReady) {
        return done;
    }
    const pods = await podsOf(cluster, live, [uidOf(live)]);
    const count = `${isRolledOut ? ready : Math.min(ready, updated)}/${wanted} Pods ready`;
    const status =
        numberAt(live, ["metadata", "generation"]) <= 1
            ? `[1/2] Waiting for StatefulSet to create Pods (${count})`
            : isReady
              ? "[2/3] Waiting for StatefulSet to update .status.currentRevision"
              : `[1/3] Waiting for StatefulSet update to roll out (${count})`;
    const reasons = isReady ? [] : [`${ready} out of ${wanted} replicas succeeded readiness checks`];
    if (!isRolledOut) {
        reasons.push(`StatefulSet controller failed to advance from revision "${revisions[0]}" to "${revisions[1]}"`);
    }
    return waiting(status, [...reasons, ...podWarnings(pods)], pods);
}

/** A ready pod of the current template on every node that should have one. */
export async function daemonSet(live: Manifest, cluster: Cluster): Promise<Progress> {
    const [wanted, updated, available, ready] = [
        "desiredNumberScheduled",
        "updatedNumberScheduled",
        "numberAvailable",
        "numberReady",
    ].map((key) => numberAt(live, ["status", key]));
    const hasStatus = at(live, "status", "desiredNumberScheduled") !== undefined;
    if (isObserved(live) && hasStatus && updated >= wanted && available >= wanted && ready >= wanted) {
        return done;
    }
    const pods = await podsOf(cluster, live, [uidOf(live)]);
    const status = `Waiting for DaemonSet Pods (${updated}/${wanted} updated, ${ready}/${wanted} ready)`;
    return waiting(status, [status, ...podWarnings(pods)], pods);
}

/** Completed; a Job that has failed stays so. */
export async function job(live: Manifest, cluster: Cluster): Promise<Progress> {
    if (conditionOf(live, "Complete")?.status === "True") {
        return done;
    }
    const failed = conditionOf(live, "Failed");
    const pods = await podsOf(cluster, live, [uidOf(live)]);
    const [active, succeeded, lost] = ["active", "succeeded", "failed"].map((key) => numberAt(live, ["status", key]));
    const status = `Waiting for Job to succeed (Active: ${active} | Succeeded: ${succeeded} | Failed: ${lost})`;
    return failed?.status === "True"
        ? { ...waiting(status, [`[${textAt(failed, "reason")}] ${textAt(failed, "message")}`], pods), failed: true }
        : waiting(status, podWarnings(pods), pods);
}

/** Running with all containers ready, or finished well. */
export function pod(live: Manifest): Promise<Progress> {
    const isReady = conditionOf(live, "Ready")?.status === "True" || textAt(live, "status", "phase") === "Succeeded";
    const status = `Waiting for Pod to be ready (${textAt(live, "status", "phase") || "Pending"})`;
    return Promise.resolve(isReady ? done : waiting(status, podWarnings([live]), [live]));
}
