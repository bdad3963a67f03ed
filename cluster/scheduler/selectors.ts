import type { LabelRequirement, LabelSelector, Node, NodeSelectorTerm, Pod, PodAffinityTerm } from "./types";
import type { Taint, Toleration } from "./types";

type Labels = Record<string, string>;

function meets(labels: Labels, { key, operator, values = [] }: LabelRequirement): boolean {
    const value: string | undefined = labels[key];
    switch (operator) {
        case "In":
            return value !== undefined && values.includes(value);
        case "NotIn":
            return value === undefined || !values.includes(value);
        case "Exists":
            return value !== undefined;
        case "DoesNotExist":
            return value === undefined;
        case "Gt":
            return Number.parseInt(value, 10) > Number(values[0]);
        case "Lt":
            return Number.parseInt(value, 10) < Number(values[0]);
        default:
            return false;
    }
}

const hasAll = (labels: Labels, wanted: Labels = {}) =>
    Object.entries(wanted).every(([key, value]) => labels[key] === value);

/** None selects nothing, an empty one everything. */
function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
    if (!selector) return false;
    const { matchLabels, matchExpressions = [] } = selector;
    return hasAll(labels, matchLabels) && matchExpressions.every((requirement) => meets(labels, requirement));
}

/** Whether a node is what a term asks for; an empty term asks for nothing that is. */
export function matchesTerm(node: Node, { matchExpressions = [], matchFields = [] }: NodeSelectorTerm): boolean {
    const fields: Labels = { "metadata.name": node.name };
    return (
        matchExpressions.length + matchFields.length > 0 &&
        matchExpressions.every((requirement) => meets(node.labels, requirement)) &&
        matchFields.every((requirement) => meets(fields, requirement))
    );
}

/** Whether a pod may be on a node by its node selector and its required node affinity. */
export function matchesNode({ spec }: Pod, node: Node): boolean {
    const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
    return (
        hasAll(node.labels, spec.nodeSelector) &&
        (!required || required.nodeSelectorTerms.some((term) => matchesTerm(node, term)))
    );
}

/** Whether `other` is one that a pod's term means: by itself, in the pod's own namespace. */
export function means(pod: Pod, term: PodAffinityTerm, other: Pod): boolean {
    const namespaces = term.namespaces?.length ? term.namespaces : [pod.namespace];
    return namespaces.includes(other.namespace) && selects(term.labelSelector, other.labels);
}

export function tolerates(tolerations: Toleration[] | undefined, taint: Taint): boolean {
    return (tolerations ?? []).some(
        ({ key, operator, value, effect }) =>
            (!effect || effect === taint.effect) &&
            (key ? key === taint.key : operator === "Exists") &&
            (operator === "Exists" || (value ?? "") === (taint.value ?? "")),
    );
}
