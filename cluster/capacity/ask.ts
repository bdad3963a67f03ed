import type { PodSpec, Workload } from "../scheduler/types";

/** A container as far as it asks for something: whoever makes it adds the rest to this. */
export interface Asking {
    name: string;
    resources?: { requests: Record<string, string>; limits?: Record<string, string> };
}

/** What a part of the stack asks of its nodes. The resource that carries it is made from the same object. */
export interface Demand<Replicas extends Workload["replicas"] = Workload["replicas"]> extends Workload {
    replicas: Replicas;
    spec: Omit<PodSpec, "containers" | "initContainers"> & { containers: Asking[]; initContainers?: Asking[] };
    /** Where its size is set, `memory` and `cpu`: such as `mysql`. It is the first container's. */
    setting?: string;
}

/** A container that is given memory: what it asks for is kept for it, and it gets no more. CPU is shared by weight. */
export function asking(name: string, { cpu, memory }: { cpu: string; memory: string }): Asking {
    return { name, resources: { requests: { cpu, memory }, limits: { memory } } };
}

/** What a workload is called, and its pods are found by. */
export function called(namespace: string, name: string) {
    return { namespace, name, labels: { app: name } };
}

/** Containers that run a shell script, for a moment or all the time. */
export const script = { cpu: "10m", memory: "64Mi" };

/** The volume that is a data disk: the pod runs where the disk is. */
export function onDisk(name: string): PodSpec["volumes"] {
    return [{ persistentVolumeClaim: { claimName: name } }];
}
