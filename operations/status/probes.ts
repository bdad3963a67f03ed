import { randomBytes } from "node:crypto";
import { type Api, ask, proxied } from "./api";
import type { ClusterLook } from "./cluster";
import { workloadLook } from "./cluster";
import { type HostLook, script } from "./host";
import { kafkaProbe } from "./kafka";
import { logProbe } from "./logs";
import { nacosProbe } from "./nacos";
import type { Shell } from "./ssh";
import type { Stack } from "./stack";

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
    /** Returns the seconds that it took; fails with the reason. */
    run(): Promise<number>;
}

/** The applications in the cluster, by the id of their workload. */
export const applications = {
    MySQL: "mysql/mysql",
    Nacos: "nacos/nacos",
    Filebeat: "logging/filebeat",
    Logstash: "logging/logstash",
    Elasticsearch: "logging/elasticsearch",
    Kibana: "logging/kibana",
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
    const { kafka, controlPlane = "" } = stack;
    const container = hosts[kafka?.host ?? ""]?.container;
    if (kafka?.host && container?.running && !container.failure) {
        const run = () => kafkaProbe(shell.connect(kafka.host!, kafka.address!, 14));
        wanted.push({ name: "Kafka", what: "a message sent and received", patience: 15, run });
    }
    if (cluster instanceof Error || !api) return wanted;
    const look = (name: keyof typeof applications) => workloadLook(cluster, applications[name]);
    if (look("MySQL")?.ready) {
        const run = async () => (await numberFrom(shell, controlPlane, mysqlScript(), 12)) / 1e6;
        wanted.push({ name: "MySQL", what: "a row written, read, deleted", patience: 13, run });
    }
    if (look("Nacos")?.ready) {
        const run = () => nacosProbe(api, stack.nacosPassword);
        wanted.push({ name: "Nacos", what: "a configuration published, read, deleted", patience: 15, run });
    }
    const [filebeat, elasticsearch] = [look("Filebeat"), look("Elasticsearch")];
    if (elasticsearch?.ready) {
        const run = () => elasticsearchProbe(api);
        wanted.push({ name: "Elasticsearch", what: "its health", patience: 10, run });
        if (filebeat?.ready) {
            const run = () => logProbe(api, filebeat.pods, seconds, signal);
            wanted.push({ name: logLine, what: "from each node's pods to a document", patience: seconds + 30, run });
        }
    }
    if (look("Kibana")?.ready) {
        wanted.push({ name: "Kibana", what: "its status", patience: 10, run: () => kibanaProbe(api) });
    }
    return wanted;
}

/** The part that is the way of a log line, from a pod into Elasticsearch. */
export const logLine = "log line";

async function numberFrom(shell: Shell, host: string, text: string, seconds: number): Promise<number> {
    const { stdout, failure } = await shell.run(host, text, seconds);
    if (failure) throw new Error(failure);
    const number = parseFloat(stdout);
    if (Number.isNaN(number)) throw new Error(`it printed no time: ${stdout.slice(0, 200)}`);
    return number;
}

/** On the control plane, by way of the pod's own client, which has the password. */
function mysqlScript(): string {
    const inPod = script("mysql", { ID: randomBytes(16).toString("hex") });
    const kubectl = "timeout 11 kubectl --namespace mysql exec --stdin mysql-0 --container mysql -- bash -s";
    return `${kubectl} <<'END-OF-SCRIPT'\n${inPod}END-OF-SCRIPT\n`;
}

async function timed(work: () => Promise<void>): Promise<number> {
    const began = Date.now();
    await work();
    return (Date.now() - began) / 1000;
}

function elasticsearchProbe(api: Api): Promise<number> {
    return timed(async () => {
        const path = proxied("logging", "elasticsearch", 9200, "/_cluster/health");
        const health = await ask<{ status: string; unassigned_shards?: number }>(api, "GET", path);
        if (health.status === "red")
            throw new Error(`its health is red: ${health.unassigned_shards} shards are missing`);
    });
}

function kibanaProbe(api: Api): Promise<number> {
    return timed(async () => {
        interface Status {
            status: { overall: { level?: string; state?: string; summary?: string; nickname?: string } };
        }
        const { status } = await ask<Status>(api, "GET", proxied("logging", "kibana", 5601, "/api/status"));
        const { level, state, summary } = status.overall;
        // 7.17 has both, by default in the form of 7; 8 has the level alone.
        if (level !== "available" && state !== "green") throw new Error(`it says ${state ?? level}: ${summary ?? ""}`);
    });
}
