import { type Filled, fits, objections, type Surroundings } from "./filters";
import { priority } from "./owner";
import type { Pod } from "./types";

export interface Candidate {
    at: Filled;
    /** Who would have to leave, the most important first. */
    victims: Pod[];
}

/** Where a pod could be if others left: the best of such nodes, several where they are equally good. */
export function preemptions(pod: Pod, around: Surroundings, since: (pod: Pod) => number): Candidate[] {
    if (pod.spec.preemptionPolicy === "Never") return [];
    const candidates = around.nodes.flatMap((at) => {
        const victims = victimsOn(pod, at, around, since);
        return victims.length ? [{ at, victims }] : [];
    });
    return best(candidates, since);
}

/** The fewest and least important pods that must leave a node; none where it would not help. */
function victimsOn(pod: Pod, at: Filled, around: Surroundings, since: (pod: Pod) => number): Pod[] {
    if (objections(pod, at, around)[0]?.lasting) return [];
    const lower = at.pods.filter((other) => priority(other) < priority(pod));
    if (lower.length === 0) return [];
    const fitsBeside = (pods: Pod[]) => {
        const tried = { node: at.node, pods };
        const nodes = around.nodes.map((filled) => (filled === at ? tried : filled));
        return fits(pod, tried, { ...around, nodes });
    };
    let staying = at.pods.filter((other) => !lower.includes(other));
    if (!fitsBeside(staying)) return [];
    const victims: Pod[] = [];
    for (const other of lower.sort((a, b) => priority(b) - priority(a) || since(a) - since(b))) {
        if (fitsBeside([...staying, other])) staying = [...staying, other];
        else victims.push(other);
    }
    return victims;
}

/** By the scheduler's criteria, one after the other, as long as there are several. */
function best(candidates: Candidate[], since: (pod: Pod) => number): Candidate[] {
    const costs: ((candidate: Candidate) => number)[] = [
        ({ victims }) => priority(victims[0]),
        // Priorities are made positive, so that two victims never cost less than one of them.
        ({ victims }) => victims.reduce((sum, victim) => sum + priority(victim) + 2 ** 31, 0),
        ({ victims }) => victims.length,
        ({ victims }) => -Math.min(...victims.filter((victim) => priority(victim) === priority(victims[0])).map(since)),
    ];
    return costs.reduce((left, cost) => {
        const lowest = Math.min(...left.map(cost));
        return left.filter((candidate) => cost(candidate) === lowest);
    }, candidates);
}
