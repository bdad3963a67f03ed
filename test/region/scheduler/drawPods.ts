import { requests } from "../../../cluster/scheduler/demand";
import type { Container, Node, Pod, PodSpec } from "../../../cluster/scheduler/types";
import { type Lots, mib } from "./lots";

/** How a case's pods come: of different priority all at once, equal ones in the given order, or as replicas. */
export type Kind = "at once" | "one by one" | "replicas";

/** By claim, the names of the nodes that its volume lies on. */
export type Volumes = Record<string, string[]>;

export interface Group {
    name: string;
    kind: Kind;
    group: number;
    count: number;
    nodes: Node[];
    volumes: Volumes;
    /** How much it wants beside CPU and memory: 0 to 1. */
    wishes: number;
    /** Which part of all nodes' memory and CPU a pod asks for, on average. */
    share: number;
}

/** Pods that are alike, with all that they want. */
export function drawGroup(lots: Lots, { name, kind, group, count, nodes, volumes, wishes, share }: Group): Pod[] {
    const sum = (of: (node: Node) => number) => nodes.reduce((total, node) => total + of(node), 0);
    const part = (total: number) => Math.max(1, Math.round((total * share * lots.between(20, 180)) / 100));
    // Now and then exactly a part of a node, which then fits so many times and not once more.
    const [{ allocatable }, parts] = [lots.among(...nodes), lots.between(2, 6)];
    const ask = lots.chance(8)
        ? { cpu: `${Math.floor(allocatable.cpu / parts)}m`, memory: `${Math.floor(allocatable.memory / parts)}` }
        : {
              cpu: `${Math.ceil(part(sum(({ allocatable }) => allocatable.cpu)) * 0.8)}m`,
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

export function drawWishes(lots: Lots, kind: Kind, group: number, nodes: Node[], much: number): Wishes {
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
