import { scoredRequests } from "./demand";
import { asked, askedBy, type Filled } from "./filters";
import { matchesNode, matchesTerm, means, tolerates } from "./selectors";
import { ownerKind } from "./owner";
import type { Amounts, Node, Pod, PodAffinityTerm, PodSpec } from "./types";

type Score = (pod: Pod, candidates: Filled[], all: Filled[]) => number[];

/** Reckoned once a spec, for a pod that looks for a place and for one that has it. */
const known = { true: new WeakMap<PodSpec, Amounts>(), false: new WeakMap<PodSpec, Amounts>() };

function scored({ spec }: Pod, placed: boolean): Amounts {
    const amounts = known[`${placed}`].get(spec) ?? scoredRequests(spec, placed);
    known[`${placed}`].set(spec, amounts);
    return amounts;
}

/** To 0–100 by the highest; none is above 0 where all are 0. */
function normalized(counts: number[]): number[] {
    const highest = Math.max(...counts);
    return counts.map((count) => (highest === 0 ? 0 : Math.trunc((100 * count) / highest)));
}

const taints: Score = ({ spec }, candidates) => {
    const against = candidates.map(
        ({ node }) =>
            node.taints.filter((taint) => taint.effect === "PreferNoSchedule" && !tolerates(spec.tolerations, taint))
                .length,
    );
    return normalized(against).map((score) => 100 - score);
};

const nodeAffinity: Score = ({ spec }, candidates) => {
    const preferred = spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? [];
    return normalized(
        candidates.map(({ node }) =>
            preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(node, preference) ? weight : 0), 0),
        ),
    );
};

const leastAllocated: Score = (pod, candidates) =>
    candidates.map(({ node, pods }) => {
        const shares = (["cpu", "memory"] as const)
            .filter((kind) => node.allocatable[kind] > 0)
            .map((kind) => {
                const all = node.allocatable[kind];
                const used = pods.reduce((sum, each) => sum + scored(each, true)[kind], scored(pod, false)[kind]);
                return used > all ? 0 : Math.trunc(((all - used) * 100) / all);
            });
        return shares.length ? Math.trunc(shares.reduce((sum, share) => sum + share, 0) / shares.length) : 0;
    });

/** 100 where CPU and memory are used to the same share. */
function balance({ allocatable }: Node, used: Amounts): number {
    const shares = (["cpu", "memory"] as const)
        .filter((kind) => allocatable[kind] > 0)
        .map((kind) => Math.min(1, used[kind] / allocatable[kind]));
    return Math.trunc((1 - (shares.length === 2 ? Math.abs((shares[0] - shares[1]) / 2) : 0)) * 100);
}

const balanced: Score = (pod, candidates) => {
    if (asked(pod).cpu === 0 && asked(pod).memory === 0) return candidates.map(() => 0);
    return candidates.map(({ node, pods }) => {
        const better = balance(node, askedBy([...pods, pod])) - balance(node, askedBy(pods));
        return 50 + Math.trunc((50 + better) / 2);
    });
};

/** What pods wish of each other's place: the new one of those that are there, and those of it. */
const podAffinity: Score = (pod, candidates, all) => {
    const byPlace = new Map<string, number>();
    const place = (key: string, node: Node) => `${key}=${node.labels[key]}`;
    const wish = (of: Pod, term: PodAffinityTerm, about: Pod, home: Node, weight: number) => {
        if (home.labels[term.topologyKey] === undefined || !means(of, term, about)) return;
        const at = place(term.topologyKey, home);
        byPlace.set(at, (byPlace.get(at) ?? 0) + weight);
    };
    const preferences = (of: Pod, about: Pod, home: Node) => {
        for (const [which, sign] of [
            ["podAffinity", 1],
            ["podAntiAffinity", -1],
        ] as const)
            for (const each of of.spec.affinity?.[which]?.preferredDuringSchedulingIgnoredDuringExecution ?? [])
                wish(of, each.podAffinityTerm, about, home, sign * each.weight);
    };
    for (const { node, pods } of all)
        for (const other of pods) {
            preferences(pod, other, node);
            preferences(other, pod, node);
            // Where a pod must be beside others, these are drawn to it too.
            for (const term of other.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [])
                wish(other, term, pod, node, 1);
        }
    const keys = new Set([...byPlace.keys()].map((at) => at.slice(0, at.indexOf("="))));
    const sums = candidates.map(({ node }) =>
        [...keys].reduce((sum, key) => sum + (byPlace.get(place(key, node)) ?? 0), 0),
    );
    const [low, high] = [Math.min(...sums), Math.max(...sums)];
    return sums.map((sum) => (high > low ? Math.trunc(100 * ((sum - low) / (high - low))) : 0));
};

/** Replicas keep apart: over nodes, and less strictly over zones. */
const spread: Score = (pod, candidates, all) => {
    if (!["Deployment", "ReplicaSet", "StatefulSet", "ReplicationController"].includes(ownerKind(pod)))
        return candidates.map(() => 0);
    const alike = (filled: Filled) =>
        filled.pods.filter(({ namespace, owner }) => namespace === pod.namespace && owner === pod.owner).length;
    const zone = ({ node }: Filled): string | undefined => node.labels["topology.kubernetes.io/zone"];
    const zones = new Set(candidates.map(zone));
    const crowd = candidates.map((candidate) => {
        let score = 0;
        if (candidate.node.labels["kubernetes.io/hostname"] !== undefined)
            score += alike(candidate) * Math.log(candidates.length + 2) + 2;
        if (zone(candidate) !== undefined) {
            const there = all.filter((other) => zone(other) === zone(candidate) && matchesNode(pod, other.node));
            score += there.reduce((sum, other) => sum + alike(other), 0) * Math.log(zones.size + 2) + 4;
        }
        return Math.round(score);
    });
    const [low, high] = [Math.min(...crowd), Math.max(...crowd)];
    return crowd.map((score) => (high === 0 ? 100 : Math.trunc((100 * (high + low - score)) / high)));
};

const weighted: [Score, number][] = [
    [taints, 3],
    [nodeAffinity, 2],
    [podAffinity, 2],
    [spread, 2],
    [leastAllocated, 1],
    [balanced, 1],
];

/** How good each of the nodes that a pod fits on is for it: the sum of the scheduler's scores. */
export function scores(pod: Pod, candidates: Filled[], all: Filled[]): number[] {
    const each = weighted.map(([score, weight]) => score(pod, candidates, all).map((value) => value * weight));
    return candidates.map((_, index) => each.reduce((sum, values) => sum + values[index], 0));
}
