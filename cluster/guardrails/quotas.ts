import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../capacity/ask";
import { limits, requests } from "../scheduler/demand";

/** What one pod asks for: millicores; bytes, which are its limit too. */
interface Ask {
    cpu: number;
    memory: number;
}

/** What the pods of a namespace ask for together. */
export interface Share {
    requests: Ask;
    limits: { memory: number };
    pods: number;
    /** The largest pod: there may be one more of it for a while, beside one that is on a lost node. */
    largest: Ask;
}

/** The share of a namespace: of all demands, those that are in it. */
export function shareOf(namespace: string, demands: Demand[], nodes: number): Share {
    const pods = demands
        .filter((demand) => demand.namespace === namespace)
        .flatMap(({ replicas, spec }) =>
            Array.from({ length: replicas === "per node" ? nodes : replicas }, () => ({
                requests: requests(spec),
                limits: limits(spec),
            })),
        );
    const most = (key: keyof Ask) => Math.max(0, ...pods.map((pod) => pod.requests[key]));
    return {
        requests: {
            cpu: sum(pods.map((pod) => pod.requests.cpu)),
            memory: sum(pods.map((pod) => pod.requests.memory)),
        },
        limits: { memory: sum(pods.map((pod) => pod.limits.memory)) },
        pods: pods.length,
        largest: { cpu: most("cpu"), memory: most("memory") },
    };
}

const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + amount, 0);

/** A quota's `hard`: what is asked for, and the largest pod once more. */
export function hard({ requests, limits, pods, largest }: Share): Record<string, string> {
    return {
        "requests.cpu": `${Math.ceil(requests.cpu + largest.cpu)}m`,
        "requests.memory": mebibytes(requests.memory + largest.memory),
        "limits.memory": mebibytes(limits.memory + largest.memory),
        pods: String(pods && pods + 1),
    };
}

function mebibytes(bytes: number): string {
    return `${Math.ceil(bytes / 2 ** 20)}Mi`;
}

/**
 * The ResourceQuota and the LimitRange of one of the stack's namespaces.
 * @returns the namespace's name, which is known to what needs it only when both are there
 */
export function bounded(
    share: Share,
    namespace: pulumi.Output<string>,
    name: string,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const range = new kubernetes.core.v1.LimitRange(
        name,
        {
            metadata: { name: "containers", namespace },
            spec: {
                limits: [
                    {
                        type: "Container",
                        // For what an operator runs here by hand and says nothing of.
                        default: { memory: "64Mi" },
                        defaultRequest: { cpu: "10m", memory: "64Mi" },
                        ...(share.pods > 0 && { max: { memory: mebibytes(share.largest.memory) } }),
                    },
                ],
            },
        },
        opts,
    );
    const quota = new kubernetes.core.v1.ResourceQuota(
        name,
        { metadata: { name: "budget", namespace: range.metadata.namespace }, spec: { hard: hard(share) } },
        opts,
    );
    return quota.metadata.namespace;
}
