import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { bounded } from "../cluster/guardrails/quotas";
import type { StackConfig } from "../config";
import { share } from "./demands";

/** What pods of applications have in common. */

/** A pod that runs as one user, in no group but that user's, and may not become another. */
export function runAs(uid: number, gid = uid): kubernetes.types.input.core.v1.PodSecurityContext {
    return {
        runAsNonRoot: true,
        runAsUser: uid,
        runAsGroup: gid,
        fsGroup: uid,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
    };
}

/** A container that has no privilege and writes to its volumes only. */
export const confined: kubernetes.types.input.core.v1.SecurityContext = {
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    readOnlyRootFilesystem: true,
};

/**
 * A namespace whose pods are reached from itself, from the hosts (the API's proxy, probes) and from the namespaces named,
 * or from all of the cluster's. flannel does not enforce this: it says what is meant, for a network that does. What is
 * in it is held to its quota.
 */
export function namespaceOf(
    name: string,
    config: StackConfig,
    from: string[] | "all",
    opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
    const named = (other: string) => ({ matchLabels: { "kubernetes.io/metadata.name": other } });
    const namespaces = from === "all" ? [{}] : [name, ...from].map(named);
    const made = new kubernetes.core.v1.Namespace(name, { metadata: { name } }, opts).metadata.name;
    const namespace = bounded(share(config, name), made, name, opts);
    new kubernetes.networking.v1.NetworkPolicy(
        name,
        {
            metadata: { name: "ingress", namespace },
            spec: {
                podSelector: {},
                policyTypes: ["Ingress"],
                ingress: [
                    {
                        from: [
                            ...namespaces.map((namespaceSelector) => ({ namespaceSelector })),
                            { ipBlock: { cidr: config.network.hosts } },
                        ],
                    },
                ],
            },
        },
        opts,
    );
    return namespace;
}

/** A Service before the pods whose label `app` is its name; the ports by the names that the pods give them too. */
export function service(
    name: string,
    namespace: pulumi.Input<string>,
    ports: Record<string, number>,
    opts: pulumi.CustomResourceOptions,
): kubernetes.core.v1.Service {
    const labels = { app: name };
    return new kubernetes.core.v1.Service(
        name,
        {
            // Ready when the pods are, which is awaited there.
            metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
                selector: labels,
                ports: Object.entries(ports).map(([port, number]) => ({ name: port, port: number, targetPort: port })),
            },
        },
        opts,
    );
}

/** A short digest of texts, for the annotation that makes pods start again when what they read has changed. */
export function checksum(...texts: string[]): string {
    return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}

/** The same of secrets, with texts that are none. */
export function secretChecksum(secrets: pulumi.Output<object>, ...texts: string[]): pulumi.Output<string> {
    // 64 bits of a digest of secrets of 190 bits each: nothing can be learnt from it.
    return pulumi.unsecret(secrets.apply((all) => checksum(JSON.stringify(all), ...texts)));
}

/** Files of a folder by name, as a ConfigMap takes them. */
export function filesOf(folder: string, ...names: string[]): Record<string, string> {
    return Object.fromEntries(names.map((name) => [name, fs.readFileSync(`${folder}/${name}`, "utf8")]));
}
