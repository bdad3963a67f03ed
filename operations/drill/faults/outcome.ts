import type { Outcome, Want } from "../record";
import { backAfter, kept, seconds } from "../verdict";
import type { Watch } from "../watch";
import { after, type Course } from "./course";
import type { Fault, Scene } from "./fault";

/** How long a fault lasted, and how much of what it must not take was lost with it. */
export function outcomeOf(fault: Fault, watch: Pick<Watch, "data">, { began, sign, start, whole }: Course): Outcome {
    const stays = Object.entries(watch.data).filter(([kind]) => !fault.takes?.[kind]);
    const sum = (of: "taken" | "lost") => stays.reduce((total, [, data]) => total + (data[of] ?? 0), 0);
    const read = stays.every(([, { unread }]) => unread === undefined);
    return {
        ...(sign && { notice: sign.at - began }),
        ...(whole !== undefined && { repair: whole - start }),
        ...(read && { lost: sum("lost"), taken: sum("taken") }),
        goals: { notice: fault.goals.notice, repair: fault.goals.repair },
    };
}

/** How a fault's goals were met; what is to be known beside goes to the record. */
export function wantsOf(fault: Fault, { context, watch, host }: Scene, went: Course): Want[] {
    const { goals, takes = {}, spares, repair } = fault;
    const { recorder } = context;
    const { began, sign, start, whole, different } = went;
    const word = recorder.record.messages.find(({ at }) => at >= began);
    recorder.fact("Noticed", sign ? `${after(went, sign.at)}: ${sign.text}` : "nothing told of it");
    recorder.fact("First word of it from the cluster", word ? `${after(went, word.at)}: ${word.text}` : "none");
    if (whole !== undefined) recorder.fact("From the fault until all was as before", seconds(whole - began));
    for (const [kind, why] of Object.entries(takes)) {
        const { taken = 0, lost = 0, unread } = watch.data[kind] ?? {};
        recorder.fact(`Each ${kind}`, `${unread ?? `${lost} of ${taken} lost`}: ${why}`);
    }

    const wants: Want[] = [];
    if (goals.notice !== undefined) {
        const took = sign && sign.at - began;
        wants.push(within("It is noticed", goals.notice, took, "nothing told of it"));
    }
    const way = repair ? `\`${repair.what}\`` : "itself";
    const repaired = whole === undefined ? undefined : whole - start;
    wants.push(within(`Everything is as before by ${way}`, goals.repair, repaired, different ?? "not as before"));
    for (const [probe, limit] of Object.entries(goals.back ?? {})) {
        const took = backAfter(recorder.record, probe, began);
        wants.push(within(`${probe} is back`, limit, took, "it does not answer"));
    }
    const untouched = spares && watch.disturbedBeside(spares === "all" ? [] : [host]);
    if (untouched) {
        wants.push({
            what: `The data tier's pods ${spares === "all" ? "" : "on other hosts "}are neither evicted nor restarted`,
            wanted: "as before",
            got: untouched.join("; ") || "as before",
            met: untouched.length === 0,
        });
    }
    const stays = Object.entries(watch.data).filter(([kind]) => !(kind in takes));
    return [...wants, ...stays.map(([kind, data]) => kept(kind, data))];
}

/** Whether something came within its seconds; `never` says how it is where it did not come at all. */
function within(what: string, limit: number, took: number | undefined, never: string): Want {
    const wanted = `within ${seconds(limit)}`;
    if (took === undefined) return { what, wanted, got: never, met: false };
    return { what, wanted, got: `after ${seconds(took)}`, met: took <= limit, ...(took > limit && { late: true }) };
}
