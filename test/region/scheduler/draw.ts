import { seeded } from "../../../cluster/scheduler/chances";
import type { Node, Pod } from "../../../cluster/scheduler/types";
import { drawGroup, drawWishes, type Kind, type Volumes } from "./drawPods";
import { Lots, mib } from "./lots";

/** A set of nodes of its own, and pods for it. */
export interface Case {
    name: string;
    kind: Kind;
    nodes: Node[];
    pods: Pod[];
    /** One more, or two, that come when the others have their places. */
    late: Pod[];
    volumes: Volumes;
}

export function draw(index: number, seed = 0): Case {
    const lots = new Lots(seeded(1000 * (seed + 1) + index));
    const name = `case-${index}`;
    const kind = index % 5 === 0 ? "one by one" : index % 5 === 1 ? "replicas" : "at once";
    const nodes = drawNodes(lots, name);
    const volumes: Volumes = {};
    const pods: Pod[] = [];
    // With many wishes, pods wait whatever room there is; with none, the border of what fits is sought.
    const wishes = lots.among(0, 0, 0.3, 1);
    const fill = lots.between(wishes ? 25 : 50, 95) / 100;
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
        pods: lots.chance(10) ? lots.between(3, 12) : 110,
    });
    const common = size();
    return Array.from({ length: lots.between(2, 5) }, (_, index) => {
        const own = same ? common : size();
        const labels: Record<string, string> = { case: name, "kubernetes.io/hostname": `${name}-${index}` };
        if (lots.chance(85)) labels["topology.kubernetes.io/zone"] = lots.among("a", "b");
        if (lots.chance(60)) labels.disk = lots.among("ssd", "hdd");
        if (lots.chance(40)) labels.generation = String(lots.between(1, 9));
        const effects = ["NoSchedule", "PreferNoSchedule", "PreferNoSchedule", "NoExecute"];
        const taints = lots.chance(20)
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
