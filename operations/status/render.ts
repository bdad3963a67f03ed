import { isAbove, marksLines, share as percent } from "./marks";
import type { Probed, Row, Use } from "./row";

/** What a table is made for. */
export interface Screen {
    /** Columns; Infinity where nothing is to be broken or left out. */
    width: number;
    colour: boolean;
}

/** From this part of what it has on, something is near its limit. */
const near = 0.85;

const signs = { up: "✔", down: "✘", absent: "·", above: "!" };
const colours = { up: 32, down: 31, absent: 90, above: 33 };

interface Column {
    title: string;
    text(row: Row, now: Date): string;
    /** Narrow screens do without: the highest first. */
    spared: number;
}

const columns: Column[] = [
    { title: "  part", text: (row) => `${signs[look(row)]} ${row.name}`, spared: 0 },
    { title: "state", text: ({ state }) => state, spared: 0 },
    {
        title: "since",
        text: ({ since }, now) => (since ? elapsed((now.getTime() - since.getTime()) / 1000) : "-"),
        spared: 2,
    },
    { title: "memory", text: ({ uses }) => share(uses.memory, bytes), spared: 1 },
    { title: "CPU", text: ({ uses }) => share(uses.cpu, cores), spared: 4 },
    { title: "disk", text: ({ uses }) => share(uses.disk, bytes), spared: 3 },
    { title: "probe", text: ({ probe }) => outcome(probe), spared: 0 },
    { title: "", text: ({ probe }) => probe?.what ?? "", spared: 5 },
];

/** The table: a line for each row, its reason below it, and what it comes to. */
export function table(stack: string, rows: Row[], now: Date, screen: Screen): string {
    const { shown, widths } = fitting(rows, now, screen.width);
    const line = (texts: string[]) =>
        texts
            .map((text, i) => text.padEnd(widths[i]))
            .join("  ")
            .trimEnd();
    const lines = rows.flatMap((row) => {
        const text = line(shown.map((column) => column.text(row, now)));
        const below = [row.reason ?? [], row.part === "node" ? marksLines(row.marks ?? []) : []].flat();
        const parts = below.flatMap((each) => wrapped(each, screen.width - 4)).map((part) => `    ${part}`);
        return [paint(text, row, screen.colour), ...parts.map((part) => warned(part, screen.colour))];
    });
    const near = rows.some((row) => columns.some((column) => column.text(row, now).endsWith("!")));
    return [
        `Stack ${stack}, ${now.toTimeString().slice(0, 8)}`,
        line(shown.map(({ title }) => title)),
        ...lines,
        summary(rows) + (near ? " ! = near its limit." : ""),
    ].join("\n");
}

/** The columns that fit, and how wide they are. */
function fitting(rows: Row[], now: Date, width: number): { shown: Column[]; widths: number[] } {
    let shown = columns;
    for (;;) {
        const widths = shown.map(({ title, text }) =>
            Math.max(title.length, ...rows.map((row) => text(row, now).length)),
        );
        const total = widths.reduce((sum, each) => sum + each + 2, -2);
        const last = Math.max(...shown.map(({ spared }) => spared));
        if (total <= width || last === 0) return { shown, widths };
        shown = shown.filter(({ spared }) => spared !== last);
    }
}

/** What a row is shown as: what is above a watermark is up, but not as it should be. */
function look({ state, marks = [] }: Row): keyof typeof signs {
    return state === "up" && marks.some(isAbove) ? "above" : state;
}

function paint(line: string, row: Row, colour: boolean): string {
    if (!colour) return line;
    if (row.state === "absent") return painted(colours.absent, line);
    return painted(colours[look(row)], line[0]) + warned(line.slice(1), colour);
}

function warned(line: string, colour: boolean): string {
    return colour ? line.replace(/\S+( [KMGT]iB| %)?!/g, (text) => painted(colours.above, text)) : line;
}

function painted(code: number, text: string): string {
    return `\x1b[${code}m${text}\x1b[0m`;
}

function summary(rows: Row[]): string {
    const count = (state: Row["state"]) => rows.filter((row) => row.state === state).length;
    const absent = count("absent") ? `, ${count("absent")} not in this stack` : "";
    const above = rows.filter((row) => look(row) === "above").length;
    return `${count("up")} up${above ? ` (${above} above a watermark)` : ""}, ${count("down")} down${absent}.`;
}

/** A span of seconds in its two greatest units. */
export function elapsed(seconds: number): string {
    const whole = Math.max(0, Math.round(seconds));
    const [days, hours, minutes] = [whole / 86400, (whole / 3600) % 24, (whole / 60) % 60].map(Math.floor);
    if (days) return `${days} d ${hours} h`;
    if (hours) return `${hours} h ${minutes} m`;
    return minutes ? `${minutes} m ${whole % 60} s` : `${whole} s`;
}

function share(use: Use | undefined, format: (use: Use) => string): string {
    if (!use || Number.isNaN(use.used)) return "-";
    return format(use) + (use.of && use.used / use.of >= near ? "!" : "");
}

function bytes({ used, of }: Use): string {
    // Of two amounts the first is small at times, which whole KiB would say too loudly.
    const least = of ? 2 : 1;
    const power = Math.min(4, Math.max(least, Math.floor(Math.log2(of ?? Math.max(used, 1)) / 10)));
    const text = (value: number) => (value / 2 ** (10 * power)).toFixed(power > 2 ? 1 : 0);
    return `${text(used)}${of ? `/${text(of)}` : ""} ${["KiB", "MiB", "GiB", "TiB"][power - 1]}`;
}

function cores({ used, of }: Use): string {
    return `${used.toFixed(2)}${of ? `/${Number(of.toFixed(2))}` : ""}`;
}

function outcome(probe: Probed | undefined): string {
    if (!probe) return "-";
    if (probe.failure) return "failed";
    if (probe.seconds === undefined) return "…";
    return probe.seconds < 1 ? `${Math.round(probe.seconds * 1000)} ms` : `${probe.seconds.toFixed(1)} s`;
}

function wrapped(text: string, width: number): string[] {
    const lines = [""];
    // Not at no-break spaces, which \s would have too.
    for (const word of text.split(/[ \t\n]+/)) {
        const longer = `${lines.at(-1)} ${word}`.trim();
        if (longer.length <= width || lines.at(-1) === "") lines[lines.length - 1] = longer;
        else lines.push(word);
    }
    return lines.map((line) => line.replaceAll("\u00a0", " "));
}

/** The same as the table, for programs: bytes, cores, seconds, times in UTC. */
export function json(stack: string, rows: Row[], now: Date): object {
    return {
        stack,
        at: now.toISOString(),
        up: rows.every(({ state }) => state !== "down"),
        parts: rows.map(({ part, name, state, since, uses, probe, marks, reason }) => ({
            ...{ part, name, state, up: state === "absent" ? null : state === "up" },
            ...{
                since: since?.toISOString() ?? null,
                uses,
                probe: tried(probe),
                reason: reason?.replaceAll("\u00a0", " ") ?? null,
            },
            ...(marks && {
                watermarks: marks.map((mark) => ({
                    ...mark,
                    percent: Math.round(percent(mark) * 10) / 10,
                    above: isAbove(mark),
                })),
            }),
        })),
    };
}

/** The trends are with the nodes that they are of. */
function tried(probe: Probed | undefined): object | null {
    if (!probe) return null;
    const { what, seconds, failure } = probe;
    return { what, ...(seconds !== undefined && { seconds }), ...(failure !== undefined && { failure }) };
}
