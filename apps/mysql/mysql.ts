import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as fs from "node:fs";
import * as path from "node:path";
import type { StackConfig } from "../../config";
import { password } from "../../cluster/secrets";
import { DataVolume } from "../../cluster/storage";
import { mebibytes } from "../../config/types";
import { confined, namespaceOf, runAs, secretChecksum, service } from "../pods";
import { mysqlBackup, type FirstBackup } from "./backup";
import { mysqlDemand } from "./demand";

const name = "mysql";
const uid = 999; // the official image's user

/** MySQL: one server on its data disk, with a database and a user for each application that needs one, and its backup. */
export class MySql extends pulumi.ComponentResource {
    /** `host:port` inside the cluster. */
    readonly address: pulumi.Output<string>;
    readonly rootPassword: pulumi.Output<string>;
    /** By database, which is also the user's name. */
    readonly passwords: Record<string, pulumi.Output<string>>;
    readonly firstBackup: FirstBackup;

    /** @param backupKey what backups are sealed with */
    constructor(config: StackConfig, backupKey: pulumi.Output<string>, opts: pulumi.ComponentResourceOptions) {
        super("test-cluster:apps:MySql", name, {}, opts);
        const parent = { parent: this };
        const settings = config.mysql;
        const demand = mysqlDemand(config);
        const [server] = demand.spec.containers;
        const disk = config.disks.data.find((candidate) => candidate.name === settings.disk)!;
        this.rootPassword = password("mysql-root", parent);
        this.passwords = Object.fromEntries(
            settings.databases.map((database) => [database, password(`mysql-${database}`, parent)]),
        );

        const backup = password("mysql-backup", parent);
        const namespace = namespaceOf(name, config, ["nacos"], parent);
        const volume = new DataVolume(disk, namespace, parent);
        const { labels, replicas } = demand;
        const start = fs.readFileSync(path.join(__dirname, "start.sh"), "utf8");
        const passwords = pulumi.all({ ...this.passwords, root: this.rootPassword, backup });
        const scripts = new kubernetes.core.v1.ConfigMap(
            name,
            {
                metadata: { name: "mysql-start", namespace },
                data: { "start.sh": start },
            },
            parent,
        );
        const secret = new kubernetes.core.v1.Secret(
            name,
            {
                metadata: { name: "mysql-passwords", namespace },
                stringData: pulumi.secret(passwords.apply((all) => all as Record<string, string>)),
            },
            parent,
        );
        const serviceName = service(name, namespace, { [name]: 3306 }, parent).metadata.name;
        const client = (...command: string[]) => ({
            exec: { command: [command[0], "--defaults-file=/run/mysqld/client.cnf", ...command.slice(1)] },
        });
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
                        // The server starts again when its script or a password changes.
                        metadata: { labels, annotations: { checksum: secretChecksum(passwords, start) } },
                        spec: {
                            automountServiceAccountToken: false,
                            enableServiceLinks: false,
                            terminationGracePeriodSeconds: 60,
                            priorityClassName: demand.spec.priorityClassName,
                            securityContext: runAs(uid),
                            containers: [
                                {
                                    ...server,
                                    image: settings.image,
                                    command: ["/bin/bash", "/scripts/start.sh"],
                                    env: [{ name: "BUFFER_POOL", value: String(bufferPool(settings.memory)) }],
                                    ports: [{ name, containerPort: 3306 }],
                                    // A refusal to start says why in the pod's status.
                                    terminationMessagePolicy: "FallbackToLogsOnError",
                                    startupProbe: {
                                        ...client("mysqladmin", "ping"),
                                        periodSeconds: 2,
                                        failureThreshold: 150,
                                        timeoutSeconds: 5,
                                    },
                                    readinessProbe: {
                                        ...client("mysql", "--execute=SELECT 1"),
                                        periodSeconds: 5,
                                        timeoutSeconds: 5,
                                    },
                                    livenessProbe: {
                                        ...client("mysqladmin", "ping"),
                                        periodSeconds: 10,
                                        timeoutSeconds: 10,
                                        failureThreshold: 6,
                                    },
                                    securityContext: confined,
                                    volumeMounts: [
                                        { name: "data", mountPath: "/data" },
                                        { name: "scripts", mountPath: "/scripts" },
                                        { name: "secrets", mountPath: "/secrets" },
                                        { name: "run", mountPath: "/run/mysqld" },
                                        { name: "tmp", mountPath: "/tmp" },
                                    ],
                                },
                            ],
                            volumes: [
                                { name: "data", persistentVolumeClaim: { claimName: volume.claimName } },
                                { name: "scripts", configMap: { name: scripts.metadata.name } },
                                {
                                    name: "secrets",
                                    secret: {
                                        secretName: secret.metadata.name,
                                        items: [
                                            { key: "root", path: "root" },
                                            { key: "backup", path: "backup" },
                                            ...settings.databases.map((key) => ({ key, path: `users/${key}` })),
                                        ],
                                    },
                                },
                                { name: "run", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
                                { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
                            ],
                        },
                    },
                },
            },
            { parent: this, dependsOn: volume },
        );
        this.address = pulumi.interpolate`${serviceName}.${namespace}.svc:3306`;
        this.firstBackup = mysqlBackup(
            config,
            backupKey,
            { namespace, address: this.address, password: backup, uid },
            parent,
        );
        this.registerOutputs({ address: this.address });
    }
}

/** Half of the memory limit, in bytes: the other half is MySQL's own tables, connections and threads. */
export function bufferPool(memory: string): number {
    return (mebibytes(memory) * 2 ** 20) / 2;
}
