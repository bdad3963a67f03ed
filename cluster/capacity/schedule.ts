import type { Node, Placement, Pod } from "./types";

/** What a placement depends on beside nodes and pods. */
export interface PlaceOptions {
    /** Volumes that lie on certain nodes: by claim, `namespace/name`, the names of these. */
    volumes?: Record<string, string[]>;
    /** Among nodes that are equally good, which; the first in the given order by default. */
    choose?: (pod: Pod, equal: string[]) => string;
}

/** Finds a place for every pod, as the scheduler would. */
export function place(_nodes: Node[], _pods: Pod[], _options: PlaceOptions = {}): Placement {
    throw new Error("not yet");
}

/** What may happen where the scheduler draws lots between equally good nodes. */
export interface Chances {
    /** With the first of equally good nodes each time. */
    placement: Placement;
    /** Pods that wait whatever the lots are. */
    always: Pod[];
    /** Pods that wait with some lots, and with others not: for these, the answer is "perhaps". */
    sometimes: Pod[];
}

/** Places the pods once for every seed. */
export function chances(_nodes: Node[], _pods: Pod[], _options: PlaceOptions = {}, _seeds = 20): Chances {
    throw new Error("not yet");
}
