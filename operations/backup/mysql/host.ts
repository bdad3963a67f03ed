import { scriptFile } from "../../../cluster/shell";
import { filedBackups, newestFirst } from "../../status/backups";
import type { BackupPlace } from "../../status/stack";
import type { Context, Kind, Manifest } from "../kind";

/** Seconds that the host has for an answer. */
const patience = 60;

/**
 * Runs a script on the host that has the backups, with the library of backups at hand, on the files of one folder. The
 * key goes by standard input into a file in memory, which is gone afterwards. Returns what it printed.
 * @throws Error with the script's last words when it fails
 */
export async function onBackupHost(context: Context, folder: string, script: string): Promise<string> {
    const { stack, shell } = context;
    const place = placeOf(context);
    if (!stack.backupKey) throw new Error("the stack has no key of backups yet: pulumi up");
    const text = [
        "set -euo pipefail",
        "umask 077",
        "KEY=$(mktemp -p /dev/shm)",
        "trap 'rm -f \"$KEY\"' EXIT",
        `cat >"$KEY" <<'END-OF-KEY'\n${stack.backupKey.trim()}\nEND-OF-KEY`,
        `FOLDER=${place.folder}/${folder} STACK=${stack.name}`,
        scriptFile("backups"),
        script,
    ].join("\n");
    const { stdout, failure } = await shell.run(place.host, `${text}\n`, patience);
    if (failure) throw new Error(failure);
    return stdout;
}

/** The manifests of a kind that are files there, newest first. */
export async function filed(context: Context, kind: Kind["name"]): Promise<Manifest[]> {
    const { host, folder } = placeOf(context);
    const { backups } = await filedBackups(context.shell, host, folder);
    return newestFirst(backups, kind);
}

function placeOf({ stack: { backup } }: Context): BackupPlace & { host: string } {
    const { host } = backup ?? {};
    if (!backup || !host) throw new Error("the disk of backups is in no host of this stack: pulumi up --refresh");
    return { ...backup, host };
}
