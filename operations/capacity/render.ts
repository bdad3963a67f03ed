import type { Screen } from "../status/render";
import { bars, legend, paint } from "./bars";
import { listed } from "./faults";
import type { LineVerdict, LossVerdict, Verdict } from "./verdict";
import { cores, gib, plural, short, wrapped } from "../../cluster/words";

interface Column {
    title: string;
    text(line: LineVerdict): string;
    /** Narrow screens do without: the highest first. */
    spared: number;
}

const columns: Column[] = [
    { title: "pods", text: ({ pods }) => String(pods), spared: 0 },
    { title: "CPU", text: ({ requests }) => (requests.cpu ? cores(requests.cpu) : "-"), spared: 2 },
    { title: "memory", text: ({ requests }) => (requests.memory ? gib(requests.memory) : "-"), spared: 0 },
    { title: "at most", text: (line) => atMost(line), spared: 1 },
];

/** The verdict for people: what is asked, a bar a node, what is lost with a node, and why it does not fit. */
export function table(verdict: Verdict, screen: Screen): string {
    const { nodes, marks, notes, faults } = verdict;
    const { width, colour } = screen;
    const wrap = (texts: string[], sign = "  ") => texts.flatMap((text) => wrapped(text, sign, width));
    const good = faults.length === 0;
    const sections = [
        wrap([summary(verdict)], ""),
        verdict.lines.length > 0 ? workloads(verdict.lines, screen) : [],
        unboundedLines(verdict.lines, width),
        ["Memory of each node:", ...bars(nodes, marks, screen), ...wrap([legend(marks)])],
        ["With a node lost:", ...wrap(verdict.losses.map(lossLine))],
        known(verdict, width),
        verdict.unknown.length > 0
            ? [
                  ...wrap(["Not known, what they make is not counted:"], ""),
                  ...wrap(
                      verdict.unknown.map(({ apiVersion, kind, names }) => `${kind} (${apiVersion}): ${listed(names)}`),
                  ),
              ]
            : [],
        notes.length > 0 ? wrap(notes, "· ") : [],
        [
            ...wrap(faults, "✘ ").map((line) => (colour ? line.replace("✘", paint("✘", 31)) : line)),
            colour ? paint(conclusion(verdict), good ? 32 : 31) : conclusion(verdict),
        ],
    ];
    return sections
        .filter((section) => section.length > 0)
        .map((section) => section.join("\n"))
        .join("\n\n");
}

/** What it asks in sum, and beside what. */
export function summary({ asks, from }: Verdict): string {
    const { cpu, memory } = asks.requests;
    const parts = [...(cpu ? [`${cores(cpu)} CPU`] : []), ...(memory ? [`${gib(memory)} of memory`] : [])];
    return `${plural(asks.pods, "pod")} that request${asks.pods === 1 ? "s" : ""} ${parts.join(" and ") || "nothing"}, beside ${from}.`;
}

export function conclusion({ faults }: Pick<Verdict, "faults">): string {
    return faults.length === 0 ? "✔ It fits." : `It does not fit: ${plural(faults.length, "reason")}.`;
}

function atMost({ limits, unbounded }: LineVerdict): string {
    return unbounded.limit.length > 0 ? "no limit!" : gib(limits.memory);
}

function workloads(lines: LineVerdict[], { width }: Screen): string[] {
    const title = "workload, each pod";
    const name = ({ workload, replaces }: LineVerdict) => workload + (replaces ? " (runs already)" : "");
    const names = Math.max(title.length, ...lines.map((line) => name(line).length));
    const widthOf = ({ title, text }: Column) => 2 + Math.max(title.length, ...lines.map((line) => text(line).length));
    const sum = (of: Column[]) => of.map(widthOf).reduce((total, each) => total + each, 0);
    let shown = columns;
    for (let spared = 2; spared > 0 && 2 + Math.min(names, 24) + sum(shown) > width; spared--) {
        shown = shown.filter((column) => column.spared < spared);
    }
    const room = Math.min(names, width - 2 - sum(shown));
    const line = (first: string, texts: string[]) =>
        `  ${short(first, room).padEnd(room)}${texts.map((text, i) => text.padStart(widthOf(shown[i]))).join("")}`;
    const heads = shown.map(({ title }) => title);
    return [
        line(title, heads),
        ...lines.map((each) =>
            line(
                name(each),
                shown.map(({ text }) => text(each)),
            ),
        ),
    ];
}

/** The containers that name no memory, by workload: without a request they have no limit either. */
function unboundedLines(lines: LineVerdict[], width: number): string[] {
    const named = (title: string, of: (unbounded: LineVerdict["unbounded"]) => string[]) => {
        const found = lines.filter(({ unbounded }) => of(unbounded).length > 0);
        const texts = found.map(({ workload, unbounded }) => `${workload}: ${of(unbounded).join(", ")}`);
        return texts.length > 0 ? [title, ...texts.flatMap((text) => wrapped(text, "  ", width))] : [];
    };
    return [
        ...named("Without a memory limit and a request:", ({ limit, request }) =>
            limit.filter((container) => request.includes(container)),
        ),
        ...named("Without a memory limit:", ({ limit, request }) =>
            limit.filter((container) => !request.includes(container)),
        ),
    ];
}

export function lossLine({ node, still, waiting, harmed }: LossVerdict): string {
    if (still) return `${node}: nothing is moved until it is back: what moves pods runs there`;
    const parts = [
        ...(waiting.length > 0 ? [`of it, ${listed(waiting.map(({ pod }) => pod))} would wait`] : []),
        ...(harmed.length > 0
            ? [`of the others, ${listed(harmed.map(({ pod }) => pod))} would lose their place to it`]
            : []),
    ];
    return `${node}: ${parts.join("; ") || "all of it has a place, and nothing else loses one to it"}`;
}

function known({ known }: Verdict, width: number): string[] {
    return known.flatMap(({ install, needs, lacks }) => [
        ...wrapped(`${install.name}, documented: ${needs}.`, lacks ? "✘ " : "✔ ", width),
        ...(install.note ? wrapped(install.note, "  ", width) : []),
        ...wrapped(`${install.source}, ${install.seen}:`, "  ", width),
        `  ${install.url}`,
    ]);
}

/** The same for programs: CPU in millicores, the rest in bytes. */
export function json(verdict: Verdict): object {
    return { fits: verdict.faults.length === 0, ...verdict };
}
