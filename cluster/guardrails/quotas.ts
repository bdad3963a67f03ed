import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../capacity/ask";
import { limits, most, none, requests, total } from "../scheduler/demand";
import type { Amounts, PodSpec } from "../scheduler/types";

/** What the pods of a namespace ask for together: millicores and bytes. */
export interface Share {
    requests: Amounts;
    limits: Amounts;
    pods: number;
    /** The largest pod: there may be one more of it for a while, beside one that is on a lost node. */
    largest: Amounts;
}

/** The share of a namespace: of all demands, those that are in it. */
export function shareOf(namespace: string, demands: Demand[], nodes: number): Share {
    const specs = demands
        .filter((demand) => demand.namespace === namespace)
        .flatMap(({ replicas, spec }) => Array<PodSpec>(replicas === "per node" ? nodes : replicas).fill(spec));
    const asked = specs.map(requests);
    return {
        requests: total(asked),
        limits: total(specs.map(limits)),
        pods: specs.length,
        largest: asked.reduce(most, none),
    };
}

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
