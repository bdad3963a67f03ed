import { quotaPolicies } from "./counting";
import { group, offLabel } from "./labels";
import { limitPolicies } from "./limits";
import { type Policies, forbidden, podSpec, pods, within, workloads } from "./policy";
import { ownClasses, ownPriority } from "./tiers";

/** Kubernetes' own namespaces, and the network's: they must come up whatever is said here. */
export const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "kube-flannel"];

/**
 * The policies by name: what is refused, and what is said then.
 * @param stack the stack's own namespaces
 * @param system those that are left alone
 * @param marked whether what is in a namespace with a quota has the mark
 */
export function policies(stack: string[], system: string[], marked: boolean): Policies {
    return {
        ...limitPolicies(system),
        ...quotaPolicies(stack, system, marked),
        ...priorityPolicies([...system, ...stack]),
        ...offPolicy,
    };
}

const otherClass = `Name no class, or one of your own below ${ownPriority}: kubectl create priorityclass NAME --value=1000`;

/** The high priorities are the stack's and the system's. No label of a namespace switches this off. */
function priorityPolicies(exempt: string[]): Policies {
    return {
        // By number: a chart may bring a class of its own that is above everything.
        priority: {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: within([pods], exempt, false),
                validations: [
                    {
                        ...forbidden,
                        expression: `object.spec.?priority.orValue(0) < ${ownPriority}`,
                        message: `priorities from ${ownPriority} are the stack's and the system's`,
                        messageExpression: `"priority class " + object.spec.?priorityClassName.orValue("-") + " has priority "
 + string(object.spec.priority) + "; from ${ownPriority} on they are for the stack's own data and platform, which this pod"
 + " could push out. ${otherClass}"`,
                    },
                ],
            },
        },
        "priority-of-workload": {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: within(workloads, exempt, false),
                variables: [{ name: "pod", expression: podSpec }],
                validations: [
                    {
                        ...forbidden,
                        expression: `!(variables.pod.?priorityClassName.orValue("") in ${JSON.stringify(ownClasses)})`,
                        message: `${ownClasses.join(", ")} are the stack's and the system's priority classes`,
                        messageExpression: `"priority class " + variables.pod.priorityClassName + " is for the stack's own"
 + " data and platform, which this could push out. ${otherClass}"`,
                    },
                ],
            },
        },
    };
}

/** Who may switch the guardrails of a namespace off. */
const offPolicy: Policies = {
    off: {
        action: "Deny",
        spec: {
            failurePolicy: "Fail",
            matchConstraints: {
                resourceRules: [
                    {
                        apiGroups: [""],
                        apiVersions: ["v1"],
                        resources: ["namespaces"],
                        operations: ["CREATE", "UPDATE"],
                    },
                ],
            },
            variables: [
                { name: "reason", expression: `object.metadata.?labels[?"${offLabel}"]` },
                {
                    name: "before",
                    expression: `oldObject == null ? optional.none() : oldObject.metadata.?labels[?"${offLabel}"]`,
                },
            ],
            validations: [
                {
                    ...forbidden,
                    // Switching on again is anybody's.
                    expression: `!variables.reason.hasValue() || variables.reason == variables.before
    || authorizer.group("${group}").resource("guardrails").name(object.metadata.name).check("switch-off").allowed()`,
                    message: `only an administrator switches a namespace's guardrails off (label ${offLabel})`,
                    messageExpression: `"only an administrator switches a namespace's guardrails off: somebody who may"
    + " switch-off guardrails.${group}. Ask one for: kubectl label namespace " + object.metadata.name
    + " ${offLabel}=REASON"`,
                },
                {
                    ...forbidden,
                    expression: `variables.reason.orValue("-") != "" || variables.reason == variables.before`,
                    message: `say why: kubectl label namespace NAME ${offLabel}=REASON`,
                },
            ],
        },
    },
};
