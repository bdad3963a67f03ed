/** A span of time up to now that the pages offer, and how its histogram is cut. */
export interface Range {
    name: string;
    label: string;
    /** Both in milliseconds. */
    length: number;
    interval: number;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

export const ranges: Range[] = [
    { name: "15m", label: "Last 15 minutes", length: 15 * minute, interval: 15 * second },
    { name: "1h", label: "Last hour", length: hour, interval: minute },
    { name: "6h", label: "Last 6 hours", length: 6 * hour, interval: 6 * minute },
    { name: "24h", label: "Last 24 hours", length: 24 * hour, interval: 30 * minute },
    { name: "7d", label: "Last 7 days", length: 7 * 24 * hour, interval: 3 * hour },
    { name: "30d", label: "Last 30 days", length: 30 * 24 * hour, interval: 12 * hour },
];

/** The named range, else the one that a dashboard's `now-1h` names, else the last hour. */
export function rangeOf(name: string | null, stored?: unknown): Range {
    const find = (wanted: string | null) => ranges.find((range) => range.name === wanted);
    const kept = /^now-(.+)$/.exec(String(stored))?.[1];
    return find(name) ?? find(kept ?? null) ?? ranges[1];
}

/** A point in time as the pages show it, in UTC: `2026-01-02 03:04:05`. */
export function shown(time: number | string, parts: "full" | "short" = "full"): string {
    const date = new Date(time);
    if (Number.isNaN(date.getTime())) return String(time);
    const text = date.toISOString().replace("T", " ");
    return parts === "full" ? text.slice(0, 23) : text.slice(5, 16);
}
