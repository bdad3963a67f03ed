import type { NodeVerdict, Verdict, Waiting } from "./verdict";
import { cores, gib, percent, plural } from "../../cluster/words";

/** Why a manifest is not to be installed as it is, a sentence each. */
export function faultsOf(verdict: Verdict): string[] {
    const { lines, nodes, waiting, harmed, perhaps, losses, known } = verdict;
    const without = lines.reduce((sum, { unbounded }) => sum + unbounded.limit.length, 0);
    return [
        ...waitingFaults(waiting),
        ...harmed.map(({ pod }) => `${pod}, which runs now, would lose its place.`),
        ...(perhaps.length > 0
            ? [`${listed(perhaps)} may find no place: the scheduler draws lots between equal nodes.`]
            : []),
        ...nodes.flatMap((node) => aboveMarks(node, verdict)),
        ...losses
            .filter(({ harmed }) => harmed.length > 0)
            .map(
                ({ node, harmed }) =>
                    `With ${node} lost, ${listed(harmed.map(({ pod }) => pod))} would find no place any more.`,
            ),
        ...(without > 0
            ? [
                  `${plural(without, "container")} ${without === 1 ? "has" : "have"} no memory limit: ` +
                      `${without === 1 ? "it" : "each"} may take all the memory of its node.`,
              ]
            : []),
        ...known
            .filter(({ lacks }) => lacks)
            .map(({ install, needs, lacks }) => `${install.name} is documented to need ${needs}: ${lacks}.`),
    ];
}

/** Pods of one workload fail for the same reasons: they are told once. */
function waitingFaults(waiting: Waiting[]): string[] {
    const together = new Map<string, string[]>();
    for (const { pod, reasons } of waiting) {
        const why = Object.entries(reasons).map(([node, reason]) => `${node}: ${reason}`);
        const key = why.join("; ");
        together.set(key, [...(together.get(key) ?? []), pod]);
    }
    return [...together].map(([why, pods]) => `No place for ${listed(pods)}${why ? ` (${why})` : ""}.`);
}

/** A few by name, and how many more. */
export function listed(names: string[], most = 3): string {
    const rest = names.length - most;
    return names.slice(0, most).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** What the manifest brings above a watermark: what was above it before and does not grow is not its doing. */
function aboveMarks({ name, allocatable, before, after, used }: NodeVerdict, { marks }: Verdict): string[] {
    const above = (what: string, was: number, is: number, of: number, mark: number, words: (n: number) => string) =>
        is > was && is > of * mark
            ? [
                  `${name}: ${what} would be ${words(is)}, ${percent(is, of)} of the ${words(of)} it can give, ` +
                      `${words(is - of * mark)} above the watermark of ${Math.round(mark * 100)} %.`,
              ]
            : [];
    const asked = after.requests.memory - before.requests.memory;
    const more = after.pods > before.pods && used;
    return [
        ...above("CPU requests", before.requests.cpu, after.requests.cpu, allocatable.cpu, marks.requests, cores),
        ...above(
            "memory requests",
            ...([before.requests.memory, after.requests.memory, allocatable.memory] as const),
            ...([marks.requests, gib] as const),
        ),
        ...above(
            "memory limits",
            ...([before.limits.memory, after.limits.memory, allocatable.memory] as const),
            ...([marks.limits, gib] as const),
        ),
        ...(more
            ? above(
                  "memory used now and asked in addition",
                  -1,
                  used.memory + asked,
                  allocatable.memory,
                  marks.requests,
                  gib,
              )
            : []),
    ];
}
