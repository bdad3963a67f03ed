import { Manifest, at, textAt } from "../object";

const selector = ["spec.selector"];
const roleBinding = ["roleRef"];

/** By group and kind: fields whose change makes a new object. Paths of keys; lists are passed through. */
const immutable: Record<string, string[]> = {
    "apps/Deployment": selector,
    "apps/DaemonSet": selector,
    "apps/StatefulSet": [
        ...selector,
        "spec.podManagementPolicy",
        "spec.revisionHistoryLimit",
        "spec.serviceName",
        "spec.volumeClaimTemplates",
    ],
    "batch/Job": [...selector, "spec.completions", "spec.parallelism", "spec.template"],
    "rbac.authorization.k8s.io/ClusterRoleBinding": roleBinding,
    "rbac.authorization.k8s.io/RoleBinding": roleBinding,
    "storage.k8s.io/StorageClass": ["parameters", "provisioner"],
    "/PersistentVolume": under(
        "spec",
        "awsElasticBlockStore azureDisk azureFile cephfs cinder csi fc flexVolume flocker gcePersistentDisk glusterfs",
        "hostPath iscsi local nfs photonPersistentDisk portworxVolume quobyte rbd scaleIO storageos vsphereVolume",
    ),
    "/PersistentVolumeClaim": under("spec", "accessModes selector storageClassName volumeName"),
    "/Pod": [
        ...under(
            "spec",
            "affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC hostNetwork",
            "hostPID hostname imagePullSecrets nodeName nodeSelector overhead preemptionPolicy priority",
            "priorityClassName readinessGates restartPolicy runtimeClassName schedulerName securityContext",
            "serviceAccount serviceAccountName shareProcessNamespace subdomain terminationGracePeriodSeconds volumes",
        ),
        ...container("spec.containers"),
        ...container("spec.initContainers"),
    ],
    "/ResourceQuota": ["spec.scopes"],
    "/Secret": ["type"],
    "/Service": ["spec.clusterIP"],
};

function under(prefix: string, ...names: string[]): string[] {
    return names.flatMap((line) => line.split(" ")).map((name) => `${prefix}.${name}`);
}

function container(prefix: string): string[] {
    return under(
        prefix,
        "args command env image imagePullPolicy lifecycle livenessProbe ports readinessProbe resources securityContext",
        "stdin stdinOnce terminationMessagePath terminationMessagePolicy tty volumeDevices volumeMounts workingDir",
    );
}

/**
 * The fields of an object whose change replaces it. Name and namespace always; the data of a ConfigMap or Secret
 * unless the provider is told that they may change in place, so that what reads them starts again.
 */
export function immutableFields(
    manifest: Manifest,
    options: { enableConfigMapMutable: boolean; enableSecretMutable: boolean },
): string[] {
    const apiVersion = textAt(manifest, "apiVersion");
    const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.lastIndexOf("/")) : "";
    const type = `${group}/${textAt(manifest, "kind")}`;
    const frozen = at(manifest, "immutable") === true;
    const fields = ["metadata.name", "metadata.namespace", ...(immutable[type] ?? [])];
    if (type === "/Secret" && (frozen || !options.enableSecretMutable)) {
        fields.push("data", "stringData");
    }
    if (type === "/ConfigMap" && (frozen || !options.enableConfigMapMutable)) {
        fields.push("data", "binaryData");
    }
    return fields;
}
