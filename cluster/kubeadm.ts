import { dump } from "js-yaml";
import type { Host, StackConfig } from "../config";
import { mebibytes } from "../config/types";

/** Texts for kubeadm, the kubelet and the API server, from the configuration alone. */

const api = "kubeadm.k8s.io/v1beta4";
const criSocket = "unix:///run/containerd/containerd.sock";
const auditLog = "/var/log/kubernetes/audit";
const encryption = "/etc/kubernetes/encryption";
const auditPolicyFile = "/etc/test-cluster/audit-policy.yaml";

function yaml(...documents: object[]): string {
    return documents.map((document) => dump(document, { lineWidth: -1, noRefs: true })).join("---\n");
}

function args(values: Record<string, string>): { name: string; value: string }[] {
    return Object.entries(values).map(([name, value]) => ({ name, value }));
}

function nodeRegistration(host: Host, address: string): object {
    return {
        name: host.name,
        criSocket,
        // Where applications may run is said by the step that also sets the labels.
        taints: [],
        kubeletExtraArgs: args({ "node-ip": address }),
    };
}

function patched(config: StackConfig, host: Host): object {
    return Object.keys(kubeadmPatches(config, host)).length > 0 ? { patches: { directory: patches } } : {};
}

/** kubeadm init's input for the one control plane. `publicAddress` is @PUBLIC_ADDRESS@ until the host is there. */
export function initConfiguration(config: StackConfig, host: Host, address: string): string {
    const hostPath = (name: string, path: string, readOnly: boolean, pathType: string) => ({
        name,
        hostPath: path,
        mountPath: path,
        readOnly,
        pathType,
    });
    return yaml(
        {
            apiVersion: api,
            kind: "InitConfiguration",
            ...patched(config, host),
            localAPIEndpoint: { advertiseAddress: address, bindPort: 6443 },
            nodeRegistration: nodeRegistration(host, address),
            // Workers mint their own; this one only keeps kubeadm from making one that lives for a day.
            bootstrapTokens: [{ token: "@TOKEN@", ttl: "1m0s", usages: ["signing", "authentication"] }],
        },
        {
            apiVersion: api,
            kind: "ClusterConfiguration",
            clusterName: `test-cluster-${config.stack}`,
            kubernetesVersion: `v${config.kubernetes.version}`,
            controlPlaneEndpoint: `${address}:6443`,
            networking: { podSubnet: config.network.pods, serviceSubnet: config.network.services },
            apiServer: {
                certSANs: [address, "@PUBLIC_ADDRESS@", host.name, "localhost", "127.0.0.1"],
                extraArgs: args({
                    "audit-policy-file": auditPolicyFile,
                    "audit-log-path": `${auditLog}/audit.log`,
                    "audit-log-maxsize": "50",
                    "audit-log-maxbackup": "5",
                    "audit-log-maxage": "14",
                    "encryption-provider-config": `${encryption}/config.yaml`,
                    "event-ttl": "4h",
                    "max-requests-inflight": String(config.kubernetes.requestsInFlight.reads),
                    "max-mutating-requests-inflight": String(config.kubernetes.requestsInFlight.writes),
                    profiling: "false",
                }),
                extraVolumes: [
                    hostPath("audit-policy", auditPolicyFile, true, "File"),
                    hostPath("audit-log", auditLog, false, "DirectoryOrCreate"),
                    hostPath("encryption", encryption, true, "Directory"),
                ],
            },
            controllerManager: { extraArgs: args({ profiling: "false" }) },
            scheduler: { extraArgs: args({ profiling: "false" }) },
            etcd: {
                local: {
                    dataDir: "/var/lib/etcd",
                    extraArgs: args({
                        "auto-compaction-mode": "periodic",
                        "auto-compaction-retention": "1h",
                        "quota-backend-bytes": String(2 * 1024 ** 3),
                    }),
                },
            },
        },
        kubeletConfiguration(config),
        {
            apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
            kind: "KubeProxyConfiguration",
            mode: "iptables",
            ...config.kubernetes.kubeProxy,
        },
    );
}

/** What all kubelets of the cluster have in common, as the cluster keeps it in its ConfigMap kubelet-config. */
export function kubeletConfiguration({ kubernetes }: StackConfig): object {
    return {
        apiVersion: "kubelet.config.k8s.io/v1beta1",
        kind: "KubeletConfiguration",
        cgroupDriver: kubernetes.cgroupDriver,
        kubeReserved: kubernetes.kubeReserved,
        systemReserved: kubernetes.systemReserved,
        enforceNodeAllocatable: kubernetes.systemReservedCgroup ? ["pods", "system-reserved"] : ["pods"],
        ...(kubernetes.systemReservedCgroup && { systemReservedCgroup: kubernetes.systemReservedCgroup }),
        evictionHard: kubernetes.evictionHard,
        evictionSoft: kubernetes.evictionSoft,
        evictionSoftGracePeriod: Object.fromEntries(Object.keys(kubernetes.evictionSoft).map((key) => [key, "1m30s"])),
        // Without it, a soft eviction gives a pod no time to end.
        evictionMaxPodGracePeriod: 60,
        // A node that has room again takes pods after this; 5 minutes otherwise, which is most of an outage.
        evictionPressureTransitionPeriod: "1m0s",
        containerLogMaxSize: kubernetes.maxLogSize,
        containerLogMaxFiles: 3,
        serverTLSBootstrap: false,
        serializeImagePulls: false,
        maxParallelImagePulls: 4,
        shutdownGracePeriod: "60s",
        shutdownGracePeriodCriticalPods: "15s",
        ...kubernetes.kubelet,
        ...kept(kubernetes),
    };
}

/**
 * Pods without requests get no more than what nobody has requested, in a cgroup of their own: they end there before the
 * node is short of memory. Eviction alone comes too late for that: near a node's end everything waits for its pages.
 */
function kept({ qosReserved, kubelet }: StackConfig["kubernetes"]) {
    const featureGates = { ...(kubelet.featureGates as object), QOSReserved: true };
    return qosReserved ? { featureGates, qosReserved: { memory: "100%" } } : {};
}

/** Where settings of one host are that the others do not have; kubeadm reads them by their names. */
const patches = "/etc/test-cluster/patches";

/** What Docker's engine itself takes beside its containers, MiB: its RSS and containerd's shims' were 130 when measured. */
const dockerMiB = 150;

/** What one host's kubelet has other than those of the others: what runs there outside Kubernetes is kept free. */
function ownSettings({ kafka, kubernetes }: StackConfig, host: Host) {
    if (host.name !== kafka.host) return undefined;
    const { cpu, memory } = kubernetes.systemReserved;
    const reserved = mebibytes(memory) + mebibytes(kafka.memory) + dockerMiB;
    return { systemReserved: { cpu, memory: `${reserved}Mi` } };
}

/** Files for kubeadm about one host's kubelet. */
export function kubeletPatches(config: StackConfig, host: Host): Record<string, string> {
    const own = ownSettings(config, host);
    return own ? { [`${patches}/kubeletconfiguration+merge.yaml`]: yaml(own) } : {};
}

/** The settings by which a host's kubelet reckons what its node gives. */
export interface KubeletSettings {
    kubeReserved: Record<string, string>;
    systemReserved: Record<string, string>;
    evictionHard: Record<string, string>;
    maxPods?: number;
}

/** These settings as the kubelet of a host runs with them: those of all, and its own merged into them. */
export function kubeletOf(config: StackConfig, host: Host): KubeletSettings {
    const all = kubeletConfiguration(config) as KubeletSettings;
    const systemReserved = { ...all.systemReserved, ...ownSettings(config, host)?.systemReserved };
    return { ...all, systemReserved };
}

/**
 * What the control plane's pods ask for: kubeadm's CPU, and memory where kubeadm asks for none or little. They have no
 * limit: nothing is better for an API server that was killed.
 */
export const controlPlaneRequests = {
    "kube-apiserver": { cpu: "250m", memory: "512Mi" },
    "kube-controller-manager": { cpu: "200m", memory: "128Mi" },
    "kube-scheduler": { cpu: "100m", memory: "64Mi" },
    etcd: { cpu: "100m", memory: "128Mi" },
};

/** All files for kubeadm about one host: its kubelet, and the control plane's pods where they are its. */
export function kubeadmPatches(config: StackConfig, host: Host): Record<string, string> {
    const requests = host.role === "control-plane" ? Object.entries(controlPlaneRequests) : [];
    const pods = requests.map(([name, requests]) => [
        `${patches}/${name}+strategic.yaml`,
        yaml({ spec: { containers: [{ name, resources: { requests } }] } }),
    ]);
    return { ...kubeletPatches(config, host), ...Object.fromEntries(pods) };
}

/** kubeadm join's input; the worker fills in @TOKEN@ and @CA@, which are minted for the run. */
export function joinConfiguration(config: StackConfig, host: Host, address: string, controlPlane: string): string {
    return yaml({
        apiVersion: api,
        kind: "JoinConfiguration",
        ...patched(config, host),
        nodeRegistration: nodeRegistration(host, address),
        discovery: {
            bootstrapToken: {
                apiServerEndpoint: `${controlPlane}:6443`,
                token: "@TOKEN@",
                caCertHashes: ["@CA@"],
            },
        },
    });
}

/** Who changed what; no bodies, so that no Secret lands in the log; reads of nodes and leases are noise. */
export function auditPolicy(): string {
    return yaml({
        apiVersion: "audit.k8s.io/v1",
        kind: "Policy",
        omitStages: ["RequestReceived"],
        rules: [
            { level: "None", resources: [{ group: "coordination.k8s.io", resources: ["leases"] }] },
            { level: "None", resources: [{ group: "", resources: ["events"] }] },
            { level: "None", users: ["system:kube-proxy"], verbs: ["watch", "list", "get"] },
            { level: "None", nonResourceURLs: ["/healthz*", "/livez*", "/readyz*", "/version"] },
            { level: "None", verbs: ["get", "list", "watch"], userGroups: ["system:nodes", "system:serviceaccounts"] },
            {
                level: "None",
                verbs: ["get", "list", "watch"],
                users: ["system:kube-controller-manager", "system:kube-scheduler", "system:apiserver"],
            },
            { level: "Metadata" },
        ],
    });
}
