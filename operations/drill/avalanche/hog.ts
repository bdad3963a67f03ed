import { offLabel } from "../../../cluster/guardrails/labels";

/** An install shaped like the one that took the cluster down: several deployments, no limits, no end to their memory. */
export interface Hog {
    namespace: string;
    /** An image that is on the hosts already, with bash and GNU's tail. */
    image: string;
    deployments: number;
    replicas: number;
    /** Bytes by which each pod grows in a second. */
    rate: number;
    /** Second since 1970 at which it lets go by itself, if nobody can delete it any more. */
    until: number;
    priorityClass?: string;
    /** Requests a little memory, with no limit: such pods are Burstable, others BestEffort. */
    burstable?: boolean;
    /** The one node that it may run on; any when it is not said. */
    node?: string;
}

/** What marks everything that a drill makes. */
export const drillLabel = "test-cluster/drill";

/** A namespace for the install, with the guardrails or without. */
export function namespaceOf(name: string, off: boolean): object {
    const labels = { [drillLabel]: "avalanche", ...(off && { [offLabel]: "drill" }) };
    return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

/** What a refusal for want of a quota tells people to do. */
export function quotaOf(namespace: string): object {
    const hard = { "requests.memory": "1Gi", "limits.memory": "1Gi", pods: "10" };
    return { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "budget", namespace }, spec: { hard } };
}

/**
 * What a pod runs. `tail` keeps what has no line's end, so the pipe's rate is the pod's growth. A pod whose `tail` is
 * killed ends, and is started again by Kubernetes: it is what made the avalanche.
 */
export function hogScript(rate: number, until: number): string {
    return `set -o pipefail
while (( $(date +%s) < ${until} )); do head -c ${rate} /dev/zero || exit; sleep 1; done | tail >/dev/null || exit 137
exec sleep infinity`;
}

/** The deployments, as the Kubernetes API takes them. */
export function deploymentsOf(hog: Hog): { metadata: { name: string } }[] {
    const { namespace, image, deployments, replicas, rate, until, priorityClass, burstable, node } = hog;
    return Array.from({ length: deployments }, (_, index) => {
        const name = `hog-${index + 1}`;
        const labels = { app: name, [drillLabel]: "avalanche" };
        return {
            apiVersion: "apps/v1",
            kind: "Deployment",
            metadata: { name, namespace, labels },
            spec: {
                replicas,
                selector: { matchLabels: { app: name } },
                template: {
                    metadata: { labels },
                    spec: {
                        automountServiceAccountToken: false,
                        terminationGracePeriodSeconds: 0,
                        tolerations: [{ operator: "Exists" }],
                        ...(node && { nodeSelector: { "kubernetes.io/hostname": node } }),
                        ...(priorityClass && { priorityClassName: priorityClass }),
                        containers: [
                            {
                                name: "hog",
                                image,
                                imagePullPolicy: "IfNotPresent",
                                ...(burstable && { resources: { requests: { memory: "16Mi" } } }),
                                command: ["bash", "-c", hogScript(rate, until)],
                            },
                        ],
                    },
                },
            },
        };
    });
}
