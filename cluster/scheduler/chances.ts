import { place, type PlaceOptions } from "./schedule";
import type { Node, Placement, Pod } from "./types";

/** What may happen where the scheduler draws lots between equally good nodes. */
export interface Chances {
    /** With the first of equally good nodes each time. */
    placement: Placement;
    /** Pods that wait whatever the lots are. */
    always: Pod[];
    /** Pods that wait with some lots, and with others not: for these, the answer is "perhaps". */
    sometimes: Pod[];
}

/** Places the pods once as `place` does, and once for every seed; a pod that is put out and stays away counts as waiting. */
export function chances(nodes: Node[], pods: Pod[], options: PlaceOptions = {}, seeds = 20): Chances {
    const placement = place(nodes, pods, options);
    const runs = [placement, ...Array.from({ length: seeds }, (_, seed) => place(nodes, pods, drawing(options, seed)))];
    const times = (pod: Pod) => runs.filter(({ placed }) => !placed.has(pod)).length;
    return {
        placement,
        always: pods.filter((pod) => times(pod) === runs.length),
        sometimes: pods.filter((pod) => times(pod) > 0 && times(pod) < runs.length),
    };
}

function drawing(options: PlaceOptions, seed: number): PlaceOptions {
    const random = seeded(seed);
    return { ...options, choose: (_, equal) => equal[Math.floor(random() * equal.length)] };
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    };
}
