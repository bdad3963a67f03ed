/** By what the guardrails are told, and tell, about single objects. */

export const group = "guardrails.test-cluster";

/** Label of a namespace in which limits and quotas are not asked for; its value says why. */
export const offLabel = `${group}/off`;

/** Label of what was made in a namespace with a quota of its memory; its value is the namespace. */
export const quotaMark = `${group}/quota`;
