import { isDeepStrictEqual } from "node:util";
import type { Deployment, Registered } from "./engine";

// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = Record<string, any>;
export type Container = Any;

/** Whatever makes pods. */
const kinds = [
    "Pod",
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
];

/** What makes pods in a namespace, and the pods as it makes them. */
export interface Workload {
    /** `Kind/name`, in messages. */
    title: string;
    kind: string;
    /** Of a CronJob, that of its Jobs. */
    spec: Any;
    pod: Any;
    containers: Container[];
    initContainers: Container[];
}

/** Everything that makes pods. A Job that is a CronJob's once more needs no room of its own, and is not among them. */
export function podMakers({ resources }: Deployment): { kind: string; inputs: Registered["inputs"] }[] {
    const found = resources
        .filter(({ type }) => type.startsWith("kubernetes:"))
        .map(({ type, inputs }) => ({ kind: type.split(":").at(-1)!, inputs }))
        .filter(({ kind }) => kinds.includes(kind));
    const repeated = found.filter(({ kind }) => kind === "CronJob").map(({ inputs }) => inputs.spec.jobTemplate.spec);
    const isOneOf = (spec: Any) => repeated.some(({ template }) => isDeepStrictEqual(template, spec.template));
    return found.filter(({ kind, inputs }) => kind !== "Job" || !isOneOf(inputs.spec));
}

/** Everything that makes pods in a namespace, by `Kind/name`. */
export function workloads(deployment: Deployment, namespace: string): Workload[] {
    return podMakers(deployment)
        .filter(({ inputs }) => inputs.metadata.namespace === namespace)
        .map(({ kind, inputs }) => ({ kind, metadata: inputs.metadata, spec: runsOf(kind, inputs.spec) }))
        .map(({ kind, metadata, spec }) => {
            const pod = spec.template.spec;
            const { containers, initContainers = [] } = pod;
            return { title: `${kind}/${metadata.name}`, kind, spec, pod, containers, initContainers };
        })
        .sort((a, b) => a.title.localeCompare(b.title));
}

/** The spec that has the pods' template: a CronJob's is that of its Jobs. */
export function runsOf(kind: string, spec: Any): Any {
    return kind === "CronJob" ? spec.jobTemplate.spec : spec;
}

/** The workload of a namespace that has a name. */
export function workload(deployment: Deployment, namespace: string, name: string): Workload {
    const found = workloads(deployment, namespace).filter(({ title }) => title.split("/")[1] === name);
    if (found.length !== 1) throw new Error(`${found.length} workloads of ${namespace} are named ${name}, not one`);
    return found[0];
}

/** A container of a workload, also one that only prepares. */
export function container({ title, containers, initContainers }: Workload, name: string): Container {
    const found = [...containers, ...initContainers].find((candidate) => candidate.name === name);
    if (!found) throw new Error(`${title} has no container ${name}`);
    return found;
}

/** A container's environment: a variable's value, or where it comes from. */
export function environment({ env = [] }: Container): Record<string, unknown> {
    const variables: Container[] = env;
    return Object.fromEntries(variables.map(({ name, value, valueFrom }) => [name, value ?? valueFrom]));
}
