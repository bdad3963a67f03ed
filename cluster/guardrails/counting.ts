import { quotaMark } from "./labels";
import { type Policies, forbidden, pods, within, workloads } from "./policy";

const quotas = { apiVersion: "v1", kind: "ResourceQuota" };

/** What needs a quota in its namespace. The stack's own namespaces are made with theirs. */
function counted(stack: string[], system: string[]) {
    return within([pods, ...workloads], [...system, ...stack]);
}

/**
 * Every namespace with pods has a quota.
 * @param marked whether what is in a namespace with a quota has the mark
 */
export function quotaPolicies(stack: string[], system: string[], marked: boolean): Policies {
    const inWords: Policies = {
        quota: {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: counted(stack, system),
                validations: [
                    {
                        ...forbidden,
                        expression: `object.metadata.?labels[?"${quotaMark}"].orValue("") == request.namespace`,
                        message: "the namespace has no ResourceQuota for limits.memory",
                        messageExpression: `"namespace " + request.namespace + " has no ResourceQuota for limits.memory, so nothing"
 + " bounds what runs in it. Give it one with what it needs, then try again: kubectl -n " + request.namespace
 + " create quota budget --hard=requests.memory=1Gi,limits.memory=1Gi,pods=10"`,
                    },
                ],
            },
        },
    };
    return {
        ...(marked ? inWords : {}),
        // Somebody may have written the mark: this looks at the quota itself, for whose absence it has no words.
        "quota-itself": {
            action: "Deny",
            perQuota: true,
            spec: {
                failurePolicy: "Fail",
                paramKind: quotas,
                matchConstraints: {
                    ...counted(stack, system),
                    // Not a condition: those are asked only when there is a quota.
                    ...(marked && { objectSelector: { matchExpressions: [{ key: quotaMark, operator: "Exists" }] } }),
                },
                validations: [{ ...forbidden, expression: "true" }],
            },
        },
    };
}

/** What marks objects of a namespace that has a quota, so that where there is none can be said in words. */
export function markSpec(stack: string[], system: string[]) {
    return {
        failurePolicy: "Fail",
        reinvocationPolicy: "Never",
        paramKind: quotas,
        matchConstraints: counted(stack, system),
        mutations: [
            {
                patchType: "ApplyConfiguration",
                applyConfiguration: {
                    // A quota that only counts pods bounds no memory.
                    expression: `has(params.spec.hard) && "limits.memory" in params.spec.hard
 ? Object{metadata: Object.metadata{labels: {"${quotaMark}": params.metadata.namespace}}}
 : Object{}`,
                },
            },
        ],
    };
}
