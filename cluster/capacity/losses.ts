import type { Host } from "../../config";
import { mark, usesOf, type Outcome, type Plan } from "./complaints";
import { withoutNode } from "../scheduler/loss";
import { ownerKind, priority } from "../scheduler/owner";
import type { Loss, Pod } from "../scheduler/types";
import { percent } from "../words";

/** What one lost node comes to. */
export interface LossLine {
    node: string;
    text: string;
    /** Whether somebody waits for want of room: no repair of a disk or host ends that. */
    short: boolean;
}

/** What happens when a node is lost, in a line: who comes back and who waits, by priority. */
export function lossOf(host: Host, plan: Plan, { pods, placement }: Outcome): LossLine {
    const node = host.name;
    if (host.role === "control-plane") {
        const text = "nothing is moved until it is back: what moves pods runs there";
        return { node, text, short: false };
    }
    // What runs once has run by then.
    const lasting = pods.filter((pod) => ownerKind(pod) !== "Job");
    const placed = new Map([...placement.placed].filter(([pod]) => lasting.includes(pod)));
    const loss = withoutNode(plan.nodes, { ...placement, placed }, lasting, node, { volumes: plan.volumes });
    const onDisk = ({ pod: { namespace, spec } }: Loss["waiting"][number]) =>
        (spec.volumes ?? []).some(({ persistentVolumeClaim: claim }) =>
            plan.volumes[`${namespace}/${claim?.claimName}`]?.includes(node),
        );
    const waiting = loss.waiting.filter(({ pod }) => placed.has(pod)).sort((a, b) => priority(b.pod) - priority(a.pod));
    const [disks, room] = [waiting.filter(onDisk), waiting.filter((one) => !onDisk(one))].map((list) =>
        names(list.map(({ pod }) => pod)),
    );
    const full = usesOf(
        plan.nodes.filter(({ name }) => name !== node),
        loss.placement,
    ).filter((use) => use.memory > mark(use.node, "memory", plan.watermarks));
    const parts = [
        ...comeBack(loss),
        ...(disks.length
            ? [`${disks.join(", ")} wait${disks.length > 1 ? "" : "s"} for data disks that are on it`]
            : []),
        ...(room.length ? [`no room for ${room.join(", ")}`] : []),
        ...loss.preempted.map(({ pod, by }) => `${names([pod])[0]} makes room for ${names([by])[0]}`),
        ...full.map(
            (use) => `memory of ${use.node.name} is then at ${percent(use.memory, use.node.allocatable.memory)}`,
        ),
    ];
    return { node, text: parts.join("; ") || "nothing has to move", short: room.length > 0 };
}

/** `kibana, nacos come back on node-01`, for every node. */
function comeBack({ back }: Loss): string[] {
    return [...new Set(back.map(({ node }) => node))].map((node) => {
        const pods = names(back.filter((one) => one.node === node).map(({ pod }) => pod));
        return `${pods.join(", ")} come${pods.length > 1 ? "" : "s"} back on ${node}`;
    });
}

/** Each workload once. */
function names(pods: Pod[]): string[] {
    return [...new Set(pods.map(({ owner }) => owner.split(" ")[1]))];
}
