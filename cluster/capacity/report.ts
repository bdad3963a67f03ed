import type { Budget } from "./budget";
import { mark, type Use } from "./complaints";
import { mebibytes, percent, wrapped } from "../words";

/** The budget as a table, a row a node, and a line for each node that may be lost. */
export function report({ uses, types, losses, watermarks }: Budget): string {
    const { requests, limits } = watermarks;
    const cells = (use: Use, what: "memory" | "cpu", write: (amount: number) => string) => {
        const { allocatable } = use.node;
        const most = mark(use.node, what, watermarks);
        return [
            ...[allocatable[what], use[what], allocatable[what] - use[what], most].map(write),
            flagged(use[what], allocatable[what], most),
        ];
    };
    const columns = ["gives", "asked", "free", "mark", "share"];
    const rows = [
        ["node", "type", ...columns, "limits", ...columns],
        ...uses.map((use) => [
            use.node.name,
            types[use.node.name],
            ...cells(use, "memory", mebibytes),
            flagged(use.memoryLimits, use.node.allocatable.memory, mark(use.node, "memoryLimits", watermarks)),
            ...cells(use, "cpu", String),
        ]),
    ];
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    const before = (count: number) => widths.slice(0, count).reduce((sum, width) => sum + width + 1, 0);
    const line = (row: string[]) =>
        row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(" ");
    const head = "memory, MiB".padStart(before(2) + 12).padEnd(before(8)) + " CPU, millicores";
    return [
        `Capacity: requests may be ${requests} %, memory limits ${limits} % of what a node gives`,
        head,
        ...rows.map(line),
        ...losses.flatMap(({ node, text }) => wrapped(`without ${node}: ${text}`, "", 100, "    ")),
    ]
        .map((text) => text.trimEnd())
        .join("\n");
}

/** A share in percent, marked where it is above what it may be. */
function flagged(part: number, whole: number, most: number): string {
    return `${percent(part, whole)}${part > most ? "!" : " "}`;
}
