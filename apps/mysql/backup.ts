import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { scriptFile } from "../../cluster/shell";
import { DataVolume } from "../../cluster/storage";
import type { StackConfig } from "../../config";
import { confined, filesOf, runAs } from "../pods";
import { backupFolder, mysqlBackupDemand } from "./demand";

/** What a backup needs to know of the server that it is of. */
export interface Server {
    namespace: pulumi.Output<string>;
    /** `host:port`. */
    address: pulumi.Output<string>;
    /** Of the user `backup`. */
    password: pulumi.Output<string>;
    /** The image's user. */
    uid: number;
}

/** Seconds after which a backup or a restore is given up. */
const patience = 3600;

/** How much of MySQL's disk its binary logs may have. */
const logShare = 0.2;

/** Makes the first backup, beside MySQL and not within it, since it may have to wait for what waits for MySQL. */
export type FirstBackup = (opts: pulumi.CustomResourceOptions) => kubernetes.batch.v1.Job;

/**
 * Backs up MySQL, and Nacos' configurations in it, every some minutes. A restore is a Job from the same template, with
 * another script: `operations/backup` makes it.
 * @param key what backups are sealed with
 * @returns what makes the first one, of a new cluster and after each change of how they are made, so that they are known
 *   to work
 */
export function mysqlBackup(
    config: StackConfig,
    key: pulumi.Output<string>,
    { namespace, address, password, uid }: Server,
    opts: pulumi.CustomResourceOptions,
): FirstBackup {
    const { name, labels, spec: asks } = mysqlBackupDemand(config);
    const { everyMinutes, keep, disk: backups } = config.backup;
    const disk = (wanted: string) => config.disks.data.find((candidate) => candidate.name === wanted)!;
    const volume = new DataVolume(disk(backups), namespace, opts, backupFolder);
    const scripts = new kubernetes.core.v1.ConfigMap(
        name,
        {
            metadata: { name: "mysql-backup-scripts", namespace },
            data: {
                ...filesOf(path.join(__dirname, "scripts"), "backup.sh", "replay.sh", "restore.sh", "scratch.sh"),
                "backups.sh": scriptFile("backups"),
            },
        },
        opts,
    );
    const client = pulumi.all([address, password]).apply(([at, word]) => clientFile(at, word));
    const secret = new kubernetes.core.v1.Secret(
        name,
        {
            metadata: { name: "mysql-backup", namespace },
            stringData: pulumi.secret(
                pulumi.all({ key, "client.cnf": client }) as pulumi.Output<Record<string, string>>,
            ),
        },
        opts,
    );
    const env = {
        FOLDER: "/backup",
        STACK: config.stack,
        KEEP_HOURS: keep.hours,
        KEEP_DAYS: keep.days,
        STACK_USERS: config.mysql.databases.join(" "),
        BINLOG_MIB: Math.floor(disk(config.mysql.disk).sizeGiB * 1024 * logShare),
        WHY: "schedule",
    };
    const template = {
        metadata: { labels },
        spec: {
            restartPolicy: "Never",
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            priorityClassName: asks.priorityClassName,
            securityContext: runAs(uid),
            containers: [
                {
                    ...asks.containers[0],
                    image: config.mysql.image,
                    command: ["/bin/bash", "/scripts/backup.sh"],
                    env: Object.entries(env).map(([name, value]) => ({ name, value: String(value) })),
                    terminationMessagePolicy: "FallbackToLogsOnError",
                    securityContext: confined,
                    volumeMounts: [
                        { name: "backup", mountPath: "/backup" },
                        { name: "scripts", mountPath: "/scripts" },
                        { name: "secrets", mountPath: "/secrets", readOnly: true },
                        { name: "scratch", mountPath: "/scratch" },
                        { name: "tmp", mountPath: "/tmp" },
                    ],
                },
            ],
            volumes: [
                { name: "backup", persistentVolumeClaim: { claimName: volume.claimName } },
                { name: "scripts", configMap: { name: scripts.metadata.name } },
                { name: "secrets", secret: { secretName: secret.metadata.name, defaultMode: 0o440 } },
                // What a dump is restored into, on the disk of the node.
                { name: "scratch", emptyDir: { sizeLimit: "8Gi" } },
                { name: "tmp", emptyDir: { sizeLimit: "1Gi" } },
            ],
        },
    };
    new kubernetes.batch.v1.CronJob(
        name,
        {
            metadata: { name, namespace, labels },
            spec: {
                schedule: everyMinutes === 60 ? "0 * * * *" : `*/${everyMinutes} * * * *`,
                concurrencyPolicy: "Forbid",
                // Without it, a control plane that was away for long would begin no more.
                startingDeadlineSeconds: 300,
                successfulJobsHistoryLimit: 1,
                failedJobsHistoryLimit: 1,
                // The next one comes soon enough.
                jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: patience, template } },
            },
        },
        { ...opts, dependsOn: volume },
    );
    return (own) =>
        new kubernetes.batch.v1.Job(
            `${name}-first`,
            {
                metadata: {
                    name: `${name}-first`,
                    namespace,
                    labels,
                    // One that has failed is made again by the next update.
                    annotations: { "pulumi.com/replaceUnready": "true" },
                },
                spec: { backoffLimit: 2, activeDeadlineSeconds: patience, template },
            },
            { ...own, customTimeouts: { create: `${patience}s` } },
        );
}

/** The way to MySQL; the client alone knows how long to wait for it, and not what dumps. */
function clientFile(address: string, password: string): string {
    const [host, port] = address.split(":");
    return `[client]\nhost=${host}\nport=${port}\nuser=backup\npassword=${password}\n[mysql]\nconnect-timeout=10\n`;
}
