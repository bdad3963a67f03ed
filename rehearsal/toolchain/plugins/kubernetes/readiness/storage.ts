import { isDeepStrictEqual } from "node:util";
import { ApiError } from "../api/client";
import { Cluster } from "../api/cluster";
import { Manifest, at, textAt } from "../object";
import { Progress, done, waiting } from "./readiness";

export function persistentVolume(live: Manifest): Promise<Progress> {
    const phase = textAt(live, "status", "phase") || "Pending";
    const status = `Waiting for PersistentVolume to be available (${phase})`;
    return Promise.resolve(
        phase === "Available" || phase === "Bound" ? done : waiting(status, [`PersistentVolume is ${phase}`]),
    );
}

/** Bound; or left pending by a storage class that binds when the first pod comes. */
export async function persistentVolumeClaim(live: Manifest, cluster: Cluster): Promise<Progress> {
    const phase = textAt(live, "status", "phase") || "Pending";
    if (phase === "Bound" || (phase === "Pending" && (await bindingMode(live, cluster)) === "WaitForFirstConsumer")) {
        return done;
    }
    const status = `Waiting for PersistentVolumeClaim to be bound (${phase})`;
    return waiting(status, [`PersistentVolumeClaim is ${phase}; is there a volume that it fits?`]);
}

async function bindingMode(claim: Manifest, cluster: Cluster): Promise<string> {
    const name = textAt(claim, "spec", "storageClassName");
    if (name === "") {
        return "";
    }
    try {
        const storageClass = await cluster.get({ apiVersion: "storage.k8s.io/v1", kind: "StorageClass", name });
        return textAt(storageClass, "volumeBindingMode");
    } catch (error) {
        if (error instanceof ApiError && error.code === 404) {
            return "";
        }
        throw error;
    }
}

/** In force: the controller has taken the limits over into the status. */
export function resourceQuota(live: Manifest): Promise<Progress> {
    const inForce = isDeepStrictEqual(at(live, "spec", "hard"), at(live, "status", "hard"));
    const status = "Waiting for ResourceQuota to be in force";
    return Promise.resolve(
        inForce ? done : waiting(status, ["the quota controller has not taken the limits over yet"]),
    );
}

/** A token that the controller fills in; other Secrets are what they are. */
export function secret(live: Manifest): Promise<Progress> {
    const isFilled = textAt(live, "type") !== "kubernetes.io/service-account-token" || at(live, "data") !== undefined;
    const status = "Waiting for the token";
    return Promise.resolve(
        isFilled ? done : waiting(status, ["no token was filled in; does the ServiceAccount exist?"]),
    );
}
