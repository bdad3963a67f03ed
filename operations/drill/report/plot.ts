import type { DrillRecord, Phase } from "../record";
import { escape } from "../../page/page";

/** Drawings of what a drill saw, all over the same axis of time. Pure text: inline SVG, coloured by the page's style. */

const width = 1040;
const left = 118;
const right = 14;
/** Seconds without a value after which a curve is broken off. */
const gap = 5;

/** Where a second is, in pixels. */
export function timeScale(seconds: number): (at: number) => number {
    const span = Math.max(seconds, 1);
    return (at) => round(left + (Math.min(at, span) / span) * (width - left - right));
}

/** A curve over time. */
export interface Curve {
    name: string;
    points: { at: number; value: number }[];
}

/** How a value is drawn: from the bottom, 0, to the top, 1; and the lines across, with their words. */
export interface Axis {
    place(value: number): number;
    ticks: { value: number; label: string }[];
    /** A goal or a warning: drawn as a line that is seen. */
    mark?: { value: number; label: string };
}

/** The phases by name, as a band of their own. */
export function phaseBand(record: DrillRecord): string {
    const x = timeScale(record.seconds);
    const height = 30;
    const boxes = record.phases.map((phase, index) => {
        const from = x(phase.from);
        const wide = x(phase.to) - from;
        // A name that has no room is in the list below the drawing.
        const room = wide > phase.name.length * 6.6 + 20;
        const text = room ? `${index + 1} ${phase.name}` : wide > 12 ? String(index + 1) : "";
        const title = `<title>${escape(`${phase.name}: ${phase.what}`)}</title>`;
        return (
            `<g>${title}<rect class="phase${phase.fault ? " fault" : ""}" x="${from}" y="2" width="${round(wide)}" ` +
            `height="${height - 4}"/><text x="${round(from + wide / 2)}" y="19" class="middle">${escape(text)}</text></g>`
        );
    });
    return svg(height, "Phases", [caption(19, "phase"), ...boxes]);
}

/** Curves, with marks in red at the moments where there was no answer. */
export function curves(
    record: DrillRecord,
    title: string,
    axis: Axis,
    all: Curve[],
    failures: { at: number; text: string }[] = [],
): string {
    const top = 10;
    const height = 210;
    const bottom = height - 12;
    const x = timeScale(record.seconds);
    const y = (value: number) => round(bottom - Math.min(1, Math.max(0, axis.place(value))) * (bottom - top));
    const line = ({ value, label }: { value: number; label: string }, kind: string) =>
        `<line class="${kind}" x1="${left}" x2="${width - right}" y1="${y(value)}" y2="${y(value)}"/>` +
        (kind === "mark"
            ? `<text class="end mark" x="${width - right - 4}" y="${y(value) - 4}">${escape(label)}</text>`
            : `<text class="end" x="${left - 8}" y="${y(value) + 4}">${escape(label)}</text>`);
    const lines = all.map(({ name, points }, index) => {
        // Taken down when they came, and drawn by when they were asked for; nothing is drawn where nothing was seen.
        const sorted = [...points].sort((a, b) => a.at - b.at);
        const joined = (point: number) => point > 0 && sorted[point].at - sorted[point - 1].at < gap;
        const path = sorted.map(({ at, value }, point) => `${joined(point) ? "L" : "M"}${x(at)} ${y(value)}`).join("");
        return `<path class="curve c${index % 6}" d="${path}"><title>${escape(name)}</title></path>`;
    });
    const failed = failures.map(
        ({ at, text }) =>
            `<line class="failed faint" x1="${x(at)}" x2="${x(at)}" y1="${top}" y2="${bottom}"><title>${escape(text)}</title></line>`,
    );
    return svg(height, title, [
        ...shades(record.phases, x, top, bottom),
        ...axis.ticks.map((tick) => line(tick, "grid")),
        ...failed,
        ...lines,
        ...(axis.mark ? [line(axis.mark, "mark")] : []),
    ]);
}

/** A row for each probe: a line while it answers, red where it failed. */
export function strips(record: DrillRecord): string {
    const x = timeScale(record.seconds);
    const row = 22;
    const names = Object.keys(record.samples);
    const rows = names.map((name, index) => {
        const middle = 6 + index * row + row / 2;
        const all = record.samples[name];
        const answered = all.filter(({ failure }) => !failure).map(({ at }) => `M${x(at)} ${middle - 4}v8`);
        const failed = all.flatMap(({ at, failure }) =>
            failure
                ? `<line class="failed" x1="${x(at)}" x2="${x(at)}" y1="${middle - 8}" y2="${middle + 8}">` +
                  `<title>${escape(`after ${Math.round(at)} s: ${failure}`)}</title></line>`
                : [],
        );
        return `${caption(middle + 4, name)}<path class="answered" d="${answered.join("")}"/>${failed.join("")}`;
    });
    const height = names.length * row + 12;
    return svg(height, "Probes", [...shades(record.phases, x, 2, height - 2), ...rows]);
}

/** The axis of time itself: some eight round numbers. */
export function timeAxis({ seconds }: DrillRecord): string {
    const x = timeScale(seconds);
    const step = [5, 10, 15, 30, 60, 120, 300, 600].find((each) => seconds / each <= 9) ?? 1200;
    const marks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
    const text = (at: number) => `${Math.floor(at / 60)}:${String(at % 60).padStart(2, "0")}`;
    const all = marks.map((at) => `<text class="middle" x="${x(at)}" y="14">${text(at)}</text>`);
    return svg(20, "Time since the drill began", all);
}

function shades(phases: Phase[], x: (at: number) => number, top: number, bottom: number): string[] {
    const faults = phases.filter(({ fault }) => fault);
    return faults.map(({ from, to }) => {
        return `<rect class="shade" x="${x(from)}" y="${top}" width="${round(x(to) - x(from))}" height="${bottom - top}"/>`;
    });
}

function caption(y: number, text: string): string {
    return `<text class="end" x="${left - 8}" y="${y}">${escape(text)}</text>`;
}

function svg(height: number, title: string, parts: string[]): string {
    return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">${parts.join("")}</svg>`;
}

function round(pixels: number): number {
    return Math.round(pixels * 10) / 10;
}
