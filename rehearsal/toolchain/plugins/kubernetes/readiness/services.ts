import { isMap } from "../../value";
import { ApiError } from "../api/client";
import { Cluster } from "../api/cluster";
import { Manifest, at, listAt, referenceOf, textAt } from "../object";
import { Check, Progress, done, waiting } from "./readiness";

/** Milliseconds after which endpoints without any address count as meant so. */
const settleTime = 10_000;

/**
 * Endpoints without one that is not ready, and an address of its own where it is a load balancer. A Service that
 * selects no pods, is headless or only a name has no endpoints to wait for; one whose pods don't exist yet is taken
 * as it is after a while.
 */
export function service(): Check {
    const begin = Date.now();
    return async (live, cluster) => {
        const type = textAt(live, "spec", "type") || "ClusterIP";
        const isAllocated = type !== "LoadBalancer" || listAt(live, "status", "loadBalancer", "ingress").length > 0;
        if (isAllocated && !hasEndpoints(live, type)) {
            return done;
        }
        const endpoints = await endpointsOf(live, cluster);
        const isSettled = endpoints.ready > 0 || Date.now() - begin >= settleTime;
        if (isAllocated && endpoints.pending === 0 && isSettled) {
            return done;
        }
        return unfinished(isAllocated, endpoints.ready);
    };
}

function hasEndpoints(live: Manifest, type: string): boolean {
    const selector = at(live, "spec", "selector");
    return (
        type !== "ExternalName" &&
        textAt(live, "spec", "clusterIP") !== "None" &&
        isMap(selector) &&
        Object.keys(selector).length > 0
    );
}

function unfinished(isAllocated: boolean, readyEndpoints: number): Progress {
    const reasons = [];
    if (readyEndpoints === 0) {
        reasons.push(
            "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match labels on any Pods",
        );
    }
    if (!isAllocated) {
        reasons.push("Service was not allocated an IP address; does your cloud provider support this?");
    }
    return waiting(
        readyEndpoints
            ? "[2/3] Attempting to allocate IP address to Service"
            : "[1/3] Finding Pods to direct traffic to",
        reasons,
    );
}

async function endpointsOf(live: Manifest, cluster: Cluster): Promise<{ ready: number; pending: number }> {
    const { namespace, name } = referenceOf(live);
    try {
        const endpoints = await cluster.get({ apiVersion: "v1", kind: "Endpoints", namespace, name });
        const count = (key: string) =>
            listAt(endpoints, "subsets").reduce((sum: number, subset) => sum + listAt(subset, key).length, 0);
        return { ready: count("addresses"), pending: count("notReadyAddresses") };
    } catch (error) {
        if (error instanceof ApiError && error.code === 404) {
            return { ready: 0, pending: 0 };
        }
        throw error;
    }
}
