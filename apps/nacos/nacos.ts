import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { encryptionKey, password } from "../../cluster/secrets";
import type { StackConfig } from "../../config";
import { nacosDatabase } from "../../config/nacos";
import type { MySql } from "../mysql/mysql";
import { confined, filesOf, runAs, secretChecksum, namespaceOf, service } from "../pods";
import { nacosDemand } from "./demand";
import { databaseEnvironment, environment, start } from "./environment";

const name = "nacos";
// The image runs as root and needs nothing that root has. This number is of nobody in it.
const uid = 1000;
/** The ports that Nacos' clients count on: gRPC is always 1000 above HTTP. */
const ports = { http: 8848, grpc: 9848, "grpc-servers": 9849, console: 8080 };

/** Nacos: one server that keeps everything in MySQL, closed to whoever has no password. */
export class Nacos extends pulumi.ComponentResource {
    /** `host:port` inside the cluster. */
    readonly address: pulumi.Output<string>;
    /** Of the administrator, `nacos`. */
    readonly password: pulumi.Output<string>;
    /** Made when the server is ready. */
    readonly server: kubernetes.apps.v1.Deployment;

    constructor(config: StackConfig, mysql: MySql, opts: pulumi.ComponentResourceOptions) {
        super("test-cluster:apps:Nacos", name, {}, opts);
        const parent = { parent: this };
        const settings = config.nacos;
        this.password = password("nacos-admin", parent);
        const namespace = namespaceOf(name, config, "all", parent);
        const { labels, replicas, spec: asks } = nacosDemand(config);
        const [schemaFile, schema] = asks.initContainers!;
        const scripts = filesOf(__dirname, "schema.sh", "admin.sh");
        const secrets = pulumi.secret(
            pulumi
                .all({
                    admin: this.password,
                    token: encryptionKey("nacos-token", parent),
                    identity: password("nacos-identity", parent),
                    database: mysql.passwords[nacosDatabase],
                    address: mysql.address,
                })
                .apply(({ address, ...all }) => ({ ...all, "client.cnf": clientFile(address, all.database) })),
        );
        const configMap = new kubernetes.core.v1.ConfigMap(
            name,
            { metadata: { name: "nacos-scripts", namespace }, data: scripts },
            parent,
        );
        const secret = new kubernetes.core.v1.Secret(
            name,
            { metadata: { name: "nacos-secrets", namespace }, stringData: secrets },
            parent,
        );
        const serviceName = service(name, namespace, ports, parent).metadata.name;
        const fromSecret = (variable: string, key: string) => ({
            name: variable,
            valueFrom: { secretKeyRef: { name: secret.metadata.name, key } },
        });
        const file = (key: string) => ({
            secret: { secretName: secret.metadata.name, defaultMode: 0o440, items: [{ key, path: key }] },
        });
        const health = (what: string) => ({
            // The console's: the server's own of the same name says that it is not ready by a code in a reply of 200.
            httpGet: { path: `/v3/console/health/${what}`, port: "console" },
            timeoutSeconds: 5,
        });
        this.server = new kubernetes.apps.v1.Deployment(
            name,
            {
                metadata: { name, namespace, labels },
                spec: {
                    replicas,
                    // Two servers in standalone mode would not know of each other's changes.
                    strategy: { type: "Recreate" },
                    selector: { matchLabels: labels },
                    template: {
                        // The server starts again when a script or a secret changes.
                        metadata: {
                            labels,
                            annotations: { checksum: secretChecksum(secrets, ...Object.values(scripts)) },
                        },
                        spec: {
                            automountServiceAccountToken: false,
                            enableServiceLinks: false,
                            priorityClassName: asks.priorityClassName,
                            securityContext: runAs(uid),
                            initContainers: [
                                {
                                    ...schemaFile,
                                    image: settings.image,
                                    command: ["cp", "/home/nacos/conf/mysql-schema.sql", "/run/nacos/"],
                                    securityContext: confined,
                                    volumeMounts: [{ name: "schema", mountPath: "/run/nacos" }],
                                },
                                {
                                    ...schema,
                                    image: config.mysql.image,
                                    command: ["/bin/bash", "/scripts/schema.sh"],
                                    env: [
                                        {
                                            name: "ADMIN_DIGEST",
                                            value: secretChecksum(this.password.apply((admin) => ({ admin }))),
                                        },
                                    ],
                                    terminationMessagePolicy: "FallbackToLogsOnError",
                                    securityContext: confined,
                                    volumeMounts: [
                                        { name: "scripts", mountPath: "/scripts" },
                                        { name: "schema", mountPath: "/run/nacos", readOnly: true },
                                        { name: "client", mountPath: "/secrets", readOnly: true },
                                        { name: "tmp", mountPath: "/tmp" },
                                    ],
                                },
                            ],
                            containers: [
                                {
                                    ...asks.containers[0],
                                    image: settings.image,
                                    command: ["bash", "-c", start],
                                    env: [
                                        ...environment(settings.memory),
                                        ...databaseEnvironment(mysql.address),
                                        fromSecret("MYSQL_SERVICE_PASSWORD", "database"),
                                        fromSecret("NACOS_AUTH_TOKEN", "token"),
                                        fromSecret("NACOS_AUTH_IDENTITY_VALUE", "identity"),
                                    ],
                                    ports: Object.entries(ports).map(([name, containerPort]) => ({
                                        name,
                                        containerPort,
                                    })),
                                    lifecycle: { postStart: { exec: { command: ["bash", "/scripts/admin.sh"] } } },
                                    startupProbe: { ...health("liveness"), periodSeconds: 2, failureThreshold: 150 },
                                    readinessProbe: { ...health("readiness"), periodSeconds: 5 },
                                    livenessProbe: { ...health("liveness"), periodSeconds: 10, failureThreshold: 6 },
                                    terminationMessagePolicy: "FallbackToLogsOnError",
                                    securityContext: confined,
                                    volumeMounts: [
                                        { name: "scripts", mountPath: "/scripts" },
                                        { name: "admin", mountPath: "/secrets", readOnly: true },
                                        { name: "logs", mountPath: "/home/nacos/logs" },
                                        { name: "data", mountPath: "/home/nacos/data" },
                                        { name: "tmp", mountPath: "/tmp" },
                                    ],
                                },
                            ],
                            volumes: [
                                { name: "scripts", configMap: { name: configMap.metadata.name } },
                                { name: "client", ...file("client.cnf") },
                                { name: "admin", ...file("admin") },
                                { name: "schema", emptyDir: { sizeLimit: "16Mi" } },
                                // All that must last is in MySQL.
                                { name: "data", emptyDir: { sizeLimit: "1Gi" } },
                                { name: "logs", emptyDir: { sizeLimit: "2Gi" } },
                                { name: "tmp", emptyDir: { sizeLimit: "256Mi" } },
                            ],
                        },
                    },
                },
            },
            parent,
        );
        this.address = pulumi.interpolate`${serviceName}.${namespace}.svc:${ports.http}`;
        this.registerOutputs({ address: this.address });
    }
}

function clientFile(address: string, password: string): string {
    const [host, port] = address.split(":");
    return `[client]\nhost=${host}\nport=${port}\nuser=${nacosDatabase}\npassword=${password}\nconnect-timeout=5\n`;
}
