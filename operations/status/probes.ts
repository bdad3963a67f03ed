import { randomBytes } from "node:crypto";
import { ownKinds } from "../backup/kinds";
import { type Api, ask, proxied } from "./api";
import { filedBackups, type Found, probeOf, snapshotBackups } from "./backups";
import { bucketProbe, type Copies, copiesIn } from "./bucket";
import type { ClusterLook } from "./cluster";
import { workloadLook } from "./cluster";
import { Elasticsearch } from "./elasticsearch";
import { exec } from "./exec";
import type { HostLook } from "./host";
import { kafkaProbe } from "./kafka";
import { logProbe } from "./logs";
import type { Trends } from "./marks";
import { nacosProbe } from "./nacos";
import type { Shell } from "./ssh";
import type { Stack } from "./stack";
import { lookBack } from "./trends";

/** What is known of the stack at one moment; an error where the Kubernetes API does not answer. */
export interface Facts {
    cluster: ClusterLook | Error;
    hosts: Record<string, HostLook>;
}

/** Something to be tried from end to end. */
export interface Probe {
    /** Name of the part that it proves. */
    name: string;
    what: string;
    /** Seconds after which it has failed, whatever it waits for. */
    patience: number;
    /** Returns the seconds that it took, with what else it found; fails with the reason. */
    run(): Promise<number | { seconds: number; trends: Trends } | { seconds: number; copies: Copies } | Found>;
}

/** The applications in the cluster, by the id of their workload. */
export const applications = {
    MySQL: "mysql/mysql",
    Nacos: "nacos/nacos",
    Filebeat: "logging/filebeat",
    Logstash: "logging/logstash",
    Elasticsearch: "logging/elasticsearch",
    Kibana: "logging/kibana",
    Watermarks: "logging/watermarks",
};

/** How the parts are reached, and what was asked for. */
export interface Way {
    /** Undefined where the stack has no cluster yet. */
    api?: Api;
    shell: Shell;
    /** How long a log line has to become a document. */
    seconds: number;
    /** Ends what takes long. */
    signal: AbortSignal;
}

/** The probes of what is there and says of itself that it is up: the reason why another is down is known already. */
export function probesOf(stack: Stack, facts: Facts, way: Way): Probe[] {
    const { cluster, hosts } = facts;
    const { api, shell, seconds, signal } = way;
    const wanted: Probe[] = [];
    const { kafka, backup, bucket, controlPlane = "" } = stack;
    const container = hosts[kafka?.host ?? ""]?.container;
    if (kafka?.host && container?.running && !container.failure) {
        const run = () => kafkaProbe(shell.connect(kafka.host!, kafka.address!, 14));
        wanted.push({ name: "Kafka", what: "a message sent and received", patience: 15, run });
    }
    const filed = ownKinds.map(({ name }) => probeOf(name)).find((name) => name !== snapshots);
    if (filed && backup?.host) {
        const run = () => filedBackups(shell, backup.host!, backup.folder);
        wanted.push({ name: filed, what: "manifests read", patience: 9, run });
    }
    if (bucket?.host) {
        const run = () => copiesIn(shell, bucket.host!);
        wanted.push({ name: bucketProbe, what: "its copies listed", patience: 15, run });
    }
    if (cluster instanceof Error || !api) return wanted;
    const look = (name: keyof typeof applications) => workloadLook(cluster, applications[name]);
    if (look("MySQL")?.ready) {
        const run = () => mysqlProbe(shell, controlPlane);
        wanted.push({ name: "MySQL", what: "a row written, read, deleted", patience: 13, run });
    }
    if (look("Nacos")?.ready) {
        const run = () => nacosProbe(api, stack.nacosPassword);
        wanted.push({ name: "Nacos", what: "a configuration published, read, deleted", patience: 15, run });
    }
    const filebeat = look("Filebeat");
    if (look("Elasticsearch")?.ready) {
        const elasticsearch = new Elasticsearch(shell, controlPlane);
        const run = () => elasticsearchProbe(elasticsearch);
        wanted.push({ name: "Elasticsearch", what: "its health", patience: 13, run });
        if (backup) {
            const run = () => snapshotBackups(elasticsearch);
            wanted.push({ name: snapshots, what: "snapshots listed", patience: 13, run });
        }
        if (filebeat?.ready) {
            const run = () => logProbe(api, elasticsearch, filebeat.pods, seconds, signal);
            wanted.push({ name: logLine, what: "from each node's pods to a document", patience: seconds + 40, run });
        }
        if (look("Watermarks")?.ready) {
            const nodes = cluster.nodes.map(({ metadata }) => metadata.name);
            const run = () => lookBack(elasticsearch, nodes, seconds, signal);
            wanted.push({ name: "Watermarks", what: "each node's figures found", patience: seconds + 15, run });
        }
    }
    if (look("Kibana")?.ready) {
        wanted.push({ name: "Kibana", what: "its status", patience: 10, run: () => kibanaProbe(api) });
    }
    return wanted;
}

const snapshots = probeOf("elasticsearch");

/** The part that is the way of a log line, from a pod into Elasticsearch. */
export const logLine = "log line";

/** By the pod's own client, which has the password. */
async function mysqlProbe(shell: Shell, host: string): Promise<number> {
    const place = { host, namespace: "mysql", pod: "mysql-0", container: "mysql" };
    return (await exec(shell, place, "mysql", { ID: randomBytes(16).toString("hex") })).seconds;
}

async function elasticsearchProbe(elasticsearch: Elasticsearch): Promise<number> {
    interface Health {
        status: string;
        unassigned_shards?: number;
    }
    const { answer, seconds } = await elasticsearch.ask<Health>("GET", "/_cluster/health");
    if (answer.status === "red") throw new Error(`its health is red: ${answer.unassigned_shards} shards are missing`);
    return seconds;
}

async function kibanaProbe(api: Api): Promise<number> {
    interface Status {
        status: { overall: { level?: string; state?: string; summary?: string; nickname?: string } };
    }
    const began = Date.now();
    const { status } = await ask<Status>(api, "GET", proxied("logging", "kibana", 5601, "/api/status"));
    const { level, state, summary } = status.overall;
    // 7.17 has both, by default in the form of 7; 8 has the level alone.
    if (level !== "available" && state !== "green") throw new Error(`it says ${state ?? level}: ${summary ?? ""}`);
    return (Date.now() - began) / 1000;
}
