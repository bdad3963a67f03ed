import type { PlaceOptions } from "./schedule";
import type { Loss, Node, Placement, Pod } from "./types";

/** What happens when a node is lost for good. */
export function withoutNode(
    _nodes: Node[],
    _placement: Placement,
    _pods: Pod[],
    _lost: string,
    _options: PlaceOptions = {},
): Loss {
    throw new Error("not yet");
}
