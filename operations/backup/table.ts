import { elapsed } from "../status/render";
import type { BackupPlace } from "../status/stack";
import { age, complaint } from "./age";
import type { Kind, Manifest } from "./kind";

/** Backups of a kind, the newest first, or why they could not be listed. */
export interface Listed {
    kind: Kind["name"];
    backups: Manifest[];
    failure?: string;
}

/** How many of a kind are shown. */
const shown = 5;

const painted = (code: number, text: string, colour: boolean) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);

/** Bytes with a digit after the point. */
export function size(bytes: number): string {
    const power = Math.min(3, Math.max(1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10)));
    return `${(bytes / 2 ** (10 * power)).toFixed(1)} ${["KiB", "MiB", "GiB"][power - 1]}`;
}

/** A backup that was just made, or why there is none. */
export function made(kind: string, result: Manifest | Error, colour: boolean): string {
    if (result instanceof Error) return painted(31, `✘ ${kind}: ${result.message}`, colour);
    const { name, bytes, seconds, verified } = result;
    return `✔ ${kind}: ${name}, ${size(bytes)}, ${seconds.toFixed(1)} s; verified: ${verified}`;
}

/** What is wrong with a kind's backups, if anything is. */
export function wrongWith({ kind, backups, failure }: Listed, place: BackupPlace, now: Date): string | undefined {
    if (failure !== undefined) return `can't be listed: ${failure}`;
    const wrong = complaint(kind, backups, place, now);
    return wrong && !wrong.early ? wrong.text : undefined;
}

/** The table of what there is; `all` shows more than the newest five of a kind. */
export function table(
    listed: Listed[],
    place: BackupPlace,
    now: Date,
    { all, colour }: { all: boolean; colour: boolean },
): string {
    const rows = listed.map(({ kind, backups }) =>
        (all ? backups : backups.slice(0, shown)).map((each) => [
            ...[kind, each.name, elapsed(age(each, now)), size(each.bytes), each.why, each.verified],
        ]),
    );
    const titles = ["kind", "name", "age", "size", "why", "verified"];
    const widths = titles.map((title, i) => Math.max(title.length, ...rows.flat().map((row) => row[i].length)));
    const line = (texts: string[]) =>
        texts
            .map((text, i) => text.padEnd(widths[i]))
            .join("  ")
            .trimEnd();
    const lines = listed.flatMap((one, i) => {
        const { kind, backups } = one;
        const wrong = wrongWith(one, place, now);
        const early = one.failure === undefined ? complaint(kind, backups, place, now) : undefined;
        const note = wrong ?? early?.text;
        const older = backups.length - rows[i].length;
        return [
            ...rows[i].map((row, j) => (j === 0 && wrong ? painted(31, line(row), colour) : line(row))),
            ...(older > 0 ? [`  and ${older} older: --all`] : []),
            ...(note ? [painted(wrong ? 31 : 33, `${wrong ? "✘" : "·"} ${kind}: ${note}`, colour)] : []),
        ];
    });
    return [line(titles), ...lines].join("\n");
}
