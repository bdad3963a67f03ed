import type * as kubernetes from "@pulumi/kubernetes";
import { group, offLabel, quotaMark } from "./labels";
import { ownClasses, ownPriority } from "./priorities";

/** What is refused, as Kubernetes' built-in admission policies: no webhook that could be away. Pure texts. */

type Spec<T> = kubernetes.types.input.admissionregistration.v1.ValidatingAdmissionPolicySpec & T;
type Rule = kubernetes.types.input.admissionregistration.v1.NamedRuleWithOperations;

/** A policy with how it is bound. */
export interface Policy {
    spec: Spec<object>;
    /** Refuse, or let in and say so to whoever asked. */
    action: "Deny" | "Warn";
    /** Looked at with every quota of the object's namespace, and refused where there is none. */
    perQuota?: boolean;
}

/** Kubernetes' own namespaces, and the network's: they must come up whatever is said here. */
export const systemNamespaces = ["kube-system", "kube-public", "kube-node-lease", "kube-flannel"];

const pods: Rule = { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] };

/** What people make pods with: refused there, they are told at once and not in an event of a ReplicaSet. */
const workloads: Rule[] = [
    {
        apiGroups: ["apps"],
        apiVersions: ["v1"],
        resources: ["deployments", "statefulsets", "daemonsets"],
        operations: ["CREATE"],
    },
    { apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs", "cronjobs"], operations: ["CREATE"] },
];

/** Which objects a policy is about: in every namespace but these, and not where the guardrails are off. */
function within(rules: Rule[], exempt: string[], canBeOff = true) {
    const off = { key: offLabel, operator: "DoesNotExist" };
    return {
        resourceRules: rules,
        namespaceSelector: {
            matchExpressions: [
                { key: "kubernetes.io/metadata.name", operator: "NotIn", values: exempt },
                ...(canBeOff ? [off] : []),
            ],
        },
    };
}

const forbidden = { reason: "Forbidden" };

/** The pod that an object is, or is a template of. */
const podSpec = `object.kind == "Pod" ? object.spec
 : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec
 : object.spec.template.spec`;

/** Containers without a memory limit, by name; none where the pod as a whole has one. */
const unlimited = [
    { name: "pod", expression: podSpec },
    {
        name: "unlimited",
        expression: `variables.pod.?resources.?limits[?"memory"].hasValue() ? []
 : (variables.pod.containers + variables.pod.?initContainers.orValue([]))
   .filter(c, !c.?resources.?limits[?"memory"].hasValue()).map(c, c.name)`,
    },
];

const without = `(size(variables.unlimited) == 1 ? "container " : "containers ") + variables.unlimited.join(", ")
 + (size(variables.unlimited) == 1 ? " has" : " have") + " no memory limit: one leak would take the whole node. `;

const setLimit = `Say how much each may use, as resources: {limits: {memory: 256Mi}} in the manifest or the chart's values`;

const otherClass = `Name no class, or one of your own below ${ownPriority}: kubectl create priorityclass NAME --value=1000`;

const quotas = { apiVersion: "v1", kind: "ResourceQuota" };

/** What needs a quota in its namespace. The stack's own namespaces are made with theirs. */
function counted(stack: string[], system: string[]) {
    return within([pods, ...workloads], [...system, ...stack]);
}

/**
 * The policies by name.
 * @param stack the stack's own namespaces
 * @param system those that are left alone
 * @param marked whether what is in a namespace with a quota has the mark
 */
export function policies(stack: string[], system: string[], marked: boolean): Record<string, Policy> {
    const quota: Record<string, Policy> = {
        quota: {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: counted(stack, system),
                validations: [
                    {
                        ...forbidden,
                        expression: `object.metadata.?annotations[?"${quotaMark}"].orValue("")
 .startsWith(request.namespace + "/")`,
                        message: "the namespace has no ResourceQuota",
                        messageExpression: `"namespace " + request.namespace + " has no ResourceQuota, so nothing bounds"
 + " what runs in it. Give it one with what it needs, then try again: kubectl -n " + request.namespace
 + " create quota budget --hard=requests.memory=1Gi,limits.memory=1Gi,pods=10"`,
                    },
                ],
            },
        },
    };
    return {
        // A default of the namespace's LimitRange has been filled in when this is asked.
        "memory-limit": {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: within([pods], system),
                variables: unlimited,
                validations: [
                    {
                        ...forbidden,
                        expression: "size(variables.unlimited) == 0",
                        message: `a container has no memory limit. ${setLimit}`,
                        messageExpression: `${without}${setLimit}"`,
                    },
                ],
            },
        },
        // Said and not refused: whether a LimitRange gives its pods a default is not known here.
        "memory-limit-of-workload": {
            action: "Warn",
            spec: {
                failurePolicy: "Ignore",
                matchConstraints: within(
                    workloads.map((rule) => ({ ...rule, operations: ["CREATE", "UPDATE"] })),
                    system,
                ),
                variables: unlimited,
                validations: [
                    {
                        expression: "size(variables.unlimited) == 0",
                        message: `a container has no memory limit. ${setLimit}`,
                        messageExpression: `${without}Its pods will be refused unless a LimitRange of the namespace has a"
 + " default for them. ${setLimit}, or: kubectl -n " + request.namespace + " set resources " + object.kind.lowerAscii()
 + "/" + object.metadata.?name.orValue("NAME") + " --limits=memory=256Mi"`,
                    },
                ],
            },
        },
        ...(marked ? quota : {}),
        // Somebody may have written the mark: this looks at the quota itself, for whose absence it has no words.
        "quota-itself": {
            action: "Deny",
            perQuota: true,
            spec: {
                failurePolicy: "Fail",
                paramKind: quotas,
                matchConstraints: counted(stack, system),
                matchConditions: marked
                    ? [{ name: "marked", expression: `object.metadata.?annotations[?"${quotaMark}"].hasValue()` }]
                    : [],
                validations: [{ ...forbidden, expression: "true" }],
            },
        },
        // By number: a chart may bring a class of its own that is above everything. No label switches this off.
        priority: {
            action: "Deny",
            spec: {
                failurePolicy: "Fail",
                matchConstraints: within([pods], [...system, ...stack], false),
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
                matchConstraints: within(workloads, [...system, ...stack], false),
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
                    expression: `Object{metadata: Object.metadata{annotations: {
 "${quotaMark}": params.metadata.namespace + "/" + params.metadata.name}}}`,
                },
            },
        ],
    };
}
