import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type * as command from "@pulumi/command";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { bounded } from "../../cluster/guardrails/quotas";
import type { DataDisks } from "../../cluster/disks";
import type { Hosts } from "../../cluster/hosts";
import { script } from "../../cluster/shell";
import { step } from "../../cluster/step";
import type { StackConfig } from "../../config";
import { share } from "../demands";
import { heapMebibytes, mebibytes } from "../../config/types";

const name = "kafka";
export const kafkaPort = 9092;

/**
 * Kafka beside the cluster: one broker by Docker compose on a host, its data on a data disk there. Needs that host and
 * that disk only, so it comes up while Kubernetes does.
 */
export class Kafka extends pulumi.ComponentResource {
    /** `host:port` for clients on hosts and in pods. */
    readonly address: string;
    readonly started: command.remote.Command;

    constructor(
        config: StackConfig,
        hosts: Hosts,
        { disks }: DataDisks,
        mount: pulumi.Resource,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("test-cluster:apps:Kafka", name, {}, opts);
        const { kafka } = config;
        const host = hosts.named(kafka.host);
        this.address = `${host.address}:${kafkaPort}`;
        const id = clusterId(config);
        const given = { DISK: kafka.disk, CLUSTER_ID: id, TOPICS: topicLines(config) };
        this.started = step(
            name,
            host,
            {
                script: script(path.join(__dirname, "start"), given, {
                    "/opt/kafka/compose.yaml": read("compose.yaml"),
                    "/opt/kafka/.env": environment(config, host.address),
                    "/etc/systemd/system/kafka.service": read("kafka.service"),
                    "/usr/local/bin/kafka": read("tool.sh"),
                }),
                // It was stopped for the disk that this one replaces, and may lack topics on it.
                triggers: [disks[kafka.disk].id],
            },
            { parent: this, dependsOn: [mount, host.prepared] },
        );
        this.registerOutputs({ address: this.address });
    }
}

/** Kafka under a stable name in the cluster, `kafka.kafka.svc:9092`. */
export function kafkaService(
    config: StackConfig,
    kafka: Kafka,
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const [address] = kafka.address.split(":");
    const made = new kubernetes.core.v1.Namespace(name, { metadata: { name } }, opts).metadata.name;
    const namespace = bounded(share(config, name), made, name, opts);
    const port = { name, port: kafkaPort, protocol: "TCP" };
    const service = new kubernetes.core.v1.Service(
        name,
        {
            // Without a selector nothing of the cluster is behind it, so there is nothing to await.
            metadata: { name, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: { ports: [port] },
        },
        opts,
    );
    new kubernetes.discovery.v1.EndpointSlice(
        name,
        {
            metadata: { name, namespace, labels: { "kubernetes.io/service-name": name } },
            addressType: "IPv4",
            endpoints: [{ addresses: [address], conditions: { ready: true } }],
            ports: [port],
        },
        opts,
    );
    return pulumi.interpolate`${service.metadata.name}.${namespace}.svc:${kafkaPort}`;
}

/**
 * Kafka's cluster id: 16 bytes in Base64 for URLs, made from the stack's name. A kept disk says which cluster its data
 * is of, and no other may use it: so a rebuilt stack must have the same.
 */
export function clusterId({ kafka, stack }: StackConfig): string {
    const digest = createHash("sha256").update(`test-cluster/${stack}/kafka`).digest().subarray(0, 16);
    // One that began with a dash would be taken for an option by Kafka's own tools.
    return kafka.clusterId ?? digest.toString("base64url").replace(/^-/, "_");
}

/** MiB of heap: half of the memory limit; the other half is the JVM's own, threads and buffers. */
function heap({ kafka }: StackConfig): number {
    return heapMebibytes(kafka.memory);
}

function environment(config: StackConfig, address: string): string {
    const { kafka } = config;
    return Object.entries({
        KAFKA_IMAGE: kafka.image,
        KAFKA_ADDRESS: address,
        KAFKA_CLUSTER_ID: clusterId(config),
        KAFKA_DISK: kafka.disk,
        KAFKA_MEMORY_MIB: mebibytes(kafka.memory),
        KAFKA_HEAP_MIB: heap(config),
    })
        .map(([key, value]) => `${key}=${value}\n`)
        .join("");
}

/** What start.sh reads: a partition's oldest segment goes as a whole, so segments are an eighth of what it holds. */
function topicLines({ kafka }: StackConfig): string {
    return kafka.topics
        .map(({ name, partitions, retentionHours, retentionMiB }) => {
            const bytes = retentionMiB * 2 ** 20;
            return [name, partitions, retentionHours * 3600_000, bytes, Math.max(bytes / 8, 2 ** 20)].join(" ");
        })
        .join("\n");
}

function read(file: string): string {
    return fs.readFileSync(path.join(__dirname, file), "utf8");
}
