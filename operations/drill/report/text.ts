import { type DrillRecord, passed } from "../record";
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
        ...lines,
        ...facts.map(({ name, value }) => `  ${name}: ${value}`),
        ...(said.length > 0 ? ["What was said:", ...said] : []),
    ].join("\n");
}

/** The verdict in a sentence. */
export function sentence(record: DrillRecord): string {
    const { wants, broken } = record;
    if (broken) return "it did not come to its end";
    const missed = wants.filter(({ met }) => !met).length;
    return passed(record) ? `all ${wants.length} goals were met` : `${missed} of ${wants.length} goals were missed`;
}
