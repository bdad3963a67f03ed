import type { Answer, Api, Asked } from "../../../operations/status/api";
import type { ClusterLook } from "../../../operations/status/cluster";
import type { HostLook } from "../../../operations/status/host";
import type { Wire } from "../../../operations/status/kafka";
import type { Node, Pod, Workload } from "../../../operations/status/kinds";
import type { Said, Shell } from "../../../operations/status/ssh";
import type { Stack } from "../../../operations/status/stack";

export const minute = 60_000;
export const now = new Date("2026-05-04T12:00:00Z");
export const ago = (minutes: number) => new Date(now.getTime() - minutes * minute);

type Reply = (asked: Asked, query: URLSearchParams) => unknown;

/** Stands in for the Kubernetes API: answers by method and path, from what it is given. */
export class StandInApi implements Api {
    /** What was asked, oldest first. */
    readonly requests: { method: string; path: string; asked: Asked }[] = [];

    /** A reply is JSON, or an Answer as it is. What has none is answered with 404. */
    constructor(readonly replies: Record<string, Reply>) {}

    async request(method: string, path: string, asked: Asked = {}): Promise<Answer> {
        this.requests.push({ method, path, asked });
        const [place, query] = path.split("?");
        const key = Object.keys(this.replies).find((each) => new RegExp(`^${each}$`).test(`${method} ${place}`));
        if (!key) return { status: 404, body: JSON.stringify({ message: `${place} is not there` }) };
        const reply = this.replies[key](asked, new URLSearchParams(query));
        if (typeof reply === "object" && reply && "status" in reply && "body" in reply) return reply as Answer;
        return { status: 200, body: typeof reply === "string" ? reply : JSON.stringify(reply) };
    }
}

/** Stands in for SSH: every host says the same for a script that contains a word. */
export class StandInShell implements Shell {
    readonly runs: { host: string; script: string }[] = [];

    constructor(
        readonly says: Record<string, Said>,
        readonly wire?: () => Wire,
    ) {}

    async run(host: string, script: string): Promise<Said> {
        this.runs.push({ host, script });
        const word = Object.keys(this.says).find((each) => script.includes(each));
        return word ? this.says[word] : { stdout: "", failure: "no answer" };
    }

    connect(): Wire {
        if (!this.wire) throw new Error("no connection");
        return this.wire();
    }
}

export function pod(id: string, labels: Record<string, string>, fields: Partial<Pod["status"]> = {}): Pod {
    const [namespace, name] = id.split("/");
    const ready = { type: "Ready", status: "True", lastTransitionTime: ago(90).toISOString() };
    const limits = { memory: "1Gi", cpu: "1" };
    return {
        metadata: { name, namespace, labels },
        spec: { nodeName: "node-02", containers: [{ name: "main", image: "image:1", resources: { limits } }] },
        status: { conditions: [ready], ...fields },
    };
}

export function workload(id: string, status: Workload["status"], replicas?: number): Workload {
    const [namespace, name] = id.split("/");
    return { metadata: { name, namespace }, spec: { replicas, selector: { matchLabels: { app: name } } }, status };
}

export function node(name: string, ready = "True"): Node {
    const condition = { type: "Ready", status: ready, message: "Kubelet stopped posting", lastTransitionTime: "" };
    return {
        metadata: { name },
        spec: {},
        status: {
            conditions: [{ ...condition, lastTransitionTime: ago(133).toISOString() }],
            capacity: { cpu: "2", memory: "4Gi" },
            allocatable: { cpu: "1800m", memory: "3Gi" },
        },
    };
}

/** A cluster of one node in which all applications are up. */
export function cluster(): ClusterLook {
    const logging = ["logstash", "elasticsearch", "kibana", "watermarks"].map((name) => `logging/${name}`);
    const ids = ["mysql/mysql", "nacos/nacos", ...logging];
    const pods = [...ids, "logging/filebeat"].map((id) => pod(`${id}-0`, { app: id.split("/")[1] }));
    return {
        seconds: 0.012,
        nodes: [node("master")],
        pods: [...pods, pod("kube-system/kube-apiserver-master", { component: "kube-apiserver" })],
        workloads: [
            ...ids.map((id) => workload(id, { readyReplicas: 1 })),
            workload("logging/filebeat", { desiredNumberScheduled: 1, numberReady: 1 }),
        ],
        metrics: {
            nodes: [{ metadata: { name: "master" }, usage: { cpu: "420m", memory: "2Gi" } }],
            pods: pods.map(({ metadata }) => ({
                metadata,
                containers: [{ usage: { cpu: "120000000n", memory: "614400Ki" } }],
            })),
        },
        guardrails: { holding: ["guardrails-memory-limit", "guardrails-quota"], warning: [], off: [] },
    };
}

/** A host that holds both disks, and Kafka. */
export function host(): HostLook {
    const use = { used: 3 * 2 ** 30, of: 20 * 2 ** 30 };
    const disk = { mounted: true, since: ago(130), use, written: 0.004 };
    return {
        seconds: 0.3,
        memory: { used: 2 ** 30, of: 4 * 2 ** 30 },
        system: { used: 10 * 2 ** 30, of: 40 * 2 ** 30 },
        disks: { mysql: disk, kafka: disk },
        container: {
            running: true,
            since: ago(128),
            memory: { used: 500 * 2 ** 20, of: 2 ** 30 },
            cpu: { used: 0.02 },
        },
    };
}

/** A stack of one host that has everything. */
export function stack(): Stack {
    return {
        name: "local",
        access: { hosts: [{ name: "master", publicAddress: "198.51.100.2", hostKey: "" }], operatorKey: "" },
        kubeconfig: "there",
        controlPlane: "master",
        disks: ["mysql", "kafka"].map((name) => ({ name, host: "master" })),
        kafka: { host: "master", address: "10.20.0.10:9092" },
        nacosPassword: "secret",
        backup: { host: "master", folder: "/var/lib/data/backup", everyMinutes: 15, since: ago(600) },
        workloads: cluster().workloads.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
        watermarks: { requests: 85, used: 85 },
        guardrails: ["guardrails-memory-limit", "guardrails-quota"],
    };
}
