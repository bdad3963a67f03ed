import { ask } from "../../status/api";
import { waitFor } from "../../status/wait";
import { fateOf, type Fate } from "../cluster";
import type { Context, Drill } from "../drill";
import type { Want } from "../record";
import { seconds } from "../verdict";
import { Watch } from "../watch";
import { quotaOf } from "./hog";
import { atMost, hogOf, install, makeNamespace, namespace } from "./install";
import { letIn, refuseAgain } from "./protections";
import { all, type Removal, remove, removeLater, type Run } from "./repair";
import { Restarts } from "./restarts";
import { tidy } from "./tidy";
import { restore, unprotect } from "./unprotect";
import { watermarkTold } from "./watermark";

/** Share of a worker's memory from which on it is full: what `npm run status` warns of. */
const full = 0.85;
/** Seconds that the install has to fill a worker, and that everything has to be as before: held, and with nothing to hold it. */
const patience = { filling: 150, repair: 300, unheld: 600 };
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
        burstable: "the install requests a little memory: its pods are Burstable, as MySQL's and Elasticsearch's are",
    },
    async run(context) {
        await tidy(context);
        const watch = new Watch(context);
        const restarts = new Restarts(context);
        const phase = (name: string, what: string, fault = false) => {
            context.say(`${name}: ${what}`);
            context.recorder.phase(name, what, fault);
        };
        const run = { context, watch, restarts, phase };
        phase("before", "the stack as it is, with known data");
        await watch.begin();
        await context.rest(length(context, "before"));
        watch.well();
        const wants = context.flags.has("without-protection")
            ? await unheld(run)
            : [...(await refused(run)), ...(await held(run))];
        phase("after", "everything as before");
        await context.rest(length(context, "after"));
        await watch.end();
        return [...wants, ...watch.wants()];
    },
};

/** The install as people would make it: refused, and refused again when they do what the refusal says. */
async function refused(run: Run): Promise<Want[]> {
    const { context, watch, phase } = run;
    const { api, recorder } = context;
    const removal = { patience: patience.repair };
    phase("as it is", "the install meets the guardrails", true);
    removeLater(run, removal);
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
    await remove(run, removal);
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
async function held(run: Run): Promise<Want[]> {
    run.phase("guardrails off", "the install eats what there is", true);
    return fill(run, { patience: patience.repair });
}

/** The same with nothing left to hold it. */
async function unheld(run: Run): Promise<Want[]> {
    const { context, phase } = run;
    const { stack, api, shell, undo } = context;
    phase("taken away", "reservations, evictions and refusals");
    const hosts = stack.access.hosts.map(({ name }) => name);
    const bare = new Set(hosts);
    const giveBack = async (host: string) => {
        await restore(shell, host);
        bare.delete(host);
    };
    // One that hangs keeps the others from nothing.
    const putBack = () => all([refuseAgain(api), ...[...bare].map(giveBack)]);
    undo.later("the stack's protection", patience.unheld, putBack);
    await letIn(api);
    // To the end on every host, also when one fails: else it could be put back before it is taken away.
    await all(hosts.map((host) => unprotect(shell, host, atMost)));
    phase("without protection", "the install eats what there is, before everybody else", true);
    return fill(run, { patience: patience.unheld, putBack }, "system-node-critical");
}

async function fill(run: Run, removal: Removal, priorityClass?: string): Promise<Want[]> {
    const { context, watch } = run;
    const { api, recorder, stack, signal } = context;
    const workers = stack.access.hosts.map(({ name }) => name).filter((name) => name !== stack.controlPlane);
    const began = recorder.now();
    removeLater(run, removal);
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
    const repair = await remove(run, removal, () => watch.different());
    // By now the watch over watermarks, which looks four times a minute, has had its time.
    recorder.fact("Watermark crossed", watermarkTold(recorder.record, workers, stack.watermarks.used, began));
    return [
        {
            what: "The drill is one: the install fills a worker's memory, or as much as it may have",
            wanted: `${full * 100} % or more, or a pod ended for want of memory`,
            got: `${Math.round(most * 100)} %, ${restarts + evicted} pods ended`,
            met: most >= full || restarts + evicted > 0,
        },
        {
            what: "Everything is as before when the install is gone",
            wanted: `within ${seconds(removal.patience)}`,
            got: repair.different ?? `after ${seconds(repair.seconds)}`,
            met: repair.different === undefined,
        },
    ];
}

function fate({ pods }: Watch): Fate {
    return fateOf(pods.filter(({ metadata }) => metadata.namespace === namespace));
}

function length({ short }: Context, name: keyof typeof lengths): number {
    return lengths[name][short ? 1 : 0];
}
