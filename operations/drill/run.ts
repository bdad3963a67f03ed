import { setTimeout } from "node:timers/promises";
import type { Context, Drill } from "./drill";
import { claim } from "./lease";
import type { DrillRecord } from "./record";

/** Runs a drill and puts everything back, whatever becomes of it. Returns what it saw; it does not fail. */
export async function runDrill(drill: Drill, context: Context): Promise<DrillRecord> {
    const { recorder, undo, say } = context;
    const { record } = recorder;
    try {
        await claim(context);
        record.wants = await drill.run(context);
    } catch (error) {
        record.broken = (error as Error).message;
        say(record.broken);
    }
    say("putting back what is left");
    const failures = await undo.all();
    record.wants.push({
        what: "Nothing of the drill is left on the stack",
        wanted: "nothing",
        got: failures.length > 0 ? failures.join("; ") : "nothing",
        met: failures.length === 0,
    });
    recorder.end();
    return record;
}

/** Lets seconds pass; fails at once, with the reason, when `signal` says that nobody waits any more. */
export async function rest(seconds: number, signal: AbortSignal): Promise<void> {
    await setTimeout(seconds * 1000, undefined, { signal }).catch(() => signal.throwIfAborted());
}
