import * as fs from "node:fs";
import * as path from "node:path";
import { assignments, quote, scriptFile } from "../../cluster/shell";
import { filedBackups, newestFirst } from "../status/backups";
import { printed } from "../status/ssh";
import type { Context, Kind, Manifest, Wanted } from "./kind";

/** Seconds for what reads or moves a backup, for the restore on the control plane, and until all is ready after it. */
const patience = { backup: 600, restore: 1200, settle: 1500 };

/** etcd, which is all that Kubernetes knows: by snapshots that the control plane makes and the backups' host keeps. */
export const etcd: Kind = {
    name: "etcd",

    async backup(context: Context, why: string): Promise<Manifest> {
        const { host } = places(context);
        const fetch = `${reasons}why /usr/local/sbin/etcd-store fetch ${quote(why)}\n`;
        const name = (await said(context, host, fetch)).trim();
        const made = (await etcd.list(context)).find((each) => each.name === name);
        if (!made) throw new Error(`${name} was made, and is not on ${host} any more`);
        return made;
    },

    async list(context: Context): Promise<Manifest[]> {
        const { host, disk } = places(context);
        const { backups } = await filedBackups(context.shell, host, disk);
        return newestFirst(backups, "etcd");
    },

    async plan(context: Context, wanted: Wanted): Promise<string[]> {
        const name = await choose(context, wanted.backup);
        const { controlPlane } = places(context);
        const found = await opened(context, name);
        return [
            `etcd of ${controlPlane} goes back to ${name}:`,
            ...found.split("\n").filter((line) => line),
            "What was made in Kubernetes since then is forgotten: its pods are ended. What was deleted since comes back and",
            "is started again. What was changed is what it was. Leases, events and tokens of that time come back too.",
            "Data is not touched: MySQL, Nacos, Elasticsearch, Kafka and the data disks stay as they are.",
            "The API is away for about a minute, in which pods go on running. Then every kubelet, and what watches the API,",
            `is started again. What was there is kept on ${controlPlane} in /var/lib/etcd.before-*, the last two; when the`,
            "restore fails it is put back. Afterwards `pulumi up --refresh` brings the cluster to the stack's state.",
        ];
    },

    async restore(context: Context, wanted: Wanted): Promise<string[]> {
        const name = await choose(context, wanted.backup);
        await sent(context, name);
        const { controlPlane } = places(context);
        context.signal.throwIfAborted();
        context.say(
            `${controlPlane}: etcd goes back; from here it goes on to its end, also when this command is ended`,
        );
        const restored = await unit(context, controlPlane, name);
        context.say("every kubelet is started again");
        const since = (await said(context, controlPlane, "date +%s\n")).trim();
        const hosts = context.stack.access.hosts.map((host) => host.name);
        await Promise.all(hosts.map((host) => said(context, host, "systemctl restart kubelet\n")));
        context.say("what watches the API is started again");
        const given = { NODES: hosts.join(" "), SINCE: since };
        const settled = await said(
            context,
            controlPlane,
            [...assignments(given), own("etcd-settle")].join("\n"),
            patience.settle,
        );
        return [...restored, ...settled.split("\n").filter((line) => line)];
    },
};

/** @throws Error where the stack has no control plane, or no host for backups */
function places({ stack }: Context): { controlPlane: string; host: string; disk: string } {
    const { controlPlane, backup } = stack;
    if (!controlPlane) throw new Error("this stack has no cluster yet: pulumi up");
    if (!backup?.host) throw new Error("the disk of backups is in no host of this stack: pulumi up");
    return { controlPlane, host: backup.host, disk: backup.folder };
}

/** Script that says which backup is to be restored, or what speaks against the one wanted. */
export function choice(given: { FOLDER: string; STACK: string; CA: string; WANTED: string }): string {
    return ["set -euo pipefail", ...assignments(given), scriptFile("backups"), own("etcd-choose")].join("\n");
}

async function choose(context: Context, wanted = ""): Promise<string> {
    if (wanted && !/^etcd-\d{8}T\d{6}Z$/.test(wanted)) {
        throw new Error(
            `${wanted}: that is no name of a backup of etcd, such as etcd-20260102T030405Z: npm run backups`,
        );
    }
    const { controlPlane, host, disk } = places(context);
    const authority = "openssl x509 -in /etc/kubernetes/pki/ca.crt -pubkey -noout | openssl pkey -pubin -outform der";
    const CA = (await said(context, controlPlane, `set -o pipefail; ${authority} | sha256sum | cut -c -12\n`)).trim();
    const given = { FOLDER: `${disk}/etcd`, STACK: context.stack.name, CA, WANTED: wanted };
    return (await said(context, host, choice(given))).trim();
}

/** Has the backup sent to the control plane. */
async function sent(context: Context, name: string): Promise<void> {
    const { controlPlane, host } = places(context);
    context.say(`${name}: from ${host} to ${controlPlane}`);
    await said(context, host, `${reasons}why /usr/local/sbin/etcd-store give ${name}\n`);
}

/** Has the backup sent to the control plane and opened there, where nothing else is touched; returns what it is. */
async function opened(context: Context, name: string): Promise<string> {
    await sent(context, name);
    const { controlPlane } = places(context);
    return await said(context, controlPlane, `${reasons}why /usr/local/sbin/etcd-restore check ${name}\n`);
}

/** Runs a program of the hosts; of what it says when it fails, its steps' own lines say where and not why. */
export const reasons = `why() {
    local status=0 log
    log=$(mktemp)
    "$@" 2>"$log" || status=$?
    ((status == 0)) || grep -v '^==> \\|^FAILED on \\|^time=.* level=warning' "$log" | paste -s -d ' ' >&2
    rm -f "$log"
    return "$status"
}
`;

/**
 * Runs the restore on the control plane as a unit of systemd: it comes to its end whatever becomes of the connection.
 * Returns what it says of what it did.
 */
async function unit(context: Context, host: string, name: string): Promise<string[]> {
    const log = "/var/lib/test-cluster/etcd-restore/log";
    const output = `-p StandardOutput=truncate:${log} -p StandardError=append:${log}`;
    const command = `systemd-run --quiet --wait --collect --unit=etcd-restore ${output}`;
    const text = `status=0; ${command} /usr/local/sbin/etcd-restore restore ${name} || status=$?; cat ${log}; exit "$status"\n`;
    const { stdout, failure } = await context.shell.run(host, text, patience.restore);
    const lines = stdout.split("\n").filter((line) => line);
    if (!failure) return lines.filter((line) => line.startsWith("etcd: "));
    const reasons = lines.filter((line) => !line.startsWith("==> ")).slice(-4);
    throw new Error(`${[...reasons, ...(reasons.length > 0 ? [] : [failure])].join("\n")}\nAll of it: ${host}:${log}`);
}

/** A script of this folder. */
function own(name: string): string {
    return fs.readFileSync(path.join(__dirname, `${name}.sh`), "utf8");
}

function said({ shell }: Context, host: string, text: string, seconds = patience.backup): Promise<string> {
    return printed(shell, host, text, seconds);
}
