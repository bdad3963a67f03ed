import type * as kubernetes from "@pulumi/kubernetes";
import { offLabel } from "./labels";

/** What the guardrails' policies are made of: Kubernetes' built-in admission, no webhook that could be away. */

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

export type Policies = Record<string, Policy>;

export const pods: Rule = { apiGroups: [""], apiVersions: ["v1"], resources: ["pods"], operations: ["CREATE"] };

/** What people make pods with: refused there, they are told at once and not in an event of a ReplicaSet. */
export const workloads: Rule[] = [
    {
        apiGroups: ["apps"],
        apiVersions: ["v1"],
        resources: ["deployments", "statefulsets", "daemonsets"],
        operations: ["CREATE"],
    },
    { apiGroups: ["batch"], apiVersions: ["v1"], resources: ["jobs", "cronjobs"], operations: ["CREATE"] },
];

/** Which objects a policy is about: in every namespace but these, and not where the guardrails are off. */
export function within(rules: Rule[], exempt: string[], canBeOff = true) {
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

export const forbidden = { reason: "Forbidden" };

/** The pod that an object is, or is a template of. */
export const podSpec = `object.kind == "Pod" ? object.spec
 : object.kind == "CronJob" ? object.spec.jobTemplate.spec.template.spec
 : object.spec.template.spec`;
