import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import type { StackConfig } from "../../config";
import { checksum, confined, filesOf, namespaceOf, runAs, secretChecksum, service } from "../pods";
import { watermarks } from "../watermarks/watermarks";
import { kibanaDemand, objectsDemand } from "./demand";
import { Elasticsearch, users } from "./elasticsearch";
import { filebeat, logstash } from "./pipeline";
import { savedObjectsFile } from "./savedObjects";

const name = "logging";
const kibanaPort = 5601;

/** The containers' logs: Filebeat on every node → Kafka → Logstash → Elasticsearch → Kibana. */
export class Elk extends pulumi.ComponentResource {
    readonly namespace = name;
    /** `elastic`'s, for Kibana; empty where security is off. */
    readonly password: pulumi.Output<string>;

    /** @param kafka `host:port` that pods reach Kafka at */
    constructor(config: StackConfig, kafka: pulumi.Input<string>, opts: pulumi.ComponentResourceOptions) {
        super("test-cluster:apps:Elk", name, {}, opts);
        const parent = { parent: this };
        const namespace = namespaceOf(name, config, [], parent);
        const elasticsearch = new Elasticsearch(config, namespace, parent);
        this.password = elasticsearch.password;
        filebeat(config, namespace, kafka, parent);
        logstash(config, namespace, kafka, elasticsearch, { parent: this, dependsOn: elasticsearch.volume });
        const kibana = kibanaOf(config, namespace, elasticsearch, parent);
        importObjects(config, namespace, elasticsearch, { parent: this, dependsOn: kibana });
        watermarks(config, namespace, parent);
        this.registerOutputs({});
    }
}

function kibanaOf(
    config: StackConfig,
    namespace: pulumi.Output<string>,
    elasticsearch: Elasticsearch,
    opts: pulumi.CustomResourceOptions,
): kubernetes.apps.v1.Deployment {
    const { labels, replicas, spec: asks } = kibanaDemand(config);
    const settings = config.elk.kibana;
    const probe = (timing: object) => ({
        httpGet: { path: "/api/status", port: "http" },
        timeoutSeconds: 10,
        ...timing,
    });
    const credentials = elasticsearch.secret
        ? [
              { name: "ELASTICSEARCH_USERNAME", value: users.kibana },
              elasticsearch.secretly("ELASTICSEARCH_PASSWORD", "kibana"),
              // Probes don't log in. Before 8.9 the status is theirs only so; it tells how Kibana is, nothing of the logs.
              { name: "STATUS_ALLOWANONYMOUS", value: "true" },
          ]
        : [];
    service("kibana", namespace, { http: kibanaPort }, opts);
    return new kubernetes.apps.v1.Deployment(
        "kibana",
        {
            metadata: { name: "kibana", namespace, labels },
            spec: {
                replicas,
                strategy: { type: "Recreate" },
                selector: { matchLabels: labels },
                template: {
                    metadata: { labels, annotations: { checksum: secretChecksum(elasticsearch.passwords) } },
                    spec: {
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        priorityClassName: asks.priorityClassName,
                        securityContext: runAs(1000),
                        containers: [
                            {
                                ...asks.containers[0],
                                image: settings.image,
                                env: [
                                    { name: "ELASTICSEARCH_HOSTS", value: elasticsearch.url },
                                    { name: "SERVER_NAME", value: "kibana" },
                                    { name: "TELEMETRY_OPTIN", value: "false" },
                                    ...credentials,
                                ],
                                ports: [{ name: "http", containerPort: kibanaPort }],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                                startupProbe: probe({ periodSeconds: 3, failureThreshold: 200 }),
                                readinessProbe: probe({ periodSeconds: 10, failureThreshold: 3 }),
                                // Kibana is no better for a restart while Elasticsearch is away.
                                livenessProbe: { tcpSocket: { port: "http" }, periodSeconds: 20, failureThreshold: 6 },
                                // The image's start writes its settings into its own folder.
                                securityContext: { ...confined, readOnlyRootFilesystem: false },
                            },
                        ],
                    },
                },
            },
        },
        opts,
    );
}

/** A Job that brings the saved objects in; other objects, another Job. */
function importObjects(
    config: StackConfig,
    namespace: pulumi.Output<string>,
    elasticsearch: Elasticsearch,
    opts: pulumi.CustomResourceOptions,
): void {
    const { spec: asks } = objectsDemand();
    const files = {
        ...filesOf(path.join(__dirname, "scripts"), "es.sh", "import.sh"),
        "objects.ndjson": savedObjectsFile(),
    };
    const map = new kubernetes.core.v1.ConfigMap(
        "kibana-objects",
        { metadata: { name: "kibana-objects", namespace }, data: files },
        opts,
    );
    new kubernetes.batch.v1.Job(
        "kibana-objects",
        {
            metadata: { name: `kibana-objects-${checksum(JSON.stringify(files)).slice(0, 8)}`, namespace },
            spec: {
                backoffLimit: 5,
                template: {
                    spec: {
                        restartPolicy: "OnFailure",
                        automountServiceAccountToken: false,
                        enableServiceLinks: false,
                        priorityClassName: asks.priorityClassName,
                        securityContext: runAs(1000, 0),
                        containers: [
                            {
                                ...asks.containers[0],
                                image: config.elk.elasticsearch.image,
                                command: ["/bin/bash", "/files/import.sh"],
                                env: [
                                    { name: "KIBANA_URL", value: `http://kibana:${kibanaPort}` },
                                    ...elasticsearch.access(),
                                ],
                                terminationMessagePolicy: "FallbackToLogsOnError",
                                securityContext: confined,
                                volumeMounts: [{ name: "files", mountPath: "/files" }],
                            },
                        ],
                        volumes: [{ name: "files", configMap: { name: map.metadata.name } }],
                    },
                },
            },
        },
        opts,
    );
}
