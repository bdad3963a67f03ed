import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import type { StackConfig } from "../../config";
import { broughtBack } from "../bucket/copies";
import { backupHost, type Hosts } from "../hosts";
import { sshKey, type SshKey } from "../secrets";
import { script } from "../shell";
import { step } from "../step";

/** Where the control plane has the key that its backups are sealed with. */
const keyFile = "/etc/test-cluster/backup.key";

/**
 * Backups of etcd: the control plane makes them, and the host with the backups' disk has it do so by a timer, over SSH
 * by a key that is good for nothing else, and keeps them. The first is made at once, so that it is known to work.
 */
export class EtcdBackups extends pulumi.ComponentResource {
    /** What the control plane needs before it is made: what backs it up, and the backup that it begins with, if any. */
    readonly beforehand: command.remote.Command[];
    private readonly access: SshKey;

    /**
     * @param mount of the backups' disk
     * @param key that backups are sealed with
     */
    constructor(
        private readonly config: StackConfig,
        private readonly hosts: Hosts,
        private readonly mount: pulumi.Resource,
        key: pulumi.Output<string>,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("test-cluster:cluster:EtcdBackups", "etcd-backups", {}, opts);
        this.access = sshKey("etcd-backup", { parent: this });
        const { controlPlane } = hosts;
        const source = step(
            "etcd-source",
            controlPlane,
            {
                script: script(own("install-source"), { KEY: keyFile }, controlPlanePrograms(config)),
                stdin: pulumi.interpolate`${key}\n${this.access.publicKey}\n`,
            },
            { parent: this, dependsOn: controlPlane.prepared },
        );
        const { recoverFrom } = config.backup;
        this.beforehand = recoverFrom ? [source, this.recovery(recoverFrom, source)] : [source];
        this.registerOutputs({});
    }

    /** Has backups made from now on, the first at once: when this is done, they are known to work. */
    start(clusterReady: pulumi.Resource): command.remote.Command {
        const files = storeFiles(this.config, this.hosts.controlPlane.address);
        const parts = ["timer", own("store-key"), own("install-store")];
        return this.onStore("etcd-store", { parts, files, after: [...this.beforehand, clusterReady] });
    }

    /** Sends the backup that a control plane begins with, to each one that is made. */
    private recovery(backup: string, source: pulumi.Resource): command.remote.Command {
        const { config, hosts, mount } = this;
        const { controlPlane } = hosts;
        const inBucket = { parent: this, dependsOn: mount };
        const program = "/usr/local/sbin/etcd-store";
        return this.onStore("etcd-recovery", {
            parts: [own("store-key"), own("recover")],
            given: { BACKUP: backup },
            files: { [program]: storeFiles(config, controlPlane.address)[program] },
            triggers: [controlPlane.instance.id],
            after: [source, ...(config.backup.bucket ? [broughtBack(config, hosts, backup, inBucket)] : [])],
        });
    }

    /** A step on the host with the backups' disk, which reaches the control plane. */
    private onStore(name: string, what: StoreStep): command.remote.Command {
        const { config, hosts, mount } = this;
        const { parts, given = {}, files, triggers, after } = what;
        const { controlPlane } = hosts;
        return step(
            name,
            backupHost(config, hosts),
            {
                script: controlPlane.key.publicKey.apply((identity) =>
                    script(
                        parts,
                        { ...given, CONTROL_PLANE: controlPlane.address, CONTROL_PLANE_KEY: identity },
                        files,
                    ),
                ),
                stdin: this.access.privateKey,
                triggers,
            },
            { parent: this, dependsOn: [mount, ...after] },
        );
    }
}

interface StoreStep {
    /** Of its script, with what they are given, and the files that they find. */
    parts: string[];
    given?: Record<string, string>;
    files: Record<string, string>;
    triggers?: pulumi.Output<string>[];
    after: pulumi.Resource[];
}

/** Text of a program for a host: what it is given, the shared steps and the libraries, and itself. */
function program(given: Record<string, string>, ...parts: string[]): string {
    return script(["backups", ...parts], given);
}

/** What the control plane's host has, by path. */
export function controlPlanePrograms({ stack }: StackConfig): Record<string, string> {
    const given = { STACK: stack, KEY: keyFile };
    return {
        "/usr/local/sbin/etcd-backup": program(given, own("etcd"), own("backup")),
        "/usr/local/sbin/etcd-restore": program(given, own("etcd"), "containers", own("restore")),
        "/usr/local/sbin/etcd-first": program(given, own("etcd"), own("first")),
        "/usr/local/sbin/etcd-room": program(given, own("etcd"), own("room")),
    };
}

/** What the host with the backups' disk has, by path. */
export function storeFiles({ stack, backup }: StackConfig, controlPlane: string): Record<string, string> {
    const { hours, days } = backup.keep;
    const given = {
        STACK: stack,
        FOLDER: `/var/lib/data/${backup.disk}/etcd`,
        KEEP_HOURS: String(hours),
        KEEP_DAYS: String(days),
        CONTROL_PLANE: controlPlane,
    };
    return {
        "/usr/local/sbin/etcd-store": program(given, own("store")),
        "/etc/systemd/system/etcd-backup.service": service,
        "/etc/systemd/system/etcd-backup.timer": timer(backup.everyMinutes),
    };
}

const service = `[Unit]
Description=Backup of etcd
After=network-online.target mount-data-disks.service
[Service]
Type=oneshot
ExecStart=/usr/local/sbin/etcd-store fetch schedule
TimeoutStartSec=10min
`;

function timer(everyMinutes: number): string {
    return `[Unit]
Description=Backups of etcd
[Timer]
OnCalendar=*:${everyMinutes === 60 ? "00" : `00/${everyMinutes}`}
AccuracySec=1s
Persistent=true
[Install]
WantedBy=timers.target
`;
}

function own(name: string): string {
    return path.join(__dirname, name);
}
