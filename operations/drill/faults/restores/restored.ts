import type { Context as Work, Kind, Wanted } from "../../../backup/kind";
import { restore } from "../../../backup/restore";
import type { Scene } from "../fault";

/** Why the backups were made that drills make for themselves. */
export const why = "before a drill";

/** What a kind of backup works with, in a drill. */
export const work = ({ context, signal }: Scene): Work => ({
    ...context,
    signal: signal ?? new AbortController().signal,
});

/**
 * As `npm run restore -- KIND --yes` does; what it prints is told to whoever watches, as standard output is the verdict's.
 * @throws Error when it was refused, or failed
 */
export async function restored(scene: Scene, kind: Kind, wanted: Wanted, withoutBackup = false): Promise<void> {
    const code = await restore(kind, work(scene), wanted, { yes: true, withoutBackup, print: scene.context.say });
    if (code !== 0) throw new Error(`npm run restore -- ${kind.name} has failed, as said above`);
}
