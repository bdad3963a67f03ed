import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { clusterRole, serviceAccount } from "../../cluster/rbac";
import type { StackConfig } from "../../config";
import { heapMebibytes } from "../../config/types";
import { checksum, confined, filesOf, runAs, secretChecksum } from "../pods";
import { filebeatDemand, logstashDemand } from "./demand";
import { users, type Elasticsearch } from "./elasticsearch";

/** Where the index that is written to is found: an alias that the keeper moves on. */
const index = "logs";

/** Filebeat on every node: the containers' logs, to Kafka. */
export function filebeat(
    config: StackConfig,
    namespace: pulumi.Output<string>,
    kafka: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.DaemonSet {
    const { name, labels, spec: asks } = filebeatDemand(config);
    const settings = config.elk.filebeat;
    const account = serviceAccount(name, namespace, opts).metadata.name;
    const rules = [{ apiGroups: [""], resources: ["pods", "nodes", "namespaces"], verbs: ["get", "list", "watch"] }];
    clusterRole(name, rules, account, namespace, opts);
    const files = filesOf(__dirname, "filebeat.yml");
    const map = new kubernetes.core.v1.ConfigMap(name, { metadata: { name, namespace }, data: files }, opts);
    return new kubernetes.apps.v1.DaemonSet(
        name,
        {
            metadata: { name, namespace, labels },
            spec: {
                selector: { matchLabels: labels },
                updateStrategy: { rollingUpdate: { maxUnavailable: "100%" } },
                template: {
                    metadata: { labels, annotations: { checksum: checksum(files["filebeat.yml"]) } },
                    spec: {
                        serviceAccountName: account,
                        enableServiceLinks: false,
                        terminationGracePeriodSeconds: 30,
                        priorityClassName: asks.priorityClassName,
                        tolerations: asks.tolerations,
                        // The logs are root's.
                        securityContext: { runAsUser: 0, runAsGroup: 0, seccompProfile: { type: "RuntimeDefault" } },
                        containers: [
                            {
                                ...asks.containers[0],
                                image: settings.image,
                                args: ["-c", "/etc/filebeat/filebeat.yml", "-e", "--strict.perms=false"],
                                env: [
                                    { name: "KAFKA_BOOTSTRAP_SERVERS", value: kafka },
                                    { name: "KAFKA_TOPIC", value: config.elk.topic },
                                    {
                                        name: "NODE_NAME",
                                        valueFrom: { fieldRef: { fieldPath: "spec.nodeName" } },
                                    },
                                ],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                                readinessProbe: {
                                    // Its monitoring listens inside the pod only.
                                    exec: { command: ["/bin/bash", "-c", "</dev/tcp/localhost/5066"] },
                                    periodSeconds: 5,
                                    timeoutSeconds: 5,
                                },
                                securityContext: confined,
                                volumeMounts: [
                                    { name: "settings", mountPath: "/etc/filebeat" },
                                    { name: "logs", mountPath: "/var/log", readOnly: true },
                                    { name: "data", mountPath: "/usr/share/filebeat/data" },
                                    { name: "own", mountPath: "/usr/share/filebeat/logs" },
                                ],
                            },
                        ],
                        volumes: [
                            { name: "settings", configMap: { name: map.metadata.name } },
                            { name: "logs", hostPath: { path: "/var/log", type: "Directory" } },
                            // How far it has read outlives the pod.
                            {
                                name: "data",
                                hostPath: { path: "/var/lib/filebeat-data", type: "DirectoryOrCreate" },
                            },
                            { name: "own", emptyDir: { sizeLimit: "64Mi" } },
                        ],
                    },
                },
            },
        },
        opts,
    );
}

/** Logstash: from Kafka to Elasticsearch. It runs beside Elasticsearch, since its queue is on the same disk. */
export function logstash(
    config: StackConfig,
    namespace: pulumi.Output<string>,
    kafka: pulumi.Input<string>,
    elasticsearch: Elasticsearch,
    opts: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
    const { name, labels, replicas, spec: asks } = logstashDemand(config);
    const [waits] = asks.initContainers!;
    const home = "/usr/share/logstash";
    const settings = config.elk.logstash;
    const heap = heapMebibytes(settings.memory);
    const files = filesOf(__dirname, "logstash.conf");
    const map = new kubernetes.core.v1.ConfigMap(name, { metadata: { name, namespace }, data: files }, opts);
    const credentials = elasticsearch.secret
        ? [
              { name: "ELASTICSEARCH_USER", value: users.logstash },
              elasticsearch.secretly("ELASTICSEARCH_PASSWORD", "logstash"),
          ]
        : [];
    const digest = secretChecksum(elasticsearch.passwords, files["logstash.conf"]);
    return new kubernetes.apps.v1.Deployment(
        name,
        {
            metadata: { name, namespace, labels },
            spec: {
                replicas,
                // Two would fight for the queue.
                strategy: { type: "Recreate" },
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels, annotations: { checksum: digest } },
                    spec: {
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        terminationGracePeriodSeconds: 60,
                        priorityClassName: asks.priorityClassName,
                        securityContext: runAs(1000),
                        initContainers: [
                            {
                                // What is written before the alias is there would make an index of its name. Asked for
                                // as Logstash's own user, which the keeper makes too.
                                ...waits,
                                image: config.elk.elasticsearch.image,
                                command: [
                                    "/bin/bash",
                                    "-c",
                                    `. /scripts/es.sh; until es GET /_alias/${index} >/dev/null; do sleep 2; done`,
                                ],
                                env: elasticsearch.access(elasticsearch.url, "logstash"),
                                securityContext: confined,
                                volumeMounts: [{ name: "scripts", mountPath: "/scripts" }],
                            },
                        ],
                        containers: [
                            {
                                ...asks.containers[0],
                                image: settings.image,
                                env: [
                                    { name: "KAFKA_BOOTSTRAP_SERVERS", value: kafka },
                                    { name: "KAFKA_TOPICS", value: config.elk.topic },
                                    { name: "KAFKA_GROUP_ID", value: "logstash" },
                                    { name: "ELASTICSEARCH_HOSTS", value: elasticsearch.url },
                                    { name: "ELASTICSEARCH_INDEX", value: index },
                                    ...credentials,
                                    // On the disk until Elasticsearch has it; what it refuses for good is kept too.
                                    { name: "QUEUE_TYPE", value: "persisted" },
                                    { name: "QUEUE_MAX_BYTES", value: "256mb" },
                                    { name: "DEAD_LETTER_QUEUE_ENABLE", value: "true" },
                                    { name: "XPACK_MONITORING_ENABLED", value: "false" },
                                    { name: "LS_JAVA_OPTS", value: `-Xms${heap}m -Xmx${heap}m` },
                                ],
                                ports: [{ name: "http", containerPort: 9600 }],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                                startupProbe: probe("/", { periodSeconds: 3, failureThreshold: 100 }),
                                readinessProbe: probe("/", { periodSeconds: 10 }),
                                livenessProbe: probe("/", { periodSeconds: 20, failureThreshold: 6 }),
                                // Its own start writes settings into the image's folder from the environment.
                                securityContext: { ...confined, readOnlyRootFilesystem: false },
                                volumeMounts: [
                                    { name: "pipeline", mountPath: `${home}/pipeline` },
                                    { name: "queue", mountPath: `${home}/data`, subPath: "logstash" },
                                ],
                            },
                        ],
                        volumes: [
                            { name: "pipeline", configMap: { name: map.metadata.name } },
                            { name: "scripts", configMap: { name: elasticsearch.scripts.metadata.name } },
                            { name: "queue", persistentVolumeClaim: { claimName: elasticsearch.volume.claimName } },
                        ],
                    },
                },
            },
        },
        opts,
    );
}

function probe(path: string, timing: object) {
    return { httpGet: { path, port: "http" }, timeoutSeconds: 5, ...timing };
}
