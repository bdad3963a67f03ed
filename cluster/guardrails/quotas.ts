import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { quantity } from "../../config/quantity";

/** What one pod asks for: cores; bytes, which are its limit too. */
export interface Ask {
    cpu: number;
    memory: number;
}

/** What the pods of a namespace ask for together. */
export interface Demand {
    namespace: string;
    requests: Ask;
    limits: { memory: number };
    pods: number;
    /** The largest pod: there may be one more of it for a while, beside one that is on a lost node. */
    largest: Ask;
}

/** What the containers that only look after others take: `cpu`, `memory`. */
const small = { cpu: "10m", memory: "64Mi" };

/** What the stack's namespaces ask for, from the settings of their workloads. */
export function demands(config: StackConfig): Demand[] {
    const { mysql, nacos, elk, hosts } = config;
    const everywhere = <T>(ask: T) => hosts.map(() => ask);
    return [
        demand("mysql", [ask(mysql)]),
        demand("nacos", [ask(nacos)]),
        demand("logging", [
            // Its keeper is beside it.
            ask(elk.elasticsearch, small),
            ask(elk.logstash),
            ask(elk.kibana),
            ...everywhere(ask(elk.filebeat)),
            // The Job that fills Kibana, and the pods by which `npm run status` follows a line.
            ask(small),
            ...everywhere(ask({ cpu: "1m", memory: "32Mi" })),
        ]),
        // Kafka is beside the cluster: here it has but a name.
        demand("kafka", []),
    ];
}

function ask(...containers: { cpu: string; memory: string }[]): Ask {
    const sum = (key: "cpu" | "memory") => containers.reduce((total, each) => total + quantity(each[key]), 0);
    return { cpu: sum("cpu"), memory: sum("memory") };
}

function demand(namespace: string, pods: Ask[]): Demand {
    const sum = (key: keyof Ask) => pods.reduce((total, pod) => total + pod[key], 0);
    const most = (key: keyof Ask) => Math.max(0, ...pods.map((pod) => pod[key]));
    return {
        namespace,
        requests: { cpu: sum("cpu"), memory: sum("memory") },
        limits: { memory: sum("memory") },
        pods: pods.length,
        largest: { cpu: most("cpu"), memory: most("memory") },
    };
}

/** A quota's `hard`: what is asked for, and the largest pod once more. */
export function hard({ requests, limits, pods, largest }: Demand): Record<string, string> {
    return {
        "requests.cpu": `${Math.ceil((requests.cpu + largest.cpu) * 1000)}m`,
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
    config: StackConfig,
    namespace: pulumi.Output<string>,
    name: string,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const demand = demands(config).find((candidate) => candidate.namespace === name)!;
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
                        ...(demand.pods > 0 && { max: { memory: mebibytes(demand.largest.memory) } }),
                    },
                ],
            },
        },
        opts,
    );
    const quota = new kubernetes.core.v1.ResourceQuota(
        name,
        { metadata: { name: "budget", namespace: range.metadata.namespace }, spec: { hard: hard(demand) } },
        opts,
    );
    return quota.metadata.namespace;
}
