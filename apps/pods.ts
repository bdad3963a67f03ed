import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash } from "node:crypto";
import * as fs from "node:fs";

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

/** Memory as request and limit: what a pod is given is kept for it. CPU is shared by weight. */
export function resources({ cpu, memory }: { cpu: string; memory: string }) {
    return { requests: { cpu, memory }, limits: { memory } };
}

/**
 * A namespace whose pods are reached from the namespaces named, and from itself, and from no other. flannel does not
 * enforce this: it says what is meant, for a network that does.
 */
export function namespaceOf(name: string, from: string[], opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
    const namespace = new kubernetes.core.v1.Namespace(name, { metadata: { name } }, opts).metadata.name;
    new kubernetes.networking.v1.NetworkPolicy(
        name,
        {
            metadata: { name: "ingress", namespace },
            spec: {
                podSelector: {},
                policyTypes: ["Ingress"],
                ingress: [
                    {
                        from: [name, ...from].map((other) => ({
                            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": other } },
                        })),
                    },
                ],
            },
        },
        opts,
    );
    return namespace;
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
