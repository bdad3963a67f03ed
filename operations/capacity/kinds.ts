/** What Kubernetes itself serves, by API group, and runs nothing for: kinds whose name is here make no pods. */
const quiet: Record<string, string> = {
    "": `Binding ConfigMap Endpoints Event LimitRange Namespace PersistentVolume PersistentVolumeClaim PodTemplate
        ResourceQuota Secret Service ServiceAccount`,
    "admissionregistration.k8s.io": `MutatingAdmissionPolicy MutatingAdmissionPolicyBinding
        MutatingWebhookConfiguration ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding
        ValidatingWebhookConfiguration`,
    "apiextensions.k8s.io": "CustomResourceDefinition",
    "apiregistration.k8s.io": "APIService",
    apps: "ControllerRevision",
    "certificates.k8s.io": "CertificateSigningRequest ClusterTrustBundle",
    "coordination.k8s.io": "Lease",
    "discovery.k8s.io": "EndpointSlice",
    "events.k8s.io": "Event",
    "flowcontrol.apiserver.k8s.io": "FlowSchema PriorityLevelConfiguration",
    "networking.k8s.io": "Ingress IngressClass IPAddress NetworkPolicy ServiceCIDR",
    "node.k8s.io": "RuntimeClass",
    policy: "PodDisruptionBudget PodSecurityPolicy",
    "rbac.authorization.k8s.io": "ClusterRole ClusterRoleBinding Role RoleBinding",
    "resource.k8s.io": "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice",
    "scheduling.k8s.io": "PriorityClass",
    "storage.k8s.io": "CSIDriver CSINode CSIStorageCapacity StorageClass VolumeAttachment VolumeAttributesClass",
    // Others' kinds, which say what to watch and how, and for which no pod is made.
    "monitoring.coreos.com": "AlertmanagerConfig PodMonitor Probe PrometheusRule ScrapeConfig ServiceMonitor",
};

/** Kinds that make pods, by API group. */
const workloads: Record<string, string> = {
    "": "Pod ReplicationController",
    apps: "DaemonSet Deployment ReplicaSet StatefulSet",
    // Charts of old clusters.
    extensions: "DaemonSet Deployment ReplicaSet",
    batch: "CronJob Job",
};

/** The group of an apiVersion such as `apps/v1`; empty for Kubernetes' core. */
export function groupOf(apiVersion: string): string {
    return apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
}

function among(kinds: Record<string, string>, apiVersion: string, kind: string): boolean {
    return kinds[groupOf(apiVersion)]?.split(/\s+/).includes(kind) ?? false;
}

export function isWorkload(apiVersion: string, kind: string): boolean {
    return among(workloads, apiVersion, kind);
}

export function isQuiet(apiVersion: string, kind: string): boolean {
    return among(quiet, apiVersion, kind) || (groupOf(apiVersion) === "extensions" && kind === "Ingress");
}
