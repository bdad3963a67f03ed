import { cell, escape, page, table } from "../page/page";
import { listed } from "./faults";
import { conclusion, lossLine, summary } from "./render";
import type { NodeVerdict, Verdict } from "./verdict";
import { cores, gib, percent } from "../../cluster/words";

/** The verdict as a picture that needs nothing else: readable on light and on dark. */

const style = `
  text { fill: #1f2328; font: 13px system-ui, sans-serif; }
  .small { font-size: 11px; fill: #59636e; }
  .title { font-size: 16px; font-weight: 600; }
  .back { fill: #ffffff; } .room { fill: #eaeef2; } .was { fill: #6e8caf; } .new { fill: #2da44e; }
  .over { fill: #cf222e; } .mark { stroke: #9a6700; stroke-width: 2; } .used { stroke: #1f2328; stroke-width: 3; }
  .bad { fill: #cf222e; color: #cf222e; } .good { fill: #1a7f37; color: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; } .small { fill: #9198a1; }
    .back { fill: #0d1117; } .room { fill: #2a313c; } .was { fill: #58769b; } .new { fill: #3fb950; }
    .over { fill: #f85149; } .mark { stroke: #d29922; } .used { stroke: #e6edf3; }
    .bad { fill: #f85149; color: #f85149; } .good { fill: #3fb950; color: #3fb950; }
  }`;

const frame = { width: 760, left: 130, right: 20, top: 64, row: 58, bar: 20 };

/** One SVG document: a bar a node, before and after. */
export function svg(verdict: Verdict): string {
    const { nodes, marks, faults } = verdict;
    const height = frame.top + nodes.length * frame.row + 34;
    const legendY = height - 18;
    const key = (x: number, name: string, text: string) =>
        `<rect class="${name}" x="${x}" y="${legendY - 10}" width="12" height="12"/>` +
        `<text class="small" x="${x + 18}" y="${legendY}">${text}</text>`;
    const line = (x: number, name: string, text: string) =>
        `<line class="${name}" x1="${x}" x2="${x}" y1="${legendY - 11}" y2="${legendY + 3}"/>` +
        `<text class="small" x="${x + 8}" y="${legendY}">${text}</text>`;
    const used = nodes.some(({ used }) => used);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${frame.width} ${height}" width="${frame.width}" height="${height}" role="img">`,
        `<style>${style}\n</style>`,
        `<title>${escape(conclusion(verdict))}</title>`,
        `<rect class="back" width="${frame.width}" height="${height}"/>`,
        `<text class="title ${faults.length > 0 ? "bad" : "good"}" x="16" y="28">${escape(conclusion(verdict))}</text>`,
        `<text class="small" x="16" y="48">${escape(summary(verdict))} Memory of each node:</text>`,
        ...nodes.map((node, i) => row(node, frame.top + i * frame.row, marks.requests)),
        key(frame.left, "was", "requested now"),
        key(frame.left + 120, "new", "in addition"),
        key(frame.left + 220, "over", "above the watermark"),
        line(frame.left + 370, "mark", `watermark, ${Math.round(marks.requests * 100)} %`),
        ...(used ? [line(frame.left + 500, "used", "really used")] : []),
        "</svg>\n",
    ].join("\n");
}

function row({ name, allocatable, before, after, used }: NodeVerdict, y: number, mark: number): string {
    const width = frame.width - frame.left - frame.right;
    const at = (memory: number) => Math.min(width, (memory / allocatable.memory) * width);
    const [was, is] = [at(before.requests.memory), at(after.requests.memory)];
    const limit = at(allocatable.memory * mark);
    const box = (kind: string, from: number, to: number) =>
        to > from
            ? `<rect class="${kind}" x="${round(frame.left + from)}" y="${y}" width="${round(to - from)}" height="${frame.bar}"/>`
            : "";
    const upright = (kind: string, x: number, over: number) =>
        `<line class="${kind}" x1="${round(frame.left + x)}" x2="${round(frame.left + x)}" y1="${y - over}" y2="${y + frame.bar + over}"/>`;
    const [from, to] = [before, after].map(({ requests }) => percent(requests.memory, allocatable.memory));
    const figures = [
        `${from} → ${to} of ${gib(allocatable.memory)} requested`,
        `limits ${percent(after.limits.memory, allocatable.memory)}`,
        `CPU ${percent(before.requests.cpu, allocatable.cpu)} → ${percent(after.requests.cpu, allocatable.cpu)}`,
        ...(used ? [`used ${percent(used.memory, allocatable.memory)}`] : []),
    ];
    return [
        `<text x="16" y="${y + 15}">${escape(name)}</text>`,
        box("room", 0, width),
        box("was", 0, Math.min(was, is)),
        box("new", was, Math.min(is, Math.max(limit, was))),
        box("over", Math.max(limit, was), is),
        upright("mark", limit, 4),
        ...(used ? [upright("used", at(used.memory), 0)] : []),
        `<text class="small" x="${frame.left}" y="${y + frame.bar + 16}">${escape(figures.join(" · "))}</text>`,
    ].join("");
}

/** One HTML page with the picture and the rest of the verdict in words. */
export function html(verdict: Verdict): string {
    const { lines, losses, known, unknown, notes, faults } = verdict;
    const list = (title: string, items: string[]) =>
        items.length > 0
            ? `<h2>${title}</h2>\n<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>\n`
            : "";
    const rows = lines.map(({ workload, pods, requests, limits, unbounded, replaces }) => [
        cell(workload + (replaces ? " (runs already)" : "")),
        cell(String(pods), "narrow"),
        cell(requests.cpu ? cores(requests.cpu) : "-", "narrow"),
        cell(requests.memory ? gib(requests.memory) : "none", requests.memory ? "narrow" : "bad"),
        unbounded.limit.length > 0
            ? cell(`none: ${unbounded.limit.join(", ")}`, "bad")
            : cell(gib(limits.memory), "narrow"),
    ]);
    return page(
        conclusion(verdict),
        `${svg(verdict)}
${list("Why it is not to be installed as it is", faults.map(escape))}
<h2>What it asks, each pod</h2>
${table(["workload", "pods", "CPU", "memory", "memory limit"], rows)}
${list(
    "With a node lost",
    losses.map((loss) => escape(lossLine(loss))),
)}
${list(
    "Documented needs",
    known.map(
        ({ install, needs, lacks }) =>
            `<b>${escape(install.name)}</b>: ${escape(needs)}${lacks ? ` – <span class="bad">${escape(lacks)}</span>` : ""}. ` +
            `${escape(install.note ?? "")} <a href="${escape(install.url)}">${escape(install.source)}</a>, ${install.seen}`,
    ),
)}
${list(
    "Not known: what they make is not counted",
    unknown.map(({ apiVersion, kind, names }) => escape(`${kind} (${apiVersion}): ${listed(names)}`)),
)}
${list("Also", notes.map(escape))}`,
        "svg {\n    width: 100%;\n    height: auto;\n}\n",
    );
}

function round(number: number): number {
    return Math.round(number * 10) / 10;
}
