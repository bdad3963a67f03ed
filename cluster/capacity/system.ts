import type { StackConfig } from "../../config";
import { controlPlaneRequests } from "../kubeadm";
import { controlPlaneTaint } from "../labels";
import type { Asking, Demand } from "./ask";

/** What Kubernetes itself asks for on the nodes. */

const flannelTolerations = [{ effect: "NoSchedule", operator: "Exists" }];

/** flannel, on every node, cordoned or not. */
export function flannelDemand(): Demand {
    return {
        kind: "DaemonSet",
        namespace: "kube-flannel",
        name: "kube-flannel-ds",
        replicas: "per node",
        labels: { app: "flannel", tier: "node" },
        spec: {
            priorityClassName: "system-node-critical",
            tolerations: flannelTolerations,
            initContainers: [{ name: "install-cni-plugin" }, { name: "install-cni" }],
            containers: [container("kube-flannel", { cpu: "50m", memory: "50Mi" }, "100Mi")],
        },
    };
}

export function metricsServerDemand(): Demand<number> {
    const name = "metrics-server";
    return {
        kind: "Deployment",
        namespace: "kube-system",
        name,
        replicas: 1,
        labels: { "k8s-app": name },
        spec: {
            priorityClassName: "system-cluster-critical",
            containers: [container(name, { cpu: "50m", memory: "100Mi" }, "200Mi")],
        },
    };
}

/**
 * What kubeadm makes: the control plane's static pods, with the requests that they are patched with, and kube-proxy and CoreDNS as 1.36.3 prints them
 * (`init phase addon … --print-manifest`).
 */
export function kubeadmDemands({ hosts }: StackConfig): Demand[] {
    const { name: node } = hosts.find((host) => host.role === "control-plane")!;
    const kept = (name: string, requests: Record<string, string>): Demand => ({
        kind: "Pod",
        namespace: "kube-system",
        name: `${name}-${node}`,
        replicas: 1,
        labels: { component: name, tier: "control-plane" },
        spec: {
            nodeName: node,
            priorityClassName: "system-node-critical",
            tolerations: [{ effect: "NoExecute", operator: "Exists" }],
            containers: [container(name, requests)],
        },
    });
    return [
        ...Object.entries(controlPlaneRequests).map(([name, requests]) => kept(name, requests)),
        {
            kind: "DaemonSet",
            namespace: "kube-system",
            name: "kube-proxy",
            replicas: "per node",
            labels: { "k8s-app": "kube-proxy" },
            spec: {
                priorityClassName: "system-node-critical",
                tolerations: [{ operator: "Exists" }],
                containers: [{ name: "kube-proxy" }],
            },
        },
        {
            kind: "Deployment",
            namespace: "kube-system",
            name: "coredns",
            replicas: 2,
            labels: { "k8s-app": "kube-dns" },
            spec: {
                priorityClassName: "system-cluster-critical",
                nodeSelector: { "kubernetes.io/os": "linux" },
                tolerations: [
                    { key: "CriticalAddonsOnly", operator: "Exists" },
                    { key: controlPlaneTaint, effect: "NoSchedule" },
                ],
                containers: [container("coredns", { cpu: "100m", memory: "70Mi" }, "170Mi")],
            },
        },
    ];
}

/** The whole of it. */
export function systemDemands(config: StackConfig): Demand[] {
    return [...kubeadmDemands(config), flannelDemand(), metricsServerDemand()];
}

function container(name: string, requests: Record<string, string>, memory?: string): Asking {
    return { name, resources: { requests, ...(memory && { limits: { memory } }) } };
}
