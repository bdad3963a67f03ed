import * as assert from "node:assert/strict";
import { place } from "../../cluster/scheduler/schedule";
import type { Pod } from "../../cluster/scheduler/types";
import {
    createPods,
    createSurroundings,
    deletePod,
    type Fate,
    gone,
    setStarted,
    settled,
    waits,
} from "./scheduler/cluster";
import { type Case, draw } from "./scheduler/draw";
import { Scheduler } from "./scheduler/scheduler";

/** Other numbers draw other cases. */
const seed = Number(process.env.SCHEDULER_SEED ?? 0);
const cases = Array.from({ length: Number(process.env.SCHEDULER_CASES ?? 200) }, (_, index) => draw(index, seed));

interface Disagreement {
    case: string;
    kind: string;
    text: string;
}

/** How often the two were asked, how often not all pods fitted, and where they differ. */
const tally = { verdicts: 0, tight: 0, pods: 0, preempted: 0, fleeting: 0, disagreements: [] as Disagreement[] };

const key = ({ namespace, name }: Pod) => `${namespace}/${name}`;

/** In a case of its own namespace, `many` at a time. */
async function inParallel(list: Case[], many: number, work: (one: Case) => Promise<void>): Promise<void> {
    const left = [...list];
    const worker = async () => {
        for (let next = left.shift(); next; next = left.shift()) await work(next);
    };
    await Promise.all(Array.from({ length: many }, worker));
}

/** Holds what became of a case's pods against the model, which follows the scheduler where that has a choice. */
function compare({ name, nodes, volumes }: Case, pods: Pod[], fates: Map<string, Fate>): void {
    const fate = (pod: Pod): Fate => fates.get(key(pod)) ?? gone;
    const { placed, waiting } = place(nodes, pods, {
        volumes,
        choose: (pod, equal) => (equal.includes(fate(pod)) ? fate(pod) : equal[0]),
    });
    const waiters = new Map(waiting.map(({ pod, reasons }) => [pod, reasons]));
    tally.verdicts++;
    tally.pods += pods.length;
    tally.preempted += pods.filter((pod) => fate(pod) === gone).length;
    if (pods.some((pod) => fate(pod) === waits)) tally.tight++;
    for (const pod of pods) {
        const expected = placed.get(pod) ?? (waiters.has(pod) ? waits : gone);
        if (expected === fate(pod)) continue;
        // While victims leave, the scheduler does not hold the anti-affinity of who put them out against others that
        // wait; these come in for a moment and are put out as well. They have no place, as in the model.
        if (expected === waits && fate(pod) === gone && pod.node === undefined) {
            tally.fleeting++;
            continue;
        }
        const word = (one: Fate) => ([waits, gone].includes(one) ? one : "has a node");
        const [model, real] = [word(expected), word(fate(pod))];
        const kind = model === real ? "another node" : `the model: ${model}, the scheduler: ${real}`;
        const text = `${key(pod)}: ${expected} instead of ${fate(pod)} ${JSON.stringify(waiters.get(pod) ?? "")}`;
        tally.disagreements.push({ case: name, kind, text });
    }
}

function report(): string {
    const { verdicts, tight, pods, preempted, fleeting, disagreements } = tally;
    const differ = new Set(disagreements.map((one) => one.case)).size;
    const kinds = [...new Set(disagreements.map(({ kind }) => kind))];
    return [
        `${cases.length} cases, ${verdicts} verdicts on ${pods} pods: ${tight} with pods that wait, ${preempted} put out ` +
            `(${fleeting} of them had come in only for a moment);`,
        `the model agrees in ${(100 * (1 - differ / cases.length)).toFixed(1)} % of the cases, ` +
            `${(100 * (1 - disagreements.length / pods)).toFixed(2)} % of the pods`,
        ...kinds.map((kind) => {
            const these = disagreements.filter((one) => one.kind === kind);
            return [`${kind}: ${these.length}`, ...these.slice(0, 12).map(({ text }) => `  ${text}`)].join("\n");
        }),
    ].join("\n");
}

describe("the scheduler's model", function () {
    this.timeout(20 * 60_000);
    this.bail(true);
    let api: Scheduler;
    const here = new Map<Case, Pod[]>();
    let fates = new Map<string, Fate>();

    before("the control plane", async () => {
        api = await Scheduler.prepare();
        await inParallel(cases, 12, (one) => createSurroundings(api, one));
    });
    after("its end", async () => {
        await api?.end();
        console.log(report());
    });

    it("places pods where the scheduler does", async () => {
        const ordered = cases.filter(({ kind }) => kind === "one by one");
        const others = cases.filter((one) => !ordered.includes(one));
        await inParallel(others, 12, ({ pods }) => createPods(api, pods));
        await api.start();
        await inParallel(ordered, 12, ({ pods }) => createPods(api, pods));
        fates = await settled(api);
        await api.stop();
        for (const one of cases) compare(one, one.pods, fates);
        assert.equal(tally.disagreements.length, 0, report());
        assert.ok(tally.tight > cases.length / 5 && tally.tight < cases.length, "there are tight cases, and others");
    });

    for (const [round, which] of ["a late pod", "another"].entries())
        it(`puts out for ${which} whom the scheduler puts out`, async () => {
            const before = tally.disagreements.length;
            const concerned = cases.filter(({ late }) => late.length > round);
            await inParallel(concerned, 12, async (one) => {
                here.set(one, await asTheyAre(api, one, here.get(one) ?? one.pods, fates));
                await createPods(api, [one.late[round]]);
                here.get(one)!.push(one.late[round]);
            });
            await api.start();
            fates = await settled(api);
            await api.stop();
            for (const one of concerned) compare(one, here.get(one)!, fates);
            assert.equal(tally.disagreements.length, before, report());
            assert.ok(tally.preempted > concerned.length / 10, "some are put out");
        });
});

/** The pods that are left, where they are, in the order in which they came; all with a time since when they run. */
async function asTheyAre(api: Scheduler, { kind }: Case, pods: Pod[], fates: Map<string, Fate>): Promise<Pod[]> {
    const left: Pod[] = [];
    for (const [index, pod] of pods.entries()) {
        const fate = fates.get(key(pod));
        if (fate === undefined) continue;
        if (fate !== waits) {
            left.push({ ...pod, node: fate });
            await setStarted(api, pod, index);
            // Of equal ones that wait, nobody could say which is tried first after the scheduler's new start.
        } else if (kind === "one by one") await deletePod(api, pod);
        else left.push(pod);
    }
    return left;
}
