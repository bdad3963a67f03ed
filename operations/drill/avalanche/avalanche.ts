import { waitFor } from "../../status/wait";
import { type Api, ask } from "../../status/api";
import { fateOf, type Fate } from "../cluster";
import type { Context, Drill } from "../drill";
import { quotaOf } from "./hog";
import { atMost, hogOf, install, makeNamespace, namespace, uninstall } from "./install";
import { letIn, refuseAgain } from "./protections";
import type { Want } from "../record";
import { restore, unprotect } from "./unprotect";
import { seconds } from "../verdict";
import { Watch } from "../watch";

/** Share of a worker's memory from which on it is full: what `npm run status` warns of. */
const full = 0.85;
/** Seconds that the install has to fill a worker, and that everything has to be as before. */
const patience = { filling: 150, repair: 300 };
/** Seconds of each phase, and in a short drill. */
const lengths = { before: [10, 5], refused: [30, 20], full: [60, 20], after: [10, 5] };

/** The incident: an install without limits eats what there is. */
export const avalanche: Drill = {
    name: "avalanche",
    what: "An install without limits eats the nodes' memory: first as it is, then with the guardrails off for it",
    flags: {
        "one-worker": "only on the worker that MySQL is on: for a region whose machine has less memory than its hosts",
        "without-protection":
            "instead: with the nodes' reservations and evictions and all refusals taken away, as the cluster of the incident was",
    },
    async run(context) {
        await tidy(context);
        const watch = new Watch(context);
        const phase = (name: string, what: string, fault = false) => {
            context.say(`${name}: ${what}`);
            return context.recorder.phase(name, what, fault);
        };
        phase("before", "the stack as it is, with known data");
        await watch.begin();
        await context.rest(length(context, "before"));
        watch.well();
        const wants = context.flags.has("without-protection")
            ? await unheld(context, watch, phase)
            : [...(await refused(context, phase, watch)), ...(await held(context, watch, phase))];
        phase("after", "everything as before");
        await context.rest(length(context, "after"));
        await watch.end();
        return [...wants, ...watch.wants()];
    },
};

type Begin = (name: string, what: string, fault?: boolean) => void;

/** The install as people would make it: refused, and refused again when they do what the refusal says. */
async function refused(context: Context, phase: Begin, watch: Watch): Promise<Want[]> {
    const { api, recorder } = context;
    phase("as it is", "the install meets the guardrails", true);
    context.undo.later("the install", patience.repair, () => uninstall(api));
    await makeNamespace(api, namespace, false);
    const hog = hogOf(context, watch.pods);
    let { accepted, refusals } = await install(api, hog);
    refusals.forEach((reason) => recorder.message("install", reason));
    if (accepted === 0) {
        context.say(`refused: ${refusals.join("; ")}`);
        await ask(api, "POST", `/api/v1/namespaces/${namespace}/resourcequotas`, {
            body: JSON.stringify(quotaOf(namespace)),
        });
        ({ accepted, refusals } = await install(api, hog, 10));
        refusals.forEach((reason) => recorder.message("install, with a quota", reason));
    }
    let worst = fateOf([]);
    for (let second = 0; second < length(context, "refused"); second++) {
        await context.rest(1);
        const now = fate(watch);
        if (now.unlimited >= worst.unlimited) worst = now;
    }
    const said = recorder.record.messages.filter(({ from }) => from.startsWith("install") || from.includes(namespace));
    await gone(context, phase);
    return [
        {
            what: "The guardrails stop the install as it is, and say why",
            wanted: "no pod without a limit, a message",
            got: `${worst.unlimited} pods without a limit, ${said.length} messages`,
            met: worst.unlimited === 0 && said.length > 0,
        },
    ];
}

/** The install with the guardrails off: what is left must hold it. */
async function held(context: Context, watch: Watch, phase: Begin): Promise<Want[]> {
    phase("guardrails off", "the install eats what there is", true);
    return fill(context, watch, phase);
}

/** The same with nothing left to hold it. */
async function unheld(context: Context, watch: Watch, phase: Begin): Promise<Want[]> {
    const { stack, api, shell, undo } = context;
    phase("taken away", "reservations, evictions and refusals");
    const hosts = stack.access.hosts.map(({ name }) => name);
    let back = false;
    const putBack = async () => {
        if (!back) await Promise.all([refuseAgain(api), ...hosts.map((host) => restore(shell, host))]);
        back = true;
    };
    undo.later("the stack's protection", patience.repair, putBack);
    await letIn(api);
    // To the end on every host, also when one fails: else it could be put back before it is taken away.
    await all(hosts.map((host) => unprotect(shell, host, atMost)));
    phase("without protection", "the install eats what there is, before everybody else", true);
    return fill(context, watch, phase, { priorityClass: "system-node-critical", putBack });
}

async function fill(
    context: Context,
    watch: Watch,
    phase: Begin,
    { priorityClass, putBack }: { priorityClass?: string; putBack?: () => Promise<void> } = {},
): Promise<Want[]> {
    const { api, recorder, stack, signal } = context;
    const workers = stack.access.hosts.map(({ name }) => name).filter((name) => name !== stack.controlPlane);
    const began = recorder.now();
    context.undo.later("the install", patience.repair, () => clear(api, putBack));
    await makeNamespace(api, namespace, true);
    const { accepted, refusals } = await install(api, { ...hogOf(context, watch.pods), priorityClass }, 10);
    refusals.forEach((reason) => recorder.message("install", reason));
    if (accepted === 0) throw new Error(`the install is refused though the guardrails are off: ${refusals.join("; ")}`);
    // Either it fills a node, or its pods end at the bound that is set to them below.
    const stopped = () => fate(watch).restarts + fate(watch).evicted > 0;
    const filled = async () => watch.fullest(workers, began) >= full || stopped();
    // That it did not get there is for the verdict to say.
    await waitFor(filled, patience.filling, "", signal).catch(() => signal.throwIfAborted());
    await context.rest(length(context, "full"));
    const most = watch.fullest(workers, began);
    const { pods, evicted, restarts } = fate(watch);
    recorder.fact("The install came to", `${pods} pods, ${evicted} evicted, ${restarts} times killed and begun anew`);
    const noticed = recorder.record.messages.find(({ at }) => at >= began);
    recorder.fact("First word of it from the cluster", noticed ? `after ${seconds(noticed.at - began)}` : "none");
    const repair = await gone(context, phase, watch, putBack);
    return [
        {
            what: "The drill is one: the install fills a worker's memory, or as much as it may have",
            wanted: `${full * 100} % or more, or a pod ended for want of memory`,
            got: `${Math.round(most * 100)} %, ${restarts + evicted} pods ended`,
            met: most >= full || restarts + evicted > 0,
        },
        {
            what: "Everything is as before when the install is gone",
            wanted: `within ${seconds(patience.repair)}`,
            got: repair.different ?? `after ${seconds(repair.seconds)}`,
            met: repair.different === undefined,
        },
    ];
}

/** Removes the install, puts back what was taken away, and waits until all is as before. */
async function gone(
    context: Context,
    phase: Begin,
    watch?: Watch,
    putBack?: () => Promise<void>,
): Promise<{ seconds: number; different?: string }> {
    const { api, recorder, rest } = context;
    phase("removed", "the install is deleted");
    const began = recorder.now();
    for (;;) {
        const different = await clear(api, putBack).then(
            () => watch?.different(),
            (error: Error) => error.message,
        );
        const seconds = recorder.now() - began;
        if (different === undefined || seconds > patience.repair) return { seconds, different };
        await rest(1);
    }
}

/** Both at once: a node that is full does not delete its pods before it may evict them again. */
async function clear(api: Api, putBack = async () => {}): Promise<void> {
    await all([uninstall(api), putBack()]);
}

/** Waits until each has come to its end; fails when one has failed. */
async function all(works: Promise<void>[]): Promise<void> {
    await Promise.allSettled(works);
    await Promise.all(works);
}

function fate({ pods }: Watch): Fate {
    return fateOf(pods.filter(({ metadata }) => metadata.namespace === namespace));
}

/** Puts back what an earlier run, ended too early, could not. */
async function tidy({ api, shell, stack, say, signal }: Context): Promise<void> {
    await Promise.all([refuseAgain(api), ...stack.access.hosts.map(({ name }) => restore(shell, name))]);
    const left = async () =>
        uninstall(api).then(
            () => true,
            (error: Error) => (say(error.message), false),
        );
    await waitFor(left, patience.repair, "what an earlier drill installed is not gone", signal);
}

function length({ short }: Context, name: keyof typeof lengths): number {
    return lengths[name][short ? 1 : 0];
}
