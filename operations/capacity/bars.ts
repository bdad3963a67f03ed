import type { Screen } from "../status/render";
import type { Marks, NodeVerdict } from "./verdict";
import { gib, percent, short } from "../../cluster/words";

/** The terminal's picture: a bar a node, of the memory that is requested of it. */

const green = 32;
const yellow = 33;
const red = 31;
const grey = 90;

/** A bar: what was there, what is new, what is left, and the watermark. */
export function bar(node: NodeVerdict, marks: Marks, width: number, colour: boolean): string {
    const { allocatable, before, after } = node;
    const at = (memory: number) => Math.min(width, Math.round((memory / allocatable.memory) * width));
    const [was, is, mark] = [before.requests.memory, after.requests.memory, allocatable.memory * marks.requests].map(
        at,
    );
    const over = after.requests.memory > allocatable.memory * marks.requests;
    const cells = Array.from({ length: width }, (_, i): [string, number] => {
        if (i === Math.min(mark, width - 1)) return ["┃", over ? red : yellow];
        if (i < Math.min(was, is)) return ["█", grey];
        // What was put out for the new is neither.
        return i < is ? ["▓", over ? red : green] : ["·", grey];
    });
    if (!colour) return cells.map(([text]) => text).join("");
    // One colour for as long as it goes on.
    const runs: [string, number][] = [];
    for (const [text, code] of cells) {
        const last = runs.at(-1);
        if (last?.[1] === code) last[0] += text;
        else runs.push([text, code]);
    }
    return runs.map(([text, code]) => paint(text, code)).join("");
}

/** Bars of all nodes, with their figures beside them where there is room, else below. */
export function bars(nodes: NodeVerdict[], marks: Marks, { width, colour }: Screen): string[] {
    const total = Math.min(width, 80);
    const least = 16;
    const names = Math.min(total - 4 - least, Math.max(...nodes.map(({ name }) => name.length)));
    const figures = nodes.map((node) => figure(node));
    const left = total - 4 - names;
    const besides = 2 + Math.max(...figures.map((text) => text.length));
    const beside = left - besides >= least;
    return nodes.flatMap((node, i) => {
        const name = short(node.name, names).padEnd(names);
        const drawn = `  ${name}  ${bar(node, marks, beside ? left - besides : left, colour)}`;
        return beside ? [`${drawn}  ${figures[i]}`] : [drawn, `    ${figures[i]}`];
    });
}

function figure({ allocatable, before, after, used }: NodeVerdict): string {
    const [was, is] = [before, after].map(({ requests }) => percent(requests.memory, allocatable.memory));
    const now = used ? `, used ${percent(used.memory, allocatable.memory)}` : "";
    return `${was} → ${is} of ${gib(allocatable.memory)}${now}`;
}

export function legend(marks: Marks): string {
    return `█ requested now  ▓ in addition  · free  ┃ ${Math.round(marks.requests * 100)} %`;
}

export function paint(text: string, code: number): string {
    return `\x1b[${code}m${text}\x1b[0m`;
}
