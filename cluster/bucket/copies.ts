import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as net from "node:net";
import * as path from "node:path";
import type { StackConfig } from "../../config";
import { backupHost, type Hosts } from "../hosts";
import { script } from "../shell";
import { step } from "../step";

const program = "/usr/local/sbin/backup-copies";
/** rclone's settings on the host; the part of them that is no secret is beside them. */
const settings = "/etc/test-cluster/bucket/rclone.conf";
const part = `${settings}.part`;

/** Has backups copied to the stack's bucket from now on, and at once: when this is done, it is known to work. */
export function backupCopies(
    config: StackConfig,
    hosts: Hosts,
    opts: pulumi.CustomResourceOptions,
): command.remote.Command {
    const parts = ["timer", own("settings"), own("install")];
    return onStore("backup-copies", config, hosts, script(parts, { SETTINGS: settings }, copiesFiles(config)), opts);
}

/** Brings the backup of etcd that a control plane begins with back from the bucket, for each one that is made. */
export function broughtBack(
    config: StackConfig,
    hosts: Hosts,
    backup: string,
    opts: pulumi.CustomResourceOptions,
): command.remote.Command {
    const all = copiesFiles(config);
    const files = Object.fromEntries([program, part].map((file) => [file, all[file]]));
    const given = { SETTINGS: settings, BACKUP: backup, FOLDER: `/var/lib/data/${config.backup.disk}/etcd` };
    const text = script([own("settings"), own("recover")], given, files);
    return onStore("backup-recovery", config, hosts, text, opts, [hosts.controlPlane.instance.id]);
}

/** A step on the host with the backups' disk, which is given the secret of the access key. */
function onStore(
    name: string,
    config: StackConfig,
    hosts: Hosts,
    text: string,
    opts: pulumi.CustomResourceOptions,
    triggers?: pulumi.Output<string>[],
): command.remote.Command {
    const stdin = pulumi.secret(`${config.backup.bucket!.accessKeySecret}\n`);
    return step(name, backupHost(config, hosts), { script: text, stdin, triggers }, opts);
}

/** What the host with the backups' disk has, by path, where the stack has a bucket. */
export function copiesFiles(config: StackConfig): Record<string, string> {
    const { stack, backup } = config;
    const given = {
        STACK: stack,
        BUCKET: backup.bucket!.name,
        DISK: `/var/lib/data/${backup.disk}`,
        SETTINGS: settings,
    };
    return {
        [program]: script(["backups", own("copies")], given),
        [part]: rcloneSettings(config),
        "/etc/systemd/system/backup-copies.service": service,
        "/etc/systemd/system/backup-copies.timer": timer,
    };
}

/**
 * rclone's settings but for the secret. OSS has each bucket at a name of its own. At an address there can't be one, and it
 * is in the path; rclone's provider Alibaba does not do that.
 */
function rcloneSettings({ region, backup }: StackConfig): string {
    const { endpoint = `https://oss-${region}-internal.aliyuncs.com`, accessKeyId } = backup.bucket!;
    const address = net.isIP(new URL(endpoint).hostname) !== 0;
    return [
        "[bucket]",
        "type = s3",
        ...(address ? ["provider = Other", "force_path_style = true"] : ["provider = Alibaba"]),
        `endpoint = ${endpoint}`,
        // Its user may not make one.
        "no_check_bucket = true",
        `access_key_id = ${accessKeyId}`,
        "",
    ].join("\n");
}

const service = `[Unit]
Description=Copies of backups in a bucket
After=network-online.target mount-data-disks.service
[Service]
Type=oneshot
ExecStart=${program} push
TimeoutStartSec=1h
`;

// Backups are made from full minutes on that are divisible by five, and are done two minutes later.
const timer = `[Unit]
Description=Copies of backups in a bucket
[Timer]
OnCalendar=*:02/5
AccuracySec=1s
[Install]
WantedBy=timers.target
`;

function own(name: string): string {
    return path.join(__dirname, name);
}
