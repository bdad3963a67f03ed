import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** What pods of the cluster's own may ask of its API. */

export function serviceAccount(
    name: string,
    namespace: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.ServiceAccount {
    return new kubernetes.core.v1.ServiceAccount(name, { metadata: { name, namespace } }, opts);
}

/** Gives a service account a cluster role that is there. */
export function binding(
    name: string,
    role: pulumi.Input<string>,
    account: pulumi.Input<string>,
    namespace: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    new kubernetes.rbac.v1.ClusterRoleBinding(
        name,
        {
            metadata: { name },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
            subjects: [{ kind: "ServiceAccount", name: account, namespace }],
        },
        opts,
    );
}

/** A role in a namespace, given to a service account of another. */
export function role(
    name: string,
    namespace: string,
    rules: kubernetes.types.input.rbac.v1.PolicyRule[],
    account: pulumi.Input<string>,
    accountNamespace: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    const made = new kubernetes.rbac.v1.Role(name, { metadata: { name, namespace }, rules }, opts);
    new kubernetes.rbac.v1.RoleBinding(
        name,
        {
            metadata: { name, namespace },
            roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: made.metadata.name },
            subjects: [{ kind: "ServiceAccount", name: account, namespace: accountNamespace }],
        },
        opts,
    );
}

/** A cluster role, given to a service account. */
export function clusterRole(
    name: string,
    rules: kubernetes.types.input.rbac.v1.PolicyRule[],
    account: pulumi.Input<string>,
    namespace: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): void {
    const role = new kubernetes.rbac.v1.ClusterRole(name, { metadata: { name }, rules }, opts);
    binding(name, role.metadata.name, account, namespace, opts);
}
