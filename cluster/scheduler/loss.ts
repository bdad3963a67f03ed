import { comesBack, ownerKind } from "./owner";
import { settle, type PlaceOptions } from "./schedule";
import type { Loss, Node, Placement, Pod } from "./types";

/**
 * What happens when a node is lost for good: of the pods that were on it, those that a controller makes anew come back
 * elsewhere, by priority. `placement` is where everything lies before, of all `pods`.
 */
export function withoutNode(
    nodes: Node[],
    placement: Placement,
    pods: Pod[],
    lost: string,
    options: PlaceOptions = {},
): Loss {
    const there = pods.filter((pod) => placement.placed.get(pod) === lost);
    const returns = (pod: Pod) => comesBack(pod) && ownerKind(pod) !== "DaemonSet";
    const returning = there.filter(returns);
    const waited = placement.waiting.map(({ pod }) => pod).filter((pod) => pod.spec.nodeName === undefined);
    const bound = new Map([...placement.placed].filter(([, node]) => node !== lost));
    const after = settle(
        nodes.filter(({ name }) => name !== lost),
        bound,
        pods.filter((pod) => returning.includes(pod) || waited.includes(pod)),
        options,
    );
    return {
        node: lost,
        gone: there.filter((pod) => !returns(pod)),
        back: [...after.placed].filter(([pod]) => returning.includes(pod)).map(([pod, node]) => ({ pod, node })),
        waiting: after.waiting,
        preempted: after.preempted.map((pod) => ({ pod, by: after.preemptors.get(pod)! })),
        placement: after,
    };
}
