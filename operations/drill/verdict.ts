import { outOfTime } from "../status/wait";
import type { Compared } from "./known/known";
import type { DrillRecord, Sample, Want } from "./record";

/** The smallest value that this share of all does not exceed; 0 of none. */
export function quantile(values: number[], share: number): number {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

/** Seconds as people say them. */
export function seconds(value: number): string {
    if (value >= 120) return `${Math.floor(value / 60)} min ${Math.round(value % 60)} s`;
    if (value >= 10) return `${Math.round(value)} s`;
    return value >= 1 ? `${Math.round(value * 10) / 10} s` : `${Math.round(value * 1000)} ms`;
}

/** Whether 99 of 100 answers of a probe took less than `limit` seconds; no answer took as long as it was waited for. */
export function quick({ samples }: DrillRecord, probe: string, what: string, limit: number): Want {
    const all = samples[probe] ?? [];
    const failed = all.filter(({ failure }) => failure);
    const p99 = quantile(
        all.map((sample) => (sample.failure ? Math.max(sample.seconds, limit) : sample.seconds)),
        0.99,
    );
    const met = all.length > 0 && p99 < limit;
    return {
        what,
        wanted: `p99 under ${seconds(limit)}`,
        got: tried(all, `p99 ${seconds(p99)}, ${failed.length} of ${all.length} without an answer`),
        met,
        ...(!met && all.length > 0 && failed.length === 0 && { late: true }),
    };
}

/** Share of tries that may go without an answer in time and be told as late: a slow moment, and no outage. */
const slow = 0.05;

/** Whether a probe never failed. A probe that was never tried proves nothing. */
export function never({ samples }: DrillRecord, probe: string, what: string): Want {
    const all = samples[probe] ?? [];
    const failed = all.filter(({ failure }) => failure);
    const first = failed[0] ? `, first after ${seconds(failed[0].at)}: ${failed[0].failure}` : "";
    const late =
        failed.length > 0 &&
        failed.length <= slow * all.length &&
        failed.every(({ failure }) => failure!.startsWith(outOfTime));
    return {
        what,
        wanted: "0 failures",
        got: tried(all, `${failed.length} of ${all.length} failed${first}`),
        met: all.length > 0 && failed.length === 0,
        ...(late && { late }),
    };
}

/** Whether a state that is looked at again and again was never left; says each way in which it was. */
export function steady({ samples }: DrillRecord, probe: string, what: string): Want {
    const all = samples[probe] ?? [];
    const ways = [...new Set(all.flatMap(({ failure }) => failure ?? []))];
    return {
        what,
        wanted: "all the time",
        got: tried(all, ways.length === 0 ? `as before in ${all.length} looks` : ways.join("; ")),
        met: all.length > 0 && ways.length === 0,
    };
}

/** Whether all of some known data is there, and there was any. */
export function kept(kind: string, data: Compared | undefined): Want {
    const { taken = 0, lost = 0, unread = "" } = data ?? {};
    const read = data !== undefined && unread === "";
    return {
        what: `No ${kind} is lost`,
        wanted: "0 lost",
        got: read ? `${lost} of ${taken} lost` : `not compared${unread && `: ${unread}`}`,
        met: read && taken > 0 && lost === 0,
    };
}

/**
 * Seconds from a moment until a probe answered for good: after the last failure since then. 0 where it never failed;
 * undefined where it does not answer yet.
 */
export function backAfter({ samples }: DrillRecord, probe: string, began: number): number | undefined {
    const since = (samples[probe] ?? []).filter(({ at }) => at >= began).sort((a, b) => a.at - b.at);
    const last = since.findLastIndex(({ failure }) => failure);
    if (last < 0) return since.length > 0 ? 0 : undefined;
    const answer = since[last + 1];
    return answer && answer.at + answer.seconds - began;
}

function tried(all: Sample[], text: string): string {
    return all.length === 0 ? "never tried" : text;
}
