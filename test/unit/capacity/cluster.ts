import type { Node, Pod } from "../../../cluster/scheduler/types";
import type { Cluster } from "../../../operations/capacity/cluster";

export const mi = 2 ** 20;
export const gi = 2 ** 30;

/** A node as its kubelet would have it: a twentieth of the memory is not seen, some is reserved. */
export function node(name: string, cpus: number, memoryGi: number, more: Partial<Node> = {}): Node {
    const labels = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
    const capacity = { cpu: cpus * 1000, memory: memoryGi * gi * 0.95, storage: 36 * gi, pods: 110 };
    const allocatable = { ...capacity, cpu: capacity.cpu - 200, memory: capacity.memory - 0.8 * gi };
    return { name, labels, taints: [], capacity, allocatable, ...more };
}

/** A pod of a StatefulSet that runs. */
export function running(name: string, node: string, memory: string, cpu = "250m"): Pod {
    const owner = `StatefulSet ${name}`;
    const resources = { requests: { cpu, memory }, limits: { memory } };
    return {
        ...{ namespace: "apps", name: `${name}-0`, labels: { app: name }, owner, node },
        spec: { containers: [{ name, image: name, resources }] },
    };
}

/** Three hosts of the size of this project's, with applications on them. */
export function threeHosts(more: Partial<Cluster> = {}): Cluster {
    return {
        from: "what runs in stack dev",
        nodes: [node("master", 2, 4), node("node-01", 4, 8), node("node-02", 4, 8)],
        pods: [
            running("mysql", "node-02", "1Gi"),
            running("elasticsearch", "node-02", "2Gi"),
            running("kibana", "node-01", "1Gi"),
            running("logstash", "node-01", "1Gi"),
            running("nacos", "master", "1Gi"),
        ],
        used: {
            master: { cpu: 400, memory: 1.6 * gi },
            "node-01": { cpu: 700, memory: 3.1 * gi },
            "node-02": { cpu: 900, memory: 4.2 * gi },
        },
        priorities: {},
        volumes: {},
        ...more,
    };
}
