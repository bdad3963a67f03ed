import { type DrillRecord, type Outcome, passed } from "../record";
import { seconds } from "../verdict";

/** The verdict for a terminal: every goal, and how it was met. */
export function verdict(record: DrillRecord): string {
    const { drill, stack, wants, facts, messages, broken } = record;
    const lines = wants.map(({ what, wanted, got, met }) => `${met ? "✔" : "✘"} ${what} (${wanted}): ${got}`);
    const said = messages.map(({ at, from, text, count }) => {
        return `  after ${seconds(at)}, ${from}${count > 1 ? ` (${count} times)` : ""}: ${text}`;
    });
    return [
        `Drill ${drill} on stack ${stack}, ${seconds(record.seconds)}: ${sentence(record)}`,
        ...(broken ? [`✘ ${broken}`] : []),
        ...(record.outcome ? [`  ${times(record)}`] : []),
        ...lines,
        ...facts.map(({ name, value }) => `  ${name}: ${value}`),
        ...(said.length > 0 ? ["What was said:", ...said] : []),
    ].join("\n");
}

/** The verdict of several drills: each in its turn, then a line for each. */
export function verdicts(records: DrillRecord[], stopped?: string): string {
    const lines = records.map((record) => {
        const { drill, host, outcome } = record;
        const went = outcome ? `; ${times(record)}` : "";
        return `${passed(record) ? "✔" : "✘"} ${drill}${host ? ` on ${host}` : ""}: ${sentence(record)}${went}`;
    });
    return [...records.map((record) => `${verdict(record)}\n`), ...lines, ...(stopped ? [`✘ ${stopped}`] : [])].join(
        "\n",
    );
}

/** When it was noticed and repaired and what was lost, each beside how it was the last time. */
export function times({ outcome = {}, last }: DrillRecord): string {
    const parts: [keyof Omit<Outcome, "goals">, string, (value: number) => string][] = [
        ["notice", "noticed after", seconds],
        ["repair", "repair", seconds],
        ["lost", "lost", String],
    ];
    const words = parts.map(([key, word, say]) => {
        const [now, then] = [outcome[key], last?.[key]];
        const before = then === undefined ? "" : `, last time ${say(then)}`;
        return `${now === undefined ? `${word} ?` : `${word} ${say(now)}`}${before}`;
    });
    return words.join("; ");
}

/** The verdict in a sentence. */
export function sentence(record: DrillRecord): string {
    const { wants, broken } = record;
    if (broken) return "it did not come to its end";
    const missed = wants.filter(({ met }) => !met).length;
    return passed(record) ? `all ${wants.length} goals were met` : `${missed} of ${wants.length} goals were missed`;
}
