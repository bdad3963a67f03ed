import { elapsed } from "../status/render";
import type { Kind, Manifest } from "./kind";

/** How old backups may be. */

/** Seconds that the newest may be old: two turns of the schedule and five minutes; Elasticsearch's are a day apart. */
export function oldest(kind: Kind["name"], everyMinutes: number): number {
    return kind === "elasticsearch" ? 26 * 3600 : (2 * everyMinutes + 5) * 60;
}

/** Seconds since a backup was made. */
export function age({ at }: Manifest, now: Date): number {
    return (now.getTime() - Date.parse(at)) / 1000;
}

/** What is wrong with a kind's backups, of which these are the newest first; `early` where there is time yet for the first. */
export function complaint(
    kind: Kind["name"],
    backups: Manifest[],
    { everyMinutes, since }: { everyMinutes: number; since?: Date },
    now: Date,
): { text: string; early: boolean } | undefined {
    const most = oldest(kind, everyMinutes);
    if (backups.length === 0) {
        const due = new Date((since?.getTime() ?? 0) + most * 1000);
        return due > now
            ? { text: `none yet; the first is due by ${due.toTimeString().slice(0, 5)}`, early: true }
            : { text: `there is none: npm run backup -- ${kind}`, early: false };
    }
    const old = age(backups[0], now);
    if (old <= most) return undefined;
    return { text: `the newest is ${elapsed(old)} old, and is to be at most ${elapsed(most)}`, early: false };
}
