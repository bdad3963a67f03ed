import { requests } from "../../cluster/scheduler/demand";
import { quantity } from "../../config/quantity";
import type { HostLook } from "./host";
import type { Metrics, Node, Pod } from "./kinds";
import type { Use } from "./row";

/** The most that may be requested of a node, and really used of its memory or of a disk, before people are told: percent. */
export interface Watermarks {
    requests: number;
    used: number;
}

/** How a part of a node was in the last hours, in percent of the whole. */
export interface Trend {
    hours: number;
    /** The most of each of twelve equal spans, oldest first; null where nothing is known of one. */
    values: (number | null)[];
    min: number;
    max: number;
    last: number;
}

/** A part of a node, cores or bytes, against its watermark. */
export interface Mark extends Required<Use> {
    what: "memory requested" | "CPU requested" | "memory used" | "CPU used" | "disk used";
    /** Percent; absent where a full use does no harm. */
    mark?: number;
    trend?: Trend;
}

/** By node and part. */
export type Trends = Record<string, Partial<Record<Mark["what"], Trend>>>;

/** What is requested of a node and used there, as far as it is known. */
export function marksOf(
    node: Node,
    pods: Pod[],
    used: { metrics?: Metrics; host?: HostLook },
    watermarks: Watermarks,
    trends: Trends = {},
): Mark[] {
    const { name } = node.metadata;
    const here = pods.filter(
        ({ spec, status }) => spec.nodeName === name && !/^(Succeeded|Failed)$/.test(status.phase ?? ""),
    );
    const asked = (of: "cpu" | "memory") => here.reduce((sum, { spec }) => sum + requests(spec)[of], 0);
    const gives = (of: string) => quantity(node.status.allocatable?.[of]);
    const has = (of: string) => quantity(node.status.capacity?.[of]);
    const usage = (of: string) => quantity(used.metrics?.usage?.[of]);
    const { used: disk = NaN, of = NaN } = used.host?.system ?? {};
    const measured = { used: usage("memory"), of: has("memory") };
    // What the host says itself is a little more than the kubelet counts, and better than nothing.
    const memory = { ...measured, ...(!used.metrics && used.host?.memory) };
    const marks: Mark[] = [
        { what: "memory requested", used: asked("memory"), of: gives("memory"), mark: watermarks.requests },
        { what: "CPU requested", used: asked("cpu") / 1000, of: gives("cpu"), mark: watermarks.requests },
        { what: "memory used", ...memory, mark: watermarks.used },
        { what: "CPU used", used: usage("cpu"), of: has("cpu") },
        { what: "disk used", used: disk, of, mark: watermarks.used },
    ];
    return marks
        .filter((mark) => mark.used >= 0 && mark.of > 0)
        .map((mark) => ({ ...mark, ...(trends[name]?.[mark.what] && { trend: trends[name][mark.what] }) }));
}

/** Percent of the whole. */
export function share({ used, of }: Required<Use>): number {
    return (used / of) * 100;
}

export function isAbove(mark: Mark): boolean {
    return mark.mark !== undefined && share(mark) > mark.mark;
}

/** What is above its watermark, in words; empty where nothing is. */
export function aboveText(marks: Mark[]): string {
    const above = marks.filter(isAbove).map((mark) => `${mark.what} ${share(mark).toFixed(1)}\u00a0%`);
    return above.length > 0 ? `above its watermark: ${above.join(", ")}` : "";
}

/** What has a watermark, as lines to be put below a row. What belongs together has no-break spaces. */
export function marksLines(all: Mark[]): string[] {
    const marks = all.filter(({ mark }) => mark !== undefined);
    if (marks.length === 0) return [];
    const groups = ["requested", "used"].flatMap((kind) => {
        const parts = marks
            .filter(({ what }) => what.endsWith(kind))
            .map((mark) => `${name(mark)}\u00a0${Math.round(share(mark))}\u00a0%${isAbove(mark) ? "!" : ""}`);
        return parts.length > 0 ? [`${kind} ${parts.join(", ")}`] : [];
    });
    const levels = [...new Set(marks.map(({ mark }) => mark))].map((mark) => `${mark}\u00a0%`);
    const trends = marks.flatMap((mark) =>
        mark.trend && mark.what.endsWith("used")
            ? [`${name(mark)}\u00a0${sparkline(mark.trend)}\u00a0${span(mark.trend)}\u00a0%`]
            : [],
    );
    return [
        `${groups.join("; ")}; mark\u00a0${levels.join(" and ")}`,
        ...(trends.length > 0
            ? [`last\u00a0${marks.find(({ trend }) => trend)!.trend!.hours}\u00a0h: ${trends.join(", ")}`]
            : []),
    ];
}

const name = ({ what }: Mark) => what.split(" ")[0];

/** A sign for each value, from nothing to the whole: of different nodes, the same height is the same share. */
export function sparkline({ values }: Trend): string {
    const sign = (value: number) => "▁▂▃▄▅▆▇█"[Math.min(7, Math.max(0, Math.floor((value / 100) * 8)))];
    return values.map((value) => (value === null ? "·" : sign(value))).join("");
}

function span({ min, max }: Trend): string {
    const [least, most] = [min, max].map(Math.round);
    return least === most ? `${least}` : `${least}–${most}`;
}
