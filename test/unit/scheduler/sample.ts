import type { Node, Pod, PodSpec } from "../../../cluster/scheduler/types";

export const mib = 2 ** 20;

/** A node of 2 CPUs and 1000 MiB. */
export function node(name: string, more: Partial<Node> = {}): Node {
    const amounts = { cpu: 2000, memory: 1000 * mib, storage: 10 * 1024 * mib, pods: 110 };
    return {
        name,
        taints: [],
        capacity: amounts,
        allocatable: amounts,
        ...more,
        labels: { "kubernetes.io/hostname": name, ...more.labels },
    };
}

export type More = Partial<Omit<Pod, "spec">> & { spec?: Partial<PodSpec> };

/** A pod of a Deployment by its own name, with a request of memory in MiB. */
export function pod(name: string, memory: number, { spec, ...more }: More = {}): Pod {
    const resources = { requests: { cpu: "10m", memory: `${memory}Mi` } };
    return {
        namespace: "default",
        name,
        labels: { app: name },
        owner: `Deployment ${name}`,
        ...more,
        spec: { containers: [{ name: "main", resources }], ...spec },
    };
}

/** Names by node, of pods that have one. */
export const names = (placed: Map<Pod, string>): Record<string, string> =>
    Object.fromEntries([...placed].map(([{ name }, at]) => [name, at]));
