import type { Context, Drill } from "../drill";
import { besideOf } from "../known/all";
import type { Want } from "../record";
import { seconds } from "../verdict";
import { type Beside, Watch } from "../watch";
import type { Fault, Scene } from "./fault";
import { outcomeOf, wantsOf } from "./outcome";

/** Seconds that a fault has to be noticed where no goal says it, and at least to be as before: what is late is told too. */
const patience = { notice: 90, repair: 600 };
/** Seconds before and after, in a usual drill and in a short one. */
const length = { usual: 10, short: 5 };

/**
 * The drill of a fault: probe, write known data, break, notice, repair, probe again, compare.
 * @param beside what is known and tried beside what every drill does
 */
export function drillOf(fault: Fault, beside: (context: Context) => Beside = besideOf): Drill {
    const { name, what, hosts, lacks, destructive } = fault;
    const run = (context: Context) => course(fault, context, new Watch(context, beside(context)));
    return { name, what, flags: {}, hosts, lacks, destructive, run };
}

/** How a fault went, in seconds since the drill began. */
export interface Course {
    began: number;
    sign?: { at: number; text: string };
    /** From when on the repair is counted. */
    start: number;
    /** When all was as before. */
    whole?: number;
    /** Why it is not. */
    different?: string;
}

/** When it was broken, or why it could not be. */
interface End {
    at: number;
    failure?: Error;
}

async function course(fault: Fault, context: Context, watch: Watch): Promise<Want[]> {
    const { recorder, undo, signal, say } = context;
    const phase = (name: string, what: string, broken = false) => {
        say(`${name}: ${what}`);
        recorder.phase(name, what, broken);
    };
    const host = hostOf(fault, context);
    const scene: Scene = { context, watch, host, signal };
    if (host) recorder.record.host = host;

    phase("before", "the stack as it is, with known data");
    await watch.begin();
    await context.rest(length[context.short ? "short" : "usual"]);
    watch.well();

    let whole = false;
    undo.later(`what ${fault.name} broke`, patience.repair, async () => {
        if (!whole) await (fault.putBack ?? fault.repair?.run)?.({ ...scene, signal: undefined });
    });
    await fault.prepare?.(scene);
    phase("broken", host ? `${fault.what} (${host})` : fault.what, true);
    const went: Course = { began: recorder.now(), start: recorder.now() };
    let over: End | undefined;
    const breaking = fault.break(scene).then(
        (): End => (over = { at: recorder.now() }),
        (failure: Error): End => (over = { at: recorder.now(), failure }),
    );
    went.sign = await sign(fault, scene, () => over);
    const { at, failure } = await breaking;
    if (failure) throw failure;

    phase("noticed", went.sign?.text ?? "nothing told of it", true);
    await repair(fault, scene, went, at, phase);
    whole = went.whole !== undefined;
    phase("after", whole ? "everything as before" : `not as before: ${went.different}`);
    await context.rest(length[context.short ? "short" : "usual"]);
    await watch.end();
    recorder.record.outcome = outcomeOf(fault, watch, went);
    return wantsOf(fault, scene, went);
}

/** The first that tells of a fault; nothing when its time is over. */
async function sign({ noticed, goals }: Fault, scene: Scene, over: () => End | undefined): Promise<Course["sign"]> {
    const { context, watch } = scene;
    const { recorder } = context;
    for (;;) {
        // Who can't be asked tells nothing.
        const text = await (noticed ? noticed(scene).catch(() => undefined) : watch.different());
        if (text) return { at: recorder.now(), text };
        const end = over();
        if (end && (end.failure || recorder.now() - end.at > (goals.notice ?? patience.notice))) return undefined;
        await context.rest(0.5);
    }
}

/** Repairs it by its command, or waits until it has mended itself. */
async function repair(
    fault: Fault,
    scene: Scene,
    went: Course,
    broken: number,
    phase: (name: string, what: string, broken: boolean) => void,
): Promise<void> {
    const { context, watch } = scene;
    const { recorder, rest, signal } = context;
    if (fault.repair) {
        phase("repair", fault.repair.what, true);
        went.start = recorder.now();
        try {
            await fault.repair.run(scene);
        } catch (error) {
            signal.throwIfAborted();
            went.different = `${fault.repair.what}: ${(error as Error).message}`;
            return;
        }
    }
    const since = fault.repair ? recorder.now() : broken;
    const limit = went.start + Math.max(patience.repair, 2 * fault.goals.repair);
    for (;;) {
        went.different = (await watch.different(since)) ?? (await fault.missing?.(scene).catch(messageOf));
        const now = recorder.now();
        if (went.different === undefined) went.whole = now;
        if (went.different === undefined || now > limit) return;
        await rest(1);
    }
}

const messageOf = ({ message }: Error) => message;

/** @throws Error when the stack has no such host, or the fault can't be done to it */
function hostOf({ name, hosts, lacks }: Fault, { stack, host }: Context): string {
    const lack = lacks?.(stack);
    if (lack !== undefined) throw new Error(`the drill ${name} can't be done to stack ${stack.name}: ${lack}`);
    const possible = hosts?.(stack) ?? [];
    if (host === undefined) {
        if (hosts && possible.length === 0) throw new Error(`stack ${stack.name} has no host for the drill ${name}`);
        return possible[0] ?? "";
    }
    if (possible.includes(host)) return host;
    const ways = possible.length > 0 ? `one of ${possible.join(", ")}` : "no host";
    throw new Error(`--host ${host}: the drill ${name} takes ${ways}`);
}

/** Seconds since a fault began, as people say them. */
export function after({ began }: Course, at: number): string {
    return `after ${seconds(at - began)}`;
}
