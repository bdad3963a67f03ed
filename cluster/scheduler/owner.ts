import type { Pod } from "./types";

/** `StatefulSet` of `StatefulSet mysql`. */
export const ownerKind = ({ owner }: Pod): string => owner.split(" ")[0];

/** Whether something makes the pod anew, somewhere, when it is gone: not what its node runs, nor what is pinned. */
export const comesBack = (pod: Pod): boolean =>
    !["", "Pod", "Node"].includes(ownerKind(pod)) && pod.spec.nodeName === undefined;

const classes: Record<string, number> = { "system-node-critical": 2000001000, "system-cluster-critical": 2000000000 };

/** Its number, or its class's where that is one that every cluster has. */
export const priority = ({ spec }: Pod): number => spec.priority ?? classes[spec.priorityClassName ?? ""] ?? 0;
