import type { Node, Pod } from "../../../cluster/scheduler/types";
import type { Scheduler } from "./scheduler";
import type { Case } from "./draw";

/** What became of a pod: its node's name, or that it waits, or that it was put out. */
export type Fate = string;
export const waits = "waits";
export const gone = "gone";

const amounts = ({ cpu, memory, storage, pods }: Node["allocatable"]) => ({
    cpu: `${cpu}m`,
    memory: String(memory),
    "ephemeral-storage": String(storage),
    pods: String(pods),
});

const nodeObject = (node: Node) => ({
    metadata: { name: node.name, labels: node.labels },
    spec: { taints: node.taints, unschedulable: node.unschedulable },
    status: {
        capacity: amounts(node.capacity),
        allocatable: amounts(node.allocatable),
        conditions: [{ type: "Ready", status: "True" }],
    },
});

function podObject({ name, labels, spec }: Pod, owner?: object) {
    const containers = (list: typeof spec.containers | undefined) =>
        list?.map((container) => ({
            ...container,
            image: "none",
            ports: container.ports?.map((port) => ({ ...port, containerPort: port.hostPort })),
        }));
    const volumes = spec.volumes?.map((volume, index) => ({ name: `volume-${index}`, ...volume }));
    return {
        metadata: { name, labels, ownerReferences: owner && [owner] },
        // Without a kubelet, nobody would confirm an end that takes time.
        spec: {
            ...spec,
            containers: containers(spec.containers),
            initContainers: containers(spec.initContainers),
            volumes,
            terminationGracePeriodSeconds: 0,
        },
    };
}

/** A case's namespace, nodes, volumes and, where it has them, its pods' owners. */
export async function createSurroundings(api: Scheduler, { name, kind, nodes, pods, volumes }: Case): Promise<void> {
    await api.call("POST", "/api/v1/namespaces", { metadata: { name } });
    for (const node of nodes) await api.call("POST", "/api/v1/nodes", nodeObject(node));
    for (const [claim, [node]] of Object.entries(volumes)) await createVolume(api, claim, node);
    if (kind !== "replicas") return;
    for (const group of new Set(pods.map(({ labels }) => labels.group))) {
        const template = { metadata: { labels: { group } }, spec: { containers: [{ name: "main", image: "none" }] } };
        const spec = { replicas: 0, selector: { matchLabels: { group } }, template };
        const url = `/apis/apps/v1/namespaces/${name}/replicasets`;
        const { metadata } = await api.call<{ metadata: { uid: string } }>("POST", url, {
            metadata: { name: group },
            spec,
        });
        owners.set(`${name}/${group}`, {
            apiVersion: "apps/v1",
            kind: "ReplicaSet",
            name: group,
            uid: metadata.uid,
            controller: true,
        });
    }
}

const owners = new Map<string, object>();

/** A claim that is bound to a volume on a node already. */
async function createVolume(api: Scheduler, claim: string, node: string): Promise<void> {
    const [namespace, name] = claim.split("/");
    const volumeName = `${namespace}-${name}`;
    const common = { accessModes: ["ReadWriteOnce"], storageClassName: "" };
    const names = [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }];
    await api.call("POST", "/api/v1/persistentvolumes", {
        metadata: { name: volumeName },
        spec: {
            ...common,
            capacity: { storage: "1Gi" },
            claimRef: { namespace, name },
            local: { path: "/data" },
            nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: names }] } },
        },
    });
    await api.call("POST", `/api/v1/namespaces/${namespace}/persistentvolumeclaims`, {
        metadata: { name, annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
        spec: { ...common, volumeName, resources: { requests: { storage: "1Gi" } } },
    });
    const url = `/api/v1/namespaces/${namespace}/persistentvolumeclaims/${name}/status`;
    await api.call("PATCH", url, { status: { phase: "Bound" } });
}

/** Creates pods one after the other. */
export async function createPods(api: Scheduler, pods: Pod[]): Promise<void> {
    for (const pod of pods) {
        const owner = owners.get(`${pod.namespace}/${pod.labels.group}`);
        await api.call("POST", `/api/v1/namespaces/${pod.namespace}/pods`, podObject(pod, owner));
    }
}

export async function deletePod(api: Scheduler, { namespace, name }: Pod): Promise<void> {
    await api.call("DELETE", `/api/v1/namespaces/${namespace}/pods/${name}`);
}

/** As a kubelet would: the scheduler tells by it who has run for longer. */
export async function setStarted(api: Scheduler, { namespace, name }: Pod, second: number): Promise<void> {
    const startTime = new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString().replace(".000", "");
    await api.call("PATCH", `/api/v1/namespaces/${namespace}/pods/${name}/status`, { status: { startTime } });
}

interface PodList {
    metadata: { resourceVersion: string };
    items: {
        metadata: { namespace: string; name: string };
        spec: { nodeName?: string };
        status: { nominatedNodeName?: string; conditions?: { type: string; reason?: string }[] };
    }[];
}

/** Waits until the scheduler has nothing to do any more; returns every pod's fate by `namespace/name`. */
export async function settled(api: Scheduler): Promise<Map<string, Fate>> {
    let last = "";
    const fates = new Map<string, Fate>();
    await api.until("every pod is bound or cannot be", async () => {
        if ((await api.queued()) !== 0) return false;
        const { items, metadata } = await api.call<PodList>("GET", "/api/v1/pods");
        const unchanged = metadata.resourceVersion === last;
        last = metadata.resourceVersion;
        const decided = items.every(
            ({ spec, status }) =>
                spec.nodeName !== undefined ||
                (!status.nominatedNodeName &&
                    status.conditions?.some(
                        ({ type, reason }) => type === "PodScheduled" && reason === "Unschedulable",
                    )),
        );
        if (!unchanged || !decided) return false;
        fates.clear();
        for (const { metadata, spec } of items)
            fates.set(`${metadata.namespace}/${metadata.name}`, spec.nodeName ?? waits);
        return true;
    });
    return fates;
}
