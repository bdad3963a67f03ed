import { listed } from "./faults";
import { conclusion, lossLine, summary } from "./render";
import type { NodeVerdict, Verdict } from "./verdict";
import { cores, gib, percent } from "./words";

/** The verdict as a picture that needs nothing else: readable on light and on dark. */

const style = `
  .page { color: #1f2328; background: #ffffff; }
  text { fill: #1f2328; font: 13px system-ui, sans-serif; }
  .small { font-size: 11px; fill: #59636e; }
  .title { font-size: 16px; font-weight: 600; }
  .back { fill: #ffffff; } .room { fill: #eaeef2; } .was { fill: #6e8caf; } .new { fill: #2da44e; }
  .over { fill: #cf222e; } .mark { stroke: #9a6700; stroke-width: 2; } .used { stroke: #1f2328; stroke-width: 3; }
  .bad { fill: #cf222e; color: #cf222e; } .good { fill: #1a7f37; color: #1a7f37; }
  @media (prefers-color-scheme: dark) {
    .page { color: #e6edf3; background: #0d1117; }
    text { fill: #e6edf3; } .small { fill: #9198a1; }
    .back { fill: #0d1117; } .room { fill: #2a313c; } .was { fill: #58769b; } .new { fill: #3fb950; }
    .over { fill: #f85149; } .mark { stroke: #d29922; } .used { stroke: #e6edf3; }
    .bad { fill: #f85149; color: #f85149; } .good { fill: #3fb950; color: #3fb950; }
  }`;

const page = { width: 760, left: 130, right: 20, top: 64, row: 58, bar: 20 };

/** One SVG document: a bar a node, before and after. */
export function svg(verdict: Verdict): string {
    const { nodes, marks, faults } = verdict;
    const height = page.top + nodes.length * page.row + 34;
    const legendY = height - 18;
    const key = (x: number, name: string, text: string) =>
        `<rect class="${name}" x="${x}" y="${legendY - 10}" width="12" height="12"/>` +
        `<text class="small" x="${x + 18}" y="${legendY}">${text}</text>`;
    const line = (x: number, name: string, text: string) =>
        `<line class="${name}" x1="${x}" x2="${x}" y1="${legendY - 11}" y2="${legendY + 3}"/>` +
        `<text class="small" x="${x + 8}" y="${legendY}">${text}</text>`;
    const used = nodes.some(({ used }) => used);
    return [
        `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${page.width} ${height}" width="${page.width}" height="${height}" role="img">`,
        `<style>${style}\n</style>`,
        `<title>${escape(conclusion(verdict))}</title>`,
        `<rect class="back" width="${page.width}" height="${height}"/>`,
        `<text class="title ${faults.length > 0 ? "bad" : "good"}" x="16" y="28">${escape(conclusion(verdict))}</text>`,
        `<text class="small" x="16" y="48">${escape(summary(verdict))} Memory of each node:</text>`,
        ...nodes.map((node, i) => row(node, page.top + i * page.row, marks.requests)),
        key(page.left, "was", "requested now"),
        key(page.left + 120, "new", "in addition"),
        key(page.left + 220, "over", "above the watermark"),
        line(page.left + 370, "mark", `watermark, ${Math.round(marks.requests * 100)} %`),
        ...(used ? [line(page.left + 500, "used", "really used")] : []),
        "</svg>\n",
    ].join("\n");
}

function row({ name, allocatable, before, after, used }: NodeVerdict, y: number, mark: number): string {
    const width = page.width - page.left - page.right;
    const at = (memory: number) => Math.min(width, (memory / allocatable.memory) * width);
    const [was, is] = [at(before.requests.memory), at(after.requests.memory)];
    const limit = at(allocatable.memory * mark);
    const box = (kind: string, from: number, to: number) =>
        to > from
            ? `<rect class="${kind}" x="${round(page.left + from)}" y="${y}" width="${round(to - from)}" height="${page.bar}"/>`
            : "";
    const upright = (kind: string, x: number, over: number) =>
        `<line class="${kind}" x1="${round(page.left + x)}" x2="${round(page.left + x)}" y1="${y - over}" y2="${y + page.bar + over}"/>`;
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
        `<text class="small" x="${page.left}" y="${y + page.bar + 16}">${escape(figures.join(" · "))}</text>`,
    ].join("");
}

/** One HTML page with the picture and the rest of the verdict in words. */
export function html(verdict: Verdict): string {
    const { lines, losses, known, unknown, notes, faults } = verdict;
    const list = (title: string, items: string[]) =>
        items.length > 0
            ? `<h2>${title}</h2>\n<ul>\n${items.map((item) => `<li>${item}</li>`).join("\n")}\n</ul>\n`
            : "";
    const cell = (text: string, kind = "") => `<td${kind && ` class="${kind}"`}>${escape(text)}</td>`;
    const rows = lines.map(({ workload, pods, requests, limits, unbounded, replaces }) =>
        [
            "<tr>",
            cell(workload + (replaces ? " (runs already)" : "")),
            cell(String(pods), "number"),
            cell(requests.cpu ? cores(requests.cpu) : "-", "number"),
            cell(requests.memory ? gib(requests.memory) : "none", `number ${requests.memory ? "" : "bad"}`),
            unbounded.limit.length > 0
                ? cell(`none: ${unbounded.limit.join(", ")}`, "number bad")
                : cell(gib(limits.memory), "number"),
            "</tr>",
        ].join(""),
    );
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(conclusion(verdict))}</title>
<style>${style}
  body { font: 15px/1.5 system-ui, sans-serif; max-width: 760px; margin: 2em auto; padding: 0 1em; }
  svg { width: 100%; height: auto; } h2 { font-size: 1.1em; margin-bottom: 0.3em; }
  table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: 0.2em 0.6em 0.2em 0; }
  tr { border-bottom: 1px solid #8884; } .number { text-align: right; } a { color: inherit; } li { overflow-wrap: anywhere; }
</style>
</head>
<body class="page">
${svg(verdict)}
${list("Why it is not to be installed as it is", faults.map(escape))}
<h2>What it asks, each pod</h2>
<table>
<tr><th>workload</th><th class="number">pods</th><th class="number">CPU</th><th class="number">memory</th><th class="number">memory limit</th></tr>
${rows.join("\n")}
</table>
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
${list("Also", notes.map(escape))}
</body>
</html>
`;
}

function round(number: number): number {
    return Math.round(number * 10) / 10;
}

function escape(text: string): string {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
