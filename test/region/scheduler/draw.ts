import { seeded } from "../../../cluster/capacity/chances";
import { requests } from "../../../cluster/capacity/demand";
import type { Container, Node, Pod, PodSpec } from "../../../cluster/capacity/types";

/** A set of nodes of its own, and pods for it. */
export interface Case {
    name: string;
    /** Pods of different priority all at once, or equal ones in the given order; later one more, or two. */
    kind: "at once" | "one by one" | "replicas";
    nodes: Node[];
    pods: Pod[];
    late: Pod[];
    volumes: Record<string, string[]>;
}

const mib = 2 ** 20;

/** Draws of one case, the same for the same seed. */
class Lots {
    constructor(private readonly random: () => number) {}
    between = (low: number, high: number) => low + Math.floor(this.random() * (high - low + 1));
    among = <T>(...values: T[]): T => values[this.between(0, values.length - 1)];
    chance = (percent: number) => this.random() * 100 < percent;
    shuffled = <T>(values: T[]): T[] => {
        const left = [...values];
        return values.map(() => left.splice(this.between(0, left.length - 1), 1)[0]);
    };
}

export function draw(index: number, seed = 0): Case {
    const lots = new Lots(seeded(1000 * (seed + 1) + index));
    const name = `case-${index}`;
    const kind = index % 5 === 0 ? "one by one" : index % 5 === 1 ? "replicas" : "at once";
    const nodes = drawNodes(lots, name);
    const volumes: Case["volumes"] = {};
    const pods: Pod[] = [];
    // With many wishes, pods wait whatever room there is; with none, the border of what fits is sought.
    const wishes = lots.among(0, 0.3, 1);
    const fill = lots.between(wishes ? 30 : 75, 105) / 100;
    const wanted = Math.min(lots.between(5, 40), lots.between(5, 40));
    for (let group = 0; pods.length < wanted; group++) {
        const count = Math.min(lots.between(1, 7), wanted - pods.length);
        pods.push(...drawGroup(lots, { name, kind, group, count, nodes, volumes, wishes, share: fill / wanted }));
    }
    const priorities = lots.shuffled(pods.map((_, position) => 10 * (position + 1)));
    pods.forEach(({ spec }, position) => {
        spec.priority = kind === "one by one" ? 0 : priorities[position];
        if (kind === "replicas" || lots.chance(30)) spec.preemptionPolicy = "Never";
    });
    const late = kind === "replicas" ? [] : drawLate(lots, name, nodes, pods.length);
    return { name, kind, nodes, pods, late, volumes };
}

function drawNodes(lots: Lots, name: string): Node[] {
    const same = lots.chance(40);
    const size = () => ({
        cpu: lots.among(2000, 3900, 4000),
        memory: lots.among(1800, 3072, 4096, 5688) * mib,
        storage: lots.among(10, 40) * 1024 * mib,
        pods: lots.chance(15) ? lots.between(3, 12) : 110,
    });
    const common = size();
    return Array.from({ length: lots.between(2, 5) }, (_, index) => {
        const own = same ? common : size();
        const labels: Record<string, string> = { case: name, "kubernetes.io/hostname": `${name}-${index}` };
        if (lots.chance(85)) labels["topology.kubernetes.io/zone"] = lots.among("a", "b");
        if (lots.chance(60)) labels.disk = lots.among("ssd", "hdd");
        if (lots.chance(40)) labels.generation = String(lots.between(1, 9));
        const effects = ["NoSchedule", "PreferNoSchedule", "PreferNoSchedule", "NoExecute"];
        const taints = lots.chance(25)
            ? [{ key: lots.among("dedicated", "team"), value: "x", effect: lots.among(...effects) }]
            : [];
        return {
            name: `${name}-${index}`,
            labels,
            taints,
            unschedulable: lots.chance(5) || undefined,
            capacity: own,
            allocatable: own,
        };
    });
}

interface Group {
    name: string;
    kind: Case["kind"];
    group: number;
    count: number;
    nodes: Node[];
    volumes: Case["volumes"];
    /** How much it wants beside CPU and memory: 0 to 1. */
    wishes: number;
    /** Which part of all nodes' memory and CPU a pod asks for, on average. */
    share: number;
}

function drawGroup(lots: Lots, { name, kind, group, count, nodes, volumes, wishes, share }: Group): Pod[] {
    const sum = (of: (node: Node) => number) => nodes.reduce((total, node) => total + of(node), 0);
    const part = (total: number) => Math.max(1, Math.round((total * share * lots.between(20, 180)) / 100));
    const ask = {
        cpu: `${part(sum(({ allocatable }) => allocatable.cpu)) * 0.8 || 1}`.split(".")[0] + "m",
        memory: `${part(sum(({ allocatable }) => allocatable.memory / mib))}Mi`,
    };
    const spec: PodSpec = { ...drawContainers(lots, ask, wishes), ...drawWishes(lots, kind, group, nodes, wishes) };
    if (lots.chance(8)) spec.overhead = { cpu: "10m", memory: "24Mi" };
    // A pod may not ask for less than its containers do; where these ask for nothing, its limit counts.
    const total = Math.ceil(requests({ ...spec, overhead: undefined }).memory / mib);
    if (lots.chance(8))
        spec.resources = total
            ? { requests: { memory: `${total + lots.between(0, 90)}Mi` }, limits: { memory: "64Gi" } }
            : { limits: { cpu: "250m", memory: "300Mi" } };
    return Array.from({ length: count }, (_, index) => {
        const pod: Pod = {
            namespace: name,
            name: `g${group}-${index}`,
            labels: { group: `g${group}`, parity: String(group % 2) },
            owner: kind === "replicas" ? `ReplicaSet g${group}` : "Pod",
            spec: { ...structuredClone(spec), nodeSelector: { ...spec.nodeSelector, case: name } },
        };
        if (lots.chance(4 * wishes)) {
            pod.spec.volumes = [{ persistentVolumeClaim: { claimName: pod.name } }];
            volumes[`${name}/${pod.name}`] = [lots.among(...nodes).name];
        }
        return pod;
    });
}

function drawContainers(
    lots: Lots,
    ask: Record<string, string>,
    wishes: number,
): Pick<PodSpec, "containers" | "initContainers"> {
    const small = { cpu: "20m", memory: "33Mi" };
    const containers: Container[] = [{ name: "main", resources: { requests: ask } }];
    if (lots.chance(10)) containers[0].resources = {};
    else if (lots.chance(15)) containers[0].resources = { limits: ask };
    else if (lots.chance(10)) containers[0].resources = { requests: { memory: ask.memory }, limits: { cpu: "1500m" } };
    if (lots.chance(15)) containers.push({ name: "second", resources: lots.among({}, { requests: small }) });
    if (lots.chance(10))
        containers[0].resources!.requests = { ...containers[0].resources?.requests, "ephemeral-storage": "3Gi" };
    if (lots.chance(12 * wishes))
        containers[0].ports = [{ hostPort: lots.among(8080, 9090), hostIP: lots.among(undefined, "127.0.0.1") }];
    const initContainers: Container[] = [];
    if (lots.chance(15)) initContainers.push({ name: "before", resources: { requests: { memory: "700Mi" } } });
    if (lots.chance(15))
        initContainers.push({ name: "beside", restartPolicy: "Always", resources: { requests: small } });
    if (lots.chance(10)) initContainers.push({ name: "after", resources: { requests: { cpu: "1.1", memory: "90M" } } });
    return initContainers.length ? { containers, initContainers } : { containers };
}

type Wishes = Pick<PodSpec, "nodeSelector" | "affinity" | "tolerations">;

function drawWishes(lots: Lots, kind: Case["kind"], group: number, nodes: Node[], much: number): Wishes {
    const wishes: Wishes = {};
    const wish = (percent: number) => lots.chance(percent * much);
    if (wish(17))
        wishes.nodeSelector = lots.among<Record<string, string>>(
            { disk: "ssd" },
            { "topology.kubernetes.io/zone": "a" },
        );
    if (lots.chance(35)) {
        const effect = lots.among(undefined, "NoSchedule", "PreferNoSchedule");
        wishes.tolerations = [
            lots.among(
                { operator: "Exists" },
                { key: "dedicated", value: "x", effect },
                { key: "team", operator: "Exists" },
            ),
        ];
    }
    const affinity: NonNullable<PodSpec["affinity"]> = {};
    const term = lots.among(
        { matchExpressions: [{ key: "disk", operator: lots.among("Exists", "DoesNotExist") }] },
        { matchExpressions: [{ key: "generation", operator: lots.among("Gt", "Lt"), values: ["4"] }] },
        { matchExpressions: [{ key: "disk", operator: lots.among("In", "NotIn"), values: ["hdd"] }] },
        { matchFields: [{ key: "metadata.name", operator: lots.among("In", "NotIn"), values: [nodes[0].name] }] },
    );
    if (wish(8))
        affinity.nodeAffinity = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
    else if (wish(14))
        affinity.nodeAffinity = {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: lots.between(1, 100), preference: term }],
        };
    const topologyKey = lots.among("kubernetes.io/hostname", "kubernetes.io/hostname", "topology.kubernetes.io/zone");
    const to = (labels: Record<string, string>) => ({ topologyKey, labelSelector: { matchLabels: labels } });
    if (wish(13))
        affinity.podAntiAffinity = {
            requiredDuringSchedulingIgnoredDuringExecution: [
                to(
                    lots.among<Record<string, string>>(
                        { group: `g${group}` },
                        { group: `g${group + 1}` },
                        { parity: "1" },
                    ),
                ),
            ],
        };
    else if (wish(14))
        affinity.podAntiAffinity = {
            preferredDuringSchedulingIgnoredDuringExecution: [
                { weight: lots.between(1, 100), podAffinityTerm: to({ group: `g${group}` }) },
            ],
        };
    // Who waits for others would be tried again at a time of the scheduler's own where pods come one by one.
    if (kind !== "one by one" && wish(10))
        affinity.podAffinity = {
            requiredDuringSchedulingIgnoredDuringExecution: [
                to(
                    lots.among<Record<string, string>>(
                        { group: `g${group}` },
                        { group: `g${lots.between(0, 3)}` },
                        { parity: "0" },
                    ),
                ),
            ],
        };
    if (Object.keys(affinity).length) wishes.affinity = affinity;
    return wishes;
}

/** One or two that need much of a node; most are above some of the others. */
function drawLate(lots: Lots, name: string, nodes: Node[], others: number): Pod[] {
    return Array.from({ length: lots.between(1, 2) }, (_, index) => {
        const { allocatable } = lots.among(...nodes);
        const part = lots.between(15, 95) / 100;
        const requests = {
            cpu: `${Math.round(allocatable.cpu * part * 0.7)}m`,
            memory: `${Math.round((allocatable.memory / mib) * part)}Mi`,
        };
        return {
            namespace: name,
            name: `late-${index}`,
            labels: { group: "late", parity: String(index) },
            owner: "Pod",
            spec: {
                ...drawWishes(lots, "at once", index, nodes, 0.6),
                containers: [{ name: "main", resources: { requests } }],
                nodeSelector: { case: name },
                priority: lots.between(0, others) * 10 + 5 + index,
                preemptionPolicy: lots.chance(10) ? "Never" : undefined,
            },
        };
    });
}
