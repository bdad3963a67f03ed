import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { clusterRole, role, serviceAccount } from "../../cluster/rbac";
import type { StackConfig } from "../../config";
import { checksum, confined, filesOf, runAs } from "../pods";
import { watermarksDemand } from "./demand";

/**
 * Watches the nodes' watermarks: prints each minute what is requested of each node and used there, and tells when one is
 * crossed, by an Event and by a line. The lines go the way of all logs, so it is in their namespace.
 */
export function watermarks(
    config: StackConfig,
    namespace: pulumi.Output<string>,
    opts: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
    const { name, labels, replicas, spec: asks } = watermarksDemand();
    const account = serviceAccount(name, namespace, opts).metadata.name;
    const rules = [
        { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list"] },
        // A kubelet's figures, of the kubelet itself; not the API's way to all that it can do, which is nodes/proxy.
        { apiGroups: [""], resources: ["nodes/stats"], verbs: ["get"] },
    ];
    clusterRole(name, rules, account, namespace, opts);
    // Events of nodes, which are in no namespace, are in this one.
    role(name, "default", [{ apiGroups: [""], resources: ["events"], verbs: ["create"] }], account, namespace, opts);
    const scripts = ["watch.sh", "since.sh", "json.awk", "addresses.awk", "figures.awk"];
    const files = filesOf(path.join(__dirname, "scripts"), ...scripts);
    const map = new kubernetes.core.v1.ConfigMap(
        name,
        { metadata: { name: "watermarks-scripts", namespace }, data: files },
        opts,
    );
    const marks = config.capacity.watermarks;
    return new kubernetes.apps.v1.Deployment(
        name,
        {
            metadata: { name, namespace, labels },
            spec: {
                replicas,
                // Two would tell everything twice.
                strategy: { type: "Recreate" },
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels, annotations: { checksum: checksum(JSON.stringify(files)) } },
                    spec: {
                        serviceAccountName: account,
                        enableServiceLinks: false,
                        terminationGracePeriodSeconds: 5,
                        priorityClassName: asks.priorityClassName,
                        securityContext: runAs(1000, 0),
                        containers: [
                            {
                                ...asks.containers[0],
                                // Of all images of the stack, one that has bash, curl and awk.
                                image: config.elk.elasticsearch.image,
                                command: ["/bin/bash", "/scripts/watch.sh"],
                                env: [
                                    { name: "MARK_REQUESTED", value: String(marks.requests) },
                                    { name: "MARK_USED", value: String(marks.used) },
                                ],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                                startupProbe: { ...within("seen", 180), periodSeconds: 2, failureThreshold: 150 },
                                readinessProbe: { ...within("seen", 180), periodSeconds: 10 },
                                livenessProbe: { ...within("alive", 600), periodSeconds: 60 },
                                securityContext: confined,
                                volumeMounts: [
                                    { name: "scripts", mountPath: "/scripts" },
                                    { name: "tmp", mountPath: "/tmp" },
                                ],
                            },
                        ],
                        volumes: [
                            { name: "scripts", configMap: { name: map.metadata.name } },
                            { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
                        ],
                    },
                },
            },
        },
        opts,
    );
}

/** Whether the watch has written the time into a file lately. */
function within(file: string, seconds: number) {
    return { exec: { command: ["/bin/bash", "/scripts/since.sh", file, String(seconds)] }, timeoutSeconds: 5 };
}
