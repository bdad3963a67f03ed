import { complaint } from "../backup/age";
import type { Kind, Manifest } from "../backup/kind";
import { manifestsIn } from "../backup/snapshots";
import { quote } from "../../cluster/shell";
import type { Elasticsearch } from "./elasticsearch";
import { type Probed, reason, type Row } from "./row";
import type { Shell } from "./ssh";
import type { BackupPlace, Stack } from "./stack";

/** Seconds that the host of backups has to show their manifests. */
const patience = 8;

export interface Found {
    seconds: number;
    backups: Manifest[];
}

/**
 * What the backups say that are files on the backups' disk.
 * @throws Error when the disk is not mounted, or a manifest can't be read
 */
export async function filedBackups(shell: Shell, host: string, folder: string): Promise<Found> {
    const text = [
        `mountpoint -q ${quote(folder)} || { echo "the disk of backups is not mounted" >&2; exit 1; }`,
        `find ${quote(folder)} -mindepth 2 -maxdepth 2 -name '[!.]*.json' -exec cat {} +\n`,
    ].join("\n");
    const { stdout, seconds = 0, failure } = await shell.run(host, text, patience);
    if (failure) throw new Error(failure);
    return { seconds, backups: stdout.split("\n").filter(Boolean).map(manifestIn) };
}

/** Those of a kind. */
export function newestFirst(backups: Manifest[], kind: Kind["name"]): Manifest[] {
    return backups.filter((one) => one.kind === kind).sort((a, b) => b.at.localeCompare(a.at));
}

function manifestIn(line: string): Manifest {
    try {
        return JSON.parse(line) as Manifest;
    } catch {
        throw new Error(`a backup's manifest can't be read: ${line.slice(0, 100)}`);
    }
}

/** Elasticsearch's, by its own word. */
export async function snapshotBackups(elasticsearch: Elasticsearch): Promise<Found> {
    const began = Date.now();
    const backups = await manifestsIn(elasticsearch);
    return { seconds: (Date.now() - began) / 1000, backups };
}

/** The probe that finds the backups of a kind. */
export function probeOf(kind: Kind["name"]): string {
    return kind === "elasticsearch" ? "snapshots" : "backup files";
}

/** A kind's backups, down when the newest is too old. `needed` is the part that they are asked of, where it is one. */
export function backupRow(
    kind: Kind["name"],
    stack: Stack,
    probed: Record<string, Probed>,
    now: Date,
    needed?: Row,
): Row {
    const row = { part: "backup", name: `backup ${kind}`, uses: {} } as const;
    const place = stack.backup;
    if (!place || needed?.state === "absent") return { ...row, state: "absent" };
    const probe = probed[probeOf(kind)];
    if (!probe) return untold(row, place, needed);
    if (probe.failure) return { ...row, state: "down", reason: probe.failure };
    const newest = newestFirst(probe.backups ?? [], kind).filter((each) => each.stack === stack.name);
    const wrong = complaint(kind, newest, place, now);
    const state = wrong ? (wrong.early ? "absent" : "down") : "up";
    if (newest.length === 0) return { ...row, state, ...reason(wrong?.text) };
    const [{ at, bytes, seconds, verified }] = newest;
    return {
        ...row,
        state,
        since: new Date(at),
        uses: { disk: { used: bytes } },
        probe: { what: `verified: ${verified}`, seconds },
        ...reason(wrong?.text),
    };
}

/** Nobody could be asked, or has not answered yet. */
function untold<R extends Pick<Row, "part" | "name" | "uses">>(row: R, { host }: BackupPlace, needed?: Row): Row {
    if (!host) return { ...row, state: "down", reason: "the disk of backups is attached to no host" };
    if (needed?.state === "down") return { ...row, state: "down", reason: `not known: ${needed.name} is down` };
    return { ...row, state: "up", probe: { what: "" } };
}
