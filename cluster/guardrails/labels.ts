/** By what the guardrails are told, and tell, about single objects. */

export const group = "guardrails.test-cluster";

/** Label of a namespace in which limits and quotas are not asked for; its value says why. */
export const offLabel = `${group}/off`;

/** Annotation of a policy's binding that a drill lets only warn: what it did before, as a list in JSON. */
export const keptMark = "test-cluster/drill-kept";

/** Label of what was made in a namespace with a quota of its memory; its value is the namespace. */
export const quotaMark = `${group}/quota`;
