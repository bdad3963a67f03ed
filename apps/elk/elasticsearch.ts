import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { password } from "../../cluster/secrets";
import { DataVolume } from "../../cluster/storage";
import type { StackConfig } from "../../config";
import { heapMebibytes } from "../../config/types";
import { confined, filesOf, runAs, secretChecksum, service } from "../pods";
import { elasticsearchDemand } from "./demand";

const home = "/usr/share/elasticsearch";
/** Where the volume of its snapshots is, which no other pod has. */
const snapshots = "/backup";
const name = "elasticsearch";
const port = 9200;

/** Who logs in: users' names by the keys of their passwords. The keeper makes Logstash's user, the product has the others. */
export const users = { elastic: "elastic", kibana: "kibana_system", logstash: "logstash_writer" };
type User = keyof typeof users;

/** What scripts need to ask Elasticsearch: the URL, and who they are where it asks back. */
export type Access = kubernetes.types.input.core.v1.EnvVar[];

/**
 * Elasticsearch: one node on its data disk. A second container in its pod makes the indices of logs, begins new ones and
 * removes the oldest, so that the disk can't fill, and makes a snapshot of them a day on the disk of backups.
 */
export class Elasticsearch extends pulumi.ComponentResource {
    readonly url: string;
    /** The superuser's password; empty where security is off. */
    readonly password: pulumi.Output<string>;
    /** All passwords: what has one in its environment starts again when it changes. */
    readonly passwords: pulumi.Output<Partial<Record<User, string>>>;
    readonly scripts: kubernetes.core.v1.ConfigMap;
    /** Present where security is on. */
    readonly secret?: kubernetes.core.v1.Secret;
    /** Its disk: what else is kept on it is in folders of its own. */
    readonly volume: DataVolume;

    constructor(config: StackConfig, namespace: pulumi.Output<string>, opts: pulumi.ComponentResourceOptions) {
        super("test-cluster:apps:Elasticsearch", name, {}, opts);
        const parent = { parent: this };
        const settings = config.elk.elasticsearch;
        this.url = `http://${name}:${port}`;
        const disk = (name: string) => config.disks.data.find((candidate) => candidate.name === name)!;
        this.volume = new DataVolume(disk(settings.disk), namespace, parent);
        const backups = new DataVolume(disk(config.backup.disk), namespace, parent, name);
        const passwords = settings.security && {
            elastic: password("elasticsearch-elastic", parent),
            kibana: password("elasticsearch-kibana", parent),
            logstash: password("elasticsearch-logstash", parent),
        };
        this.passwords = pulumi.output(passwords || {});
        this.password = passwords ? passwords.elastic : pulumi.output("");
        if (passwords) {
            this.secret = new kubernetes.core.v1.Secret(
                name,
                { metadata: { name: "elasticsearch-passwords", namespace }, stringData: pulumi.secret(passwords) },
                parent,
            );
        }
        const scripts = ["es.sh", "ready.sh", "keeper.sh", "snapshots.sh", "template.json"];
        const files = filesOf(path.join(__dirname, "scripts"), ...scripts);
        this.scripts = new kubernetes.core.v1.ConfigMap(
            name,
            { metadata: { name: "elasticsearch-scripts", namespace }, data: files },
            parent,
        );
        const { labels, replicas, spec: asks } = elasticsearchDemand(config);
        const [copy] = asks.initContainers!;
        const [server, keeper] = asks.containers;
        const serviceName = service(name, namespace, { http: port }, parent).metadata.name;
        const heap = heapMebibytes(settings.memory);
        const checksum = secretChecksum(this.passwords, JSON.stringify(files));
        new kubernetes.apps.v1.StatefulSet(
            name,
            {
                metadata: { name, namespace, labels },
                spec: {
                    serviceName,
                    replicas,
                    // Else a pod that never got ready would not be replaced by its correction.
                    podManagementPolicy: "Parallel",
                    selector: { matchLabels: labels },
                    template: {
                        metadata: { labels, annotations: { checksum } },
                        spec: {
                            automountServiceAccountToken: false,
                            enableServiceLinks: false,
                            terminationGracePeriodSeconds: 60,
                            priorityClassName: asks.priorityClassName,
                            // The image's own user and group.
                            securityContext: runAs(1000, 0),
                            initContainers: [
                                {
                                    // The server writes its keystore beside its settings.
                                    ...copy,
                                    image: settings.image,
                                    command: ["/bin/bash", "-c", `cp -R ${home}/config/. /config/`],
                                    securityContext: confined,
                                    volumeMounts: [{ name: "config", mountPath: "/config" }],
                                },
                            ],
                            containers: [
                                {
                                    ...server,
                                    image: settings.image,
                                    env: [
                                        { name: "cluster.name", value: `test-cluster-${config.stack}` },
                                        { name: "node.name", value: name },
                                        { name: "discovery.type", value: "single-node" },
                                        { name: "ES_JAVA_OPTS", value: `-Xms${heap}m -Xmx${heap}m` },
                                        { name: "xpack.security.enabled", value: String(settings.security) },
                                        // Inside the cluster; what is secret is the password.
                                        { name: "xpack.security.http.ssl.enabled", value: "false" },
                                        { name: "ingest.geoip.downloader.enabled", value: "false" },
                                        { name: "path.repo", value: snapshots },
                                        ...(settings.security ? [this.secretly("ELASTIC_PASSWORD", "elastic")] : []),
                                        ...this.access(`http://localhost:${port}`),
                                    ],
                                    ports: [{ name: "http", containerPort: port }],
                                    terminationMessagePolicy: "FallbackToLogsOnError",
                                    startupProbe: { ...script("ready"), periodSeconds: 2, failureThreshold: 150 },
                                    readinessProbe: { ...script("ready"), periodSeconds: 5, failureThreshold: 3 },
                                    livenessProbe: {
                                        tcpSocket: { port: "http" },
                                        periodSeconds: 10,
                                        failureThreshold: 6,
                                    },
                                    securityContext: confined,
                                    volumeMounts: [
                                        { name: "data", mountPath: `${home}/data`, subPath: "data" },
                                        { name: "backup", mountPath: snapshots },
                                        { name: "config", mountPath: `${home}/config` },
                                        { name: "logs", mountPath: `${home}/logs` },
                                        { name: "tmp", mountPath: "/tmp" },
                                        { name: "scripts", mountPath: "/scripts" },
                                    ],
                                },
                                {
                                    ...keeper,
                                    image: settings.image,
                                    command: ["/bin/bash", "/scripts/keeper.sh"],
                                    env: [
                                        { name: "KEEP_DAYS", value: String(config.elk.keepDays) },
                                        { name: "KEEP_MIB", value: String(Math.floor(config.elk.keepGiB * 1024)) },
                                        { name: "BACKUP_DAYS", value: String(config.backup.keep.days) },
                                        { name: "STACK", value: config.stack },
                                        ...(settings.security
                                            ? [
                                                  this.secretly("KIBANA_PASSWORD", "kibana"),
                                                  this.secretly("LOGSTASH_PASSWORD", "logstash"),
                                              ]
                                            : []),
                                        ...this.access(`http://localhost:${port}`),
                                    ],
                                    readinessProbe: {
                                        exec: { command: ["test", "-e", "/tmp/prepared"] },
                                        periodSeconds: 2,
                                        failureThreshold: 3,
                                    },
                                    securityContext: confined,
                                    volumeMounts: [
                                        { name: "scripts", mountPath: "/scripts" },
                                        { name: "keeper", mountPath: "/tmp" },
                                    ],
                                },
                            ],
                            volumes: [
                                { name: "data", persistentVolumeClaim: { claimName: this.volume.claimName } },
                                { name: "backup", persistentVolumeClaim: { claimName: backups.claimName } },
                                { name: "config", emptyDir: { sizeLimit: "16Mi" } },
                                { name: "logs", emptyDir: { sizeLimit: "512Mi" } },
                                { name: "tmp", emptyDir: { sizeLimit: "512Mi" } },
                                { name: "keeper", emptyDir: { sizeLimit: "16Mi" } },
                                { name: "scripts", configMap: { name: this.scripts.metadata.name } },
                            ],
                        },
                    },
                },
            },
            { parent: this, dependsOn: [this.volume, backups] },
        );
        this.registerOutputs({ url: this.url });
    }

    /** The environment of scripts that ask Elasticsearch, at its service or at another URL, as the superuser or another. */
    access(url = this.url, user: User = "elastic"): Access {
        const who = [{ name: "ES_USER", value: users[user] }];
        return [{ name: "ES_URL", value: url }, ...(this.secret ? [...who, this.secretly("ES_PASSWORD", user)] : [])];
    }

    /** A variable with a password of Elasticsearch's, where security is on. */
    secretly(variable: string, key: User): Access[number] {
        return { name: variable, valueFrom: { secretKeyRef: { name: this.secret!.metadata.name, key } } };
    }
}

function script(file: string) {
    return { exec: { command: ["/bin/bash", `/scripts/${file}.sh`] }, timeoutSeconds: 10 };
}
