import { requests, total } from "./demand";
import { matchesNode, means, tolerates } from "./selectors";
import type { Amounts, Container, Node, Pod, PodAffinityTerm, PodSpec, Taint } from "./types";

/** A node and the pods on it. */
export interface Filled {
    node: Node;
    pods: Pod[];
}

/** Why a pod cannot be on a node. */
export interface Objection {
    text: string;
    /** Whether it stands whichever pods leave that node. */
    lasting: boolean;
}

export interface Surroundings {
    /** All nodes. */
    nodes: Filled[];
    /** Volumes that lie on certain nodes: by claim, `namespace/name`, the names of these. */
    volumes: Record<string, string[]>;
}

/** Reckoned once a spec: placing asks for them all the time. */
const known = new WeakMap<PodSpec, Amounts>();

/** A pod's effective requests. */
export function asked({ spec }: Pod): Amounts {
    const amounts = known.get(spec) ?? requests(spec);
    known.set(spec, amounts);
    return amounts;
}

/** What pods ask for together. */
export const askedBy = (pods: Pod[]): Amounts => total(pods.map(asked));

type Filter = (pod: Pod, at: Filled, around: Surroundings) => Objection | undefined;

const objection = (text: string, lasting: boolean): Objection => ({ text, lasting });

const cordon: Filter = ({ spec }, { node }) => {
    const taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
    return node.unschedulable && !tolerates(spec.tolerations, taint) ? objection("it is cordoned", true) : undefined;
};

const written = ({ key, value, effect }: Taint) => `${key}${value ? `=${value}` : ""}:${effect}`;

const taints: Filter = ({ spec }, { node }) => {
    const taint = node.taints.find(
        (taint) => ["NoSchedule", "NoExecute"].includes(taint.effect) && !tolerates(spec.tolerations, taint),
    );
    return taint && objection(`its taint ${written(taint)} is not tolerated`, true);
};

const nodeAffinity: Filter = (pod, { node }) =>
    matchesNode(pod, node) ? undefined : objection("the node selector or node affinity excludes it", true);

interface HostPort {
    port: number;
    protocol: string;
    address: string;
}

function hostPorts({ spec }: Pod): HostPort[] {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === "Always");
    return [...sidecars, ...spec.containers]
        .flatMap(({ ports }: Container) => ports ?? [])
        .flatMap(({ hostPort, hostIP, protocol }) =>
            hostPort ? [{ port: hostPort, protocol: protocol ?? "TCP", address: hostIP || "0.0.0.0" }] : [],
        );
}

const ports: Filter = (pod, { pods }) => {
    const wanted = hostPorts(pod);
    if (wanted.length === 0) return undefined;
    const taken = pods.flatMap(hostPorts);
    const clash = wanted.find(({ port, protocol, address }) =>
        taken.some(
            (other) =>
                other.port === port &&
                other.protocol === protocol &&
                (other.address === address || [other.address, address].includes("0.0.0.0")),
        ),
    );
    return clash && objection(`its port ${clash.port} is taken`, false);
};

const units: Record<keyof Amounts, { name: string; unit: string; size: number }> = {
    cpu: { name: "CPU", unit: "m", size: 1 },
    memory: { name: "memory", unit: " MiB", size: 2 ** 20 },
    storage: { name: "ephemeral storage", unit: " MiB", size: 2 ** 20 },
};

const resources: Filter = (pod, { node, pods }) => {
    const [needs, used] = [asked(pod), askedBy(pods)];
    const texts: string[] = [];
    if (pods.length >= node.allocatable.pods) texts.push(`${pods.length} of ${node.allocatable.pods} pods are there`);
    for (const [kind, { name, unit, size }] of Object.entries(units) as [keyof Amounts, (typeof units)["cpu"]][]) {
        const free = node.allocatable[kind] - used[kind];
        if (needs[kind] === 0 || needs[kind] <= free) continue;
        const tooBig = needs[kind] > node.allocatable[kind];
        const has = Math.max(0, Math.floor((tooBig ? node.allocatable[kind] : free) / size));
        texts.push(
            `needs ${Math.ceil(needs[kind] / size)}${unit} of ${name}, ` +
                (tooBig ? `the node has ${has}${unit} in all` : `${has}${unit} are free`),
        );
    }
    return texts.length ? objection(texts.join("; "), false) : undefined;
};

const volumes: Filter = ({ namespace, spec }, { node }, around) => {
    const elsewhere = (spec.volumes ?? [])
        .map(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName)
        .find((claim) => {
            const nodes: string[] | undefined = claim ? around.volumes[`${namespace}/${claim}`] : undefined;
            return nodes && !nodes.includes(node.name);
        });
    return elsewhere ? objection(`the volume of ${elsewhere} is on another node`, true) : undefined;
};

const required = (pod: Pod, which: "podAffinity" | "podAntiAffinity"): PodAffinityTerm[] =>
    pod.spec.affinity?.[which]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];

/** Whether two nodes are one place by a topology's key; nodes without its label are none. */
const together = (a: Node, b: Node, key: string) => a.labels[key] !== undefined && a.labels[key] === b.labels[key];

const podAffinity: Filter = (pod, { node }, { nodes }) => {
    const terms = required(pod, "podAffinity");
    if (terms.length === 0) return undefined;
    const no = objection("the pods that it must be beside are not there", true);
    if (terms.some(({ topologyKey }) => node.labels[topologyKey] === undefined)) return no;
    const meant = (other: Pod) => terms.every((term) => means(pod, term, other));
    const homes = nodes.filter(({ pods }) => pods.some(meant)).map((filled) => filled.node);
    if (terms.every(({ topologyKey }) => homes.some((home) => together(home, node, topologyKey)))) return undefined;
    // The first of pods that want to be together has nobody to be beside.
    const first = !homes.some((home) => terms.some(({ topologyKey }) => home.labels[topologyKey] !== undefined));
    return first && meant(pod) ? undefined : no;
};

const podAntiAffinity: Filter = (pod, { node }, { nodes }) => {
    const against = (one: Pod, other: Pod, home: Node) =>
        required(one, "podAntiAffinity").some(
            (term) => together(home, node, term.topologyKey) && means(one, term, other),
        );
    for (const { node: home, pods } of nodes)
        for (const other of pods)
            if (against(pod, other, home) || against(other, pod, home))
                return objection(`must not be beside ${other.namespace}/${other.name}`, false);
    return undefined;
};

/** In the scheduler's order: whether putting pods out is worth a try depends on the first objection. */
const filters = [cordon, taints, nodeAffinity, ports, resources, volumes, podAffinity, podAntiAffinity];

/** Whether a pod can be on a node as it is. */
export const fits = (pod: Pod, at: Filled, around: Surroundings): boolean =>
    filters.every((filter) => !filter(pod, at, around));

/** All that speaks against a node, the scheduler's first objection first. */
export const objections = (pod: Pod, at: Filled, around: Surroundings): Objection[] =>
    filters.flatMap((filter) => filter(pod, at, around) ?? []);
