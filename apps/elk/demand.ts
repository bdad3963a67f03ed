import type { StackConfig } from "../../config";
import { asking, called, onDisk, script, type Demand } from "../../cluster/capacity/ask";

/** What the collection of logs asks for, a part each. */

const namespace = "logging";

/** Its snapshots are in a folder of the disk of backups. */
export function elasticsearchDemand({ elk, backup }: StackConfig): Demand<number> {
    const name = "elasticsearch";
    return {
        kind: "StatefulSet",
        ...called(namespace, name),
        replicas: 1,
        setting: "elk.elasticsearch",
        spec: {
            priorityClassName: "data",
            initContainers: [asking("config", script)],
            containers: [asking(name, elk.elasticsearch), asking("keeper", script)],
            volumes: [...onDisk(elk.elasticsearch.disk)!, ...onDisk(`${backup.disk}-${name}`)!],
        },
    };
}

/** Its queue is on Elasticsearch's disk. */
export function logstashDemand({ elk }: StackConfig): Demand<number> {
    const name = "logstash";
    return {
        kind: "Deployment",
        ...called(namespace, name),
        replicas: 1,
        setting: "elk.logstash",
        spec: {
            priorityClassName: "platform",
            initContainers: [asking("wait-for-index", script)],
            containers: [asking(name, elk.logstash)],
            volumes: onDisk(elk.elasticsearch.disk),
        },
    };
}

export function kibanaDemand({ elk }: StackConfig): Demand<number> {
    const name = "kibana";
    return {
        kind: "Deployment",
        ...called(namespace, name),
        replicas: 1,
        setting: "elk.kibana",
        spec: { priorityClassName: "platform", containers: [asking(name, elk.kibana)] },
    };
}

/** The Job asks for it while it runs, which is once. */
export function objectsDemand(): Demand<number> {
    return {
        kind: "Job",
        ...called(namespace, "kibana-objects"),
        labels: {},
        replicas: 1,
        spec: { priorityClassName: "platform", containers: [asking("import", script)] },
    };
}

export function filebeatDemand({ elk }: StackConfig): Demand {
    const name = "filebeat";
    return {
        kind: "DaemonSet",
        ...called(namespace, name),
        replicas: "per node",
        setting: "elk.filebeat",
        spec: {
            priorityClassName: "platform",
            tolerations: [{ operator: "Exists" }],
            containers: [asking(name, elk.filebeat)],
        },
    };
}
