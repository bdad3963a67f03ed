import { Cluster, NoSuchKind } from "./api/cluster";
import { Manifest, textAt } from "./object";

/** Built-in kinds that live in no namespace: known even where the cluster can't be asked. */
const clusterWide = new Set(
    [
        "APIService CertificateSigningRequest ClusterRole ClusterRoleBinding ComponentStatus CSIDriver CSINode",
        "CustomResourceDefinition FlowSchema IngressClass MutatingAdmissionPolicy MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration Namespace Node PersistentVolume",
        "PriorityClass PriorityLevelConfiguration RuntimeClass StorageClass ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding ValidatingWebhookConfiguration VolumeAttachment",
    ].flatMap((line) => line.split(" ")),
);

interface Type {
    apiVersion: string;
    kind: string;
}

/** Which kinds live in namespaces. */
export class Scopes {
    /** What the program's own CustomResourceDefinitions say, by group and kind: they may not exist yet. */
    private readonly defined = new Map<string, boolean>();

    /** Takes note of a CustomResourceDefinition. */
    define(definition: Manifest): void {
        const key = `${textAt(definition, "spec", "group")}/${textAt(definition, "spec", "names", "kind")}`;
        this.defined.set(key, textAt(definition, "spec", "scope") !== "Cluster");
    }

    /** @param cluster undefined where it can't be asked. A kind that nobody knows counts as namespaced. */
    async isNamespaced(type: Type, cluster: Cluster | undefined): Promise<boolean> {
        if (clusterWide.has(type.kind)) {
            return false;
        }
        const defined = this.defined.get(`${type.apiVersion.split("/")[0]}/${type.kind}`);
        if (defined !== undefined || !cluster) {
            return defined ?? true;
        }
        try {
            return await cluster.isNamespaced(type);
        } catch (error) {
            if (error instanceof NoSuchKind) {
                return true;
            }
            throw error;
        }
    }
}
