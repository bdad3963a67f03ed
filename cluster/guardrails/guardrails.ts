import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config";
import { markSpec } from "./counting";
import { operators } from "./fairness";
import { policies, systemNamespaces } from "./policies";
import { priorityClasses } from "./priorities";

const { v1 } = kubernetes.admissionregistration;

/** What keeps one bad install from taking the rest: priorities, admission policies, a share of the API for operators. */
export class Guardrails extends pulumi.ComponentResource {
    /** @param stack the namespaces that are the stack's own */
    constructor(name: string, config: StackConfig, stack: string[], opts: pulumi.ComponentResourceOptions) {
        super("test-cluster:cluster:Guardrails", name, {}, opts);
        const parent = { parent: this };
        const system = [...systemNamespaces, ...config.guardrails.systemNamespaces];
        const classes = priorityClasses(parent);
        operators(parent);

        // Kubernetes serves what marks from 1.36 on; before, a missing quota is refused in its own words.
        const marked = Number(config.kubernetes.version.split(".")[1]) >= 36;
        const marks = marked ? [marking(stack, system, parent)] : [];
        // What they look at must be there first: the priorities' numbers, and the marks, without which all would be refused.
        const after = { parent: this, dependsOn: [...classes, ...marks] };
        for (const [key, { spec, action, perQuota }] of Object.entries(policies(stack, system, marked))) {
            const title = named(key);
            const policy = new v1.ValidatingAdmissionPolicy(title, { metadata: { name: title }, spec }, after);
            new v1.ValidatingAdmissionPolicyBinding(
                title,
                {
                    metadata: { name: title },
                    spec: {
                        policyName: policy.metadata.name,
                        validationActions: [action],
                        ...(perQuota && { paramRef: everyQuota("Deny") }),
                    },
                },
                after,
            );
        }
        this.registerOutputs({});
    }
}

function marking(stack: string[], system: string[], opts: pulumi.CustomResourceOptions): pulumi.Resource {
    const name = named("quota-mark");
    const spec = markSpec(stack, system);
    const policy = new v1.MutatingAdmissionPolicy(name, { metadata: { name }, spec }, opts);
    return new v1.MutatingAdmissionPolicyBinding(
        name,
        { metadata: { name }, spec: { policyName: policy.metadata.name, paramRef: everyQuota("Allow") } },
        opts,
    );
}

function named(policy: string): string {
    return `guardrails-${policy}`;
}

/** All quotas of the namespace of what is asked about. */
function everyQuota(parameterNotFoundAction: "Allow" | "Deny") {
    return { selector: {}, parameterNotFoundAction };
}
