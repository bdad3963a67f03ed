/** What the capacity of a cluster is reckoned in, and of what. */

/** CPU in millicores; memory and ephemeral storage in bytes. */
export interface Amounts {
    cpu: number;
    memory: number;
    storage: number;
}

/** A container of a pod, as a manifest has it: only what capacity and placement depend on. */
export interface Container {
    name: string;
    image?: string;
    resources?: { requests?: Record<string, string>; limits?: Record<string, string> };
    /** `Always` makes an init container a sidecar, which goes on beside the others. */
    restartPolicy?: string;
    ports?: { hostPort?: number; hostIP?: string; protocol?: string }[];
}

export interface LabelRequirement {
    key: string;
    operator: string;
    values?: string[];
}

export interface LabelSelector {
    matchLabels?: Record<string, string>;
    matchExpressions?: LabelRequirement[];
}

export interface NodeSelectorTerm {
    matchExpressions?: LabelRequirement[];
    matchFields?: LabelRequirement[];
}

export interface PodAffinityTerm {
    topologyKey: string;
    labelSelector?: LabelSelector;
    namespaces?: string[];
}

/** Affinity to other pods, or against them. */
export interface PodAffinity {
    requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];
    preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; podAffinityTerm: PodAffinityTerm }[];
}

export interface Toleration {
    key?: string;
    operator?: string;
    value?: string;
    effect?: string;
}

export interface Taint {
    key: string;
    value?: string;
    effect: string;
}

/** A pod's spec in Kubernetes' own words: only what capacity and placement depend on. */
export interface PodSpec {
    containers: Container[];
    initContainers?: Container[];
    overhead?: Record<string, string>;
    /** Of the whole pod (`PodLevelResources`). */
    resources?: Container["resources"];
    nodeName?: string;
    nodeSelector?: Record<string, string>;
    affinity?: {
        nodeAffinity?: {
            requiredDuringSchedulingIgnoredDuringExecution?: { nodeSelectorTerms: NodeSelectorTerm[] };
            preferredDuringSchedulingIgnoredDuringExecution?: { weight: number; preference: NodeSelectorTerm }[];
        };
        podAffinity?: PodAffinity;
        podAntiAffinity?: PodAffinity;
    };
    tolerations?: Toleration[];
    priorityClassName?: string;
    /** The number that the class stands for. */
    priority?: number;
    preemptionPolicy?: string;
    /** Claims whose volume is on one node bind the pod to it. */
    volumes?: { persistentVolumeClaim?: { claimName: string } }[];
}

/** One pod that asks for a place. */
export interface Pod {
    namespace: string;
    name: string;
    labels: Record<string, string>;
    /** What it belongs to, such as `StatefulSet mysql`. */
    owner: string;
    /** Where it runs already, put there by the scheduler; its spec's own `nodeName` would pin it there for ever. */
    node?: string;
    spec: PodSpec;
}

/** A node: what it has, and what of that pods may ask for. */
export interface Node {
    name: string;
    labels: Record<string, string>;
    taints: Taint[];
    /** Cordoned. */
    unschedulable?: boolean;
    capacity: Amounts & { pods: number };
    allocatable: Amounts & { pods: number };
}

/** A workload: a pod's template and how many of it there are. */
export interface Workload {
    kind: string;
    namespace: string;
    name: string;
    /** How many pods at once; of a DaemonSet: one for every node that it may run on. */
    replicas: number | "per node";
    labels: Record<string, string>;
    spec: PodSpec;
}

/** Where pods came to lie. */
export interface Placement {
    /** By pod, the name of its node. */
    placed: Map<Pod, string>;
    /** Pods without a place, and what each node says against them. */
    waiting: { pod: Pod; reasons: Record<string, string> }[];
    /** Pods that had a place and were put out for one of higher priority; they are waiting or placed again, if at all. */
    preempted: Pod[];
    /** By pod that was put out, the pod that took its place. */
    preemptors: Map<Pod, Pod>;
}

/** What becomes of a node's pods when it is lost. */
export interface Loss {
    node: string;
    /** The node's own: DaemonSets' pods, pinned and static ones, and pods that nothing makes anew. */
    gone: Pod[];
    /** Who came back, and where, in the order in which they did. */
    back: { pod: Pod; node: string }[];
    /** Who has no place any more, wherever it was before, and what each node says against it. */
    waiting: Placement["waiting"];
    /** Who elsewhere was put out for whom. */
    preempted: { pod: Pod; by: Pod }[];
    /** Everything as it is afterwards. */
    placement: Placement;
}
