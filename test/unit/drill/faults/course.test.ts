import { strict as assert } from "node:assert";
import type { Context } from "../../../../operations/drill/drill";
import { drillOf } from "../../../../operations/drill/faults/course";
import type { Fault } from "../../../../operations/drill/faults/fault";
import { type Known, lostOf } from "../../../../operations/drill/known/known";
import type { DrillRecord } from "../../../../operations/drill/record";
import { runDrill } from "../../../../operations/drill/run";
import { waitFor } from "../../../../operations/status/wait";
import { Stand } from "../stand";

const missed = ({ wants }: DrillRecord) => wants.filter(({ met }) => !met).map(({ what }) => what);
const got = ({ wants }: DrillRecord, start: string) => wants.find(({ what }) => what.startsWith(start))?.got;

/** A stack whose MySQL a fault takes down, and what was done to it. */
function stage(fields: Partial<Fault> = {}) {
    const stand = new Stand();
    const done: string[] = [];
    const store = new Map<string, string>();
    const written = new Map([1, 2, 3].map((number) => [String(number), "content"]));
    const known: Known = {
        kind: "piece",
        write: async () => written.forEach((content, key) => store.set(key, content)),
        compare: async () => lostOf(written, store),
        remove: async () => store.clear(),
    };
    const fault: Fault = {
        name: "down",
        what: "MySQL is down",
        goals: { notice: 20, repair: 20 },
        hosts: () => ["node-01", "master"],
        break: async ({ host }) => {
            done.push(`broken ${host}`);
            stand.down = true;
        },
        repair: {
            what: "mend",
            run: async () => {
                done.push("mended");
                stand.down = false;
            },
        },
        ...fields,
    };
    const run = (change: Partial<Context> = {}, signal?: AbortSignal) => {
        return runDrill(
            drillOf(fault, () => ({ known: [known], probes: [] })),
            { ...stand.context([], signal), ...change },
        );
    };
    return { stand, done, store, run };
}

describe("the drill of a fault", () => {
    it("breaks, notices, repairs and compares, and says how long each took", async () => {
        const { stand, done, store, run } = stage();
        const record = await run();
        assert.deepEqual([record.broken, missed(record)], [undefined, []]);
        const phases = record.phases.map(({ name, fault }) => `${name}${fault ? "!" : ""}`);
        assert.deepEqual(phases, ["before", "broken!", "noticed!", "repair!", "after"]);
        assert.match(record.phases[2].what, /^MySQL: connect ECONNREFUSED/);
        const { notice = -1, repair = -1, lost, taken = 0 } = record.outcome!;
        assert.ok(notice > 0 && repair > 0 && notice + repair < record.seconds, JSON.stringify(record.outcome));
        assert.deepEqual([lost, record.host, taken > 3], [0, "node-01", true], "rows of MySQL's count too");
        assert.deepEqual(done, ["broken node-01", "mended"], "it is not repaired twice");
        assert.deepEqual([stand.left(), store.size], [[], 0]);
    });

    it("waits for what must mend itself, and is not as before while something is missing", async () => {
        let looks = 0;
        const { stand, run } = stage({
            repair: undefined,
            break: async () => {
                stand.down = true;
            },
            missing: async () => {
                stand.down = false;
                return looks++ < 3 ? "it is not made anew" : undefined;
            },
            noticed: async () => {
                stand.down = false;
                return "it is away";
            },
        });
        const record = await run({ host: "master" });
        assert.deepEqual([missed(record), looks], [[], 4]);
        assert.equal(record.host, "master");
        assert.match(got(record, "Everything is as before by itself")!, /^after /);
    });

    it("counts what is lost, but for what goes with the fault", async () => {
        for (const takes of [undefined, { piece: "there is one copy" }]) {
            const { stand, store, run } = stage({
                takes,
                break: async () => {
                    store.delete("2");
                    stand.down = true;
                },
            });
            const record = await run();
            assert.deepEqual(missed(record), takes ? [] : ["No piece is lost"]);
            assert.equal(record.outcome!.lost, takes ? 0 : 1);
            const told = record.facts.find(({ name }) => name === "Each piece")?.value;
            assert.equal(told, takes && "1 of 3 lost: there is one copy");
        }
    });

    it("has missed its goals where it is late, or the repair fails, which is then tried again", async () => {
        const late = stage({ goals: { notice: 0, repair: 0 } });
        const both = await late.run();
        assert.deepEqual(missed(both), ["It is noticed", "Everything is as before by `mend`"]);
        const told = (record: DrillRecord) => record.wants.filter((want) => want.late).map(({ what }) => what);
        assert.ok(told(both).includes("Everything is as before by `mend`"), JSON.stringify(both.wants));
        let tries = 0;
        const failing = stage({
            repair: {
                what: "mend",
                run: async () => {
                    if (tries++ === 0) throw new Error("no stock");
                    failing.stand.down = false;
                },
            },
        });
        const record = await failing.run();
        assert.equal(record.broken, undefined);
        assert.equal(got(record, "Everything is as before"), "mend: no stock");
        assert.ok(missed(record).length > 0);
        assert.deepEqual(told(record), [], "what did not come is not late");
        assert.deepEqual([tries, failing.stand.down, record.outcome!.repair], [2, false, undefined]);
    });

    it("puts back what it broke when it can't go on, or is interrupted", async () => {
        const half = stage({
            break: async () => {
                half.stand.down = true;
                throw new Error("the cloud does not answer");
            },
        });
        const failed = await half.run();
        assert.equal(failed.broken, "the cloud does not answer");
        assert.deepEqual([half.done, half.stand.left()], [["mended"], []]);

        const end = new AbortController();
        let given: AbortSignal | undefined;
        const cut = stage({
            noticed: async () => undefined,
            putBack: async ({ signal }) => {
                given = signal;
                cut.done.push("put back");
                cut.stand.down = false;
            },
        });
        const running = cut.run({}, end.signal);
        await waitFor(async () => cut.stand.down, 20, "nothing was broken");
        end.abort(new Error("ended by Ctrl-C"));
        const record = await running;
        assert.deepEqual([record.broken, given, cut.done.at(-1)], ["ended by Ctrl-C", undefined, "put back"]);
        assert.deepEqual(cut.stand.left(), []);
    });

    it("is done to no host that it does not take", async () => {
        const { done, run } = stage();
        assert.equal(
            (await run({ host: "node-09" })).broken,
            "--host node-09: the drill down takes one of node-01, master",
        );
        const none = stage({ hosts: () => [] });
        assert.match((await none.run()).broken!, /has no host for the drill down/);
        const lacking = stage({ lacks: ({ name }) => `no bucket in ${name}` });
        assert.match((await lacking.run()).broken!, /drill down can't be done to stack local: no bucket in local/);
        assert.deepEqual(lacking.done, []);
        assert.deepEqual([done, none.done], [[], []]);
    });
});
