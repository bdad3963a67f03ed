import { printed, type Shell } from "./ssh";
import { defined, type Probed, reason, type Row } from "./row";
import type { BucketPlace } from "./stack";

/** Seconds that the host has to ask the bucket what it has. */
const patience = 14;

/** The probe of the bucket that backups are copied to. */
export const bucketProbe = "bucket";

/** What the bucket has of the stack's backups. */
export interface Copies {
    number: number;
    bytes: number;
    /** When the newest was made. */
    newest?: Date;
}

/**
 * Has the host with the backups' disk ask the bucket.
 * @throws Error with the reason when it can't be asked, or lacks what is older than 15 minutes
 */
export async function copiesIn(shell: Shell, host: string): Promise<{ seconds: number; copies: Copies }> {
    const began = Date.now();
    const text = await printed(shell, host, "/usr/local/sbin/backup-copies check\n", patience);
    const [, number, bytes, newest] = /^copies (\d+) (\d+) (\S*)$/m.exec(text) ?? [];
    if (number === undefined) throw new Error(`${host} says of the bucket: ${text.trim()}`);
    return {
        seconds: (Date.now() - began) / 1000,
        copies: defined({
            number: Number(number),
            bytes: Number(bytes),
            newest: newest ? new Date(newest) : undefined,
        }),
    };
}

/** The bucket, up when all that is older than 15 minutes is in it. */
export function bucketRow({ name, host }: BucketPlace, probe: Probed | undefined): Row {
    const row = { part: "backup", name: "backup bucket", uses: {} } as const;
    if (!host) return { ...row, state: "down", reason: "the host that copies to it is gone: pulumi up" };
    if (!probe) return { ...row, state: "up", probe: { what: "" } };
    if (probe.failure) return { ...row, state: "down", ...reason(probe.failure) };
    const { number = 0, bytes = 0, newest } = probe.copies ?? {};
    return {
        ...row,
        state: "up",
        ...(newest && { since: newest }),
        uses: { disk: { used: bytes } },
        probe: { what: `${number} in ${name}`, seconds: probe.seconds },
    };
}
