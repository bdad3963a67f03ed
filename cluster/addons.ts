import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import type { Asking } from "./capacity/ask";
import { flannelDemand, metricsServerDemand } from "./capacity/system";
import { binding, clusterRole, serviceAccount } from "./rbac";

/** The images of flannel's pods, without which no node is Ready. */
export const flannelImages = ({ kubernetes: { flannel } }: StackConfig) => ({
    daemon: `ghcr.io/flannel-io/flannel:v${flannel}`,
    plugin: "ghcr.io/flannel-io/flannel-cni-plugin:v1.6.2-flannel1",
});

/** Pods talk across nodes by flannel's VXLAN. The objects are upstream's kube-flannel.yml. */
export function flannel(config: StackConfig, opts: pulumi.CustomResourceOptions): kubernetes.apps.v1.DaemonSet {
    const { daemon: image, plugin } = flannelImages(config);
    const demand = flannelDemand();
    const { namespace, labels, spec: asks } = demand;
    const [installPlugin, install] = asks.initContainers!;
    const name = "flannel";
    const ns = new kubernetes.core.v1.Namespace(
        namespace,
        { metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "privileged" } } },
        opts,
    );
    const within = { ...opts, dependsOn: ns };
    const account = serviceAccount(name, namespace, within);
    clusterRole(
        name,
        [
            { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
            { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
            { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
        ],
        name,
        namespace,
        opts,
    );
    const settings = new kubernetes.core.v1.ConfigMap(
        "kube-flannel-cfg",
        {
            metadata: { name: "kube-flannel-cfg", namespace, labels },
            data: {
                "cni-conf.json": JSON.stringify({
                    name: "cbr0",
                    cniVersion: "0.3.1",
                    plugins: [
                        { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
                        { type: "portmap", capabilities: { portMappings: true } },
                    ],
                }),
                "net-conf.json": JSON.stringify({ Network: config.network.pods, Backend: { Type: "vxlan" } }),
            },
        },
        within,
    );
    const copy = (asking: Asking, from: string, to: string, copyImage: string, volume: string) => ({
        ...asking,
        image: copyImage,
        command: ["cp"],
        args: ["-f", from, to],
        volumeMounts: [
            { name: volume, mountPath: to.slice(0, to.lastIndexOf("/")) },
            { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
        ],
    });
    const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } });
    return new kubernetes.apps.v1.DaemonSet(
        demand.name,
        {
            metadata: {
                name: demand.name,
                namespace,
                labels,
                // Workers come while this is made; the end of the bootstrap waits for it on every node.
                annotations: { "pulumi.com/skipAwait": "true" },
            },
            spec: {
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels },
                    spec: {
                        hostNetwork: true,
                        priorityClassName: asks.priorityClassName,
                        serviceAccountName: account.metadata.name,
                        tolerations: asks.tolerations,
                        initContainers: [
                            copy(installPlugin, "/flannel", "/opt/cni/bin/flannel", plugin, "cni-plugin"),
                            copy(
                                install,
                                "/etc/kube-flannel/cni-conf.json",
                                "/etc/cni/net.d/10-flannel.conflist",
                                image,
                                "cni",
                            ),
                        ],
                        containers: [
                            {
                                ...asks.containers[0],
                                image,
                                command: ["/opt/bin/flanneld"],
                                args: ["--ip-masq", "--kube-subnet-mgr"],
                                securityContext: {
                                    privileged: false,
                                    capabilities: { add: ["NET_ADMIN", "NET_RAW"] },
                                },
                                env: [
                                    { name: "POD_NAME", ...field("metadata.name") },
                                    { name: "POD_NAMESPACE", ...field("metadata.namespace") },
                                    { name: "EVENT_QUEUE_DEPTH", value: "5000" },
                                ],
                                volumeMounts: [
                                    { name: "run", mountPath: "/run/flannel" },
                                    { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
                                    { name: "xtables-lock", mountPath: "/run/xtables.lock" },
                                ],
                            },
                        ],
                        volumes: [
                            { name: "run", hostPath: { path: "/run/flannel" } },
                            { name: "cni-plugin", hostPath: { path: "/opt/cni/bin" } },
                            { name: "cni", hostPath: { path: "/etc/cni/net.d" } },
                            { name: "flannel-cfg", configMap: { name: settings.metadata.name } },
                            { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
                        ],
                    },
                },
            },
        },
        within,
    );
}

/** Node and pod usage (`kubectl top`). The objects are upstream's components.yaml. */
export function metricsServer(config: StackConfig, opts: pulumi.CustomResourceOptions): kubernetes.apps.v1.Deployment {
    const { name, namespace, labels, replicas, spec: asks } = metricsServerDemand();
    const account = serviceAccount(name, namespace, opts);
    clusterRole(
        `system:${name}`,
        [
            { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
            { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
        ],
        name,
        namespace,
        opts,
    );
    binding(`${name}:system:auth-delegator`, "system:auth-delegator", name, namespace, opts);
    new kubernetes.rbac.v1.RoleBinding(
        `${name}-auth-reader`,
        {
            metadata: { name: `${name}-auth-reader`, namespace },
            roleRef: {
                apiGroup: "rbac.authorization.k8s.io",
                kind: "Role",
                name: "extension-apiserver-authentication-reader",
            },
            subjects: [{ kind: "ServiceAccount", name, namespace }],
        },
        opts,
    );
    const service = new kubernetes.core.v1.Service(
        name,
        {
            metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: { selector: labels, ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https" }] },
        },
        opts,
    );
    const probe = (path: string) => ({ httpGet: { path, port: "https", scheme: "HTTPS" }, periodSeconds: 10 });
    const deployment = new kubernetes.apps.v1.Deployment(
        name,
        {
            // Awaited with the other system pods at the end of the bootstrap, since it needs a node that is Ready.
            metadata: { name, namespace, labels, annotations: { "pulumi.com/skipAwait": "true" } },
            spec: {
                replicas,
                selector: { matchLabels: labels },
                strategy: { rollingUpdate: { maxUnavailable: 0 } },
                template: {
                    metadata: { labels },
                    spec: {
                        serviceAccountName: account.metadata.name,
                        priorityClassName: asks.priorityClassName,
                        containers: [
                            {
                                ...asks.containers[0],
                                image: `registry.k8s.io/metrics-server/metrics-server:v${config.kubernetes.metricsServer}`,
                                args: [
                                    "--cert-dir=/tmp",
                                    "--secure-port=10250",
                                    "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
                                    "--kubelet-use-node-status-port",
                                    "--metric-resolution=15s",
                                    // kubeadm's kubelets serve with certificates that they signed themselves.
                                    "--kubelet-insecure-tls",
                                ],
                                ports: [{ name: "https", containerPort: 10250, protocol: "TCP" }],
                                livenessProbe: { ...probe("/livez"), failureThreshold: 3 },
                                readinessProbe: { ...probe("/readyz"), periodSeconds: 2, failureThreshold: 15 },
                                securityContext: {
                                    allowPrivilegeEscalation: false,
                                    capabilities: { drop: ["ALL"] },
                                    readOnlyRootFilesystem: true,
                                    runAsNonRoot: true,
                                    runAsUser: 1000,
                                    seccompProfile: { type: "RuntimeDefault" },
                                },
                                volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
                            },
                        ],
                        volumes: [{ name: "tmp", emptyDir: {} }],
                    },
                },
            },
        },
        opts,
    );
    new kubernetes.apiregistration.v1.APIService(
        "v1beta1.metrics.k8s.io",
        {
            metadata: { name: "v1beta1.metrics.k8s.io" },
            spec: {
                group: "metrics.k8s.io",
                version: "v1beta1",
                groupPriorityMinimum: 100,
                versionPriority: 100,
                insecureSkipTLSVerify: true,
                service: { name: service.metadata.name, namespace },
            },
        },
        opts,
    );
    return deployment;
}
