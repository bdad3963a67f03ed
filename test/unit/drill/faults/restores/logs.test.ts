import { strict as assert } from "node:assert";
import { elasticsearch } from "../../../../../operations/backup/elasticsearch";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { indexDeleted } from "../../../../../operations/drill/faults/restores/logs";
import { Undo } from "../../../../../operations/drill/undo";
import { stack, StandInApi } from "../../../status/standins";
import { Elasticsearch } from "./elasticsearch";

const keeper = { name: "keeper", env: [{ name: "KEEP_MIB", value: "1" }] };
const api = new StandInApi({
    "GET /apis/apps/v1/.*/elasticsearch": () => ({ spec: { template: { spec: { containers: [keeper] } } } }),
});

/** Seconds that this process' clock is ahead. */
let ahead = 0;
const { Date: clock } = globalThis;
class Ahead extends clock {
    constructor(at?: number | string) {
        super(at ?? clock.now() + ahead * 1000);
    }
}

/** A stack with an index of logs and a snapshot of it. */
async function scene(change: Partial<Context> = {}) {
    const shell = new Elasticsearch(() => ahead++);
    shell.indices.set("logs-000001", new Map([["1", { message: "a line" }]]));
    const undo = new Undo(5);
    const said: string[] = [];
    const { signal } = new AbortController();
    const say = (text: string) => void said.push(text);
    const context = { stack: stack(), api, shell, undo, signal, say, ...change } as unknown as Context;
    const here: Scene = { context, watch: undefined as never, host: "", signal };
    await elasticsearch.backup({ ...context, signal }, "schedule");
    return { here, shell, undo, said };
}

describe("an index of logs that is deleted", () => {
    before(() => (globalThis.Date = Ahead as DateConstructor));
    after(() => (globalThis.Date = clock));

    it("is missed, comes back with every document, and leaves nothing but what others have", async () => {
        const { here, shell, undo, said } = await scene();
        await indexDeleted.prepare!(here);
        assert.equal(await indexDeleted.noticed!(here), undefined);
        await indexDeleted.break(here);
        assert.match((await indexDeleted.noticed!(here))!, /no index logs-refused_drill/);
        await assert.rejects(indexDeleted.missing!(here), /no such index/);
        await indexDeleted.repair!.run(here);
        assert.equal(await indexDeleted.missing!(here), undefined);
        assert.match(said.join("\n"), /logs_restored-refused_drill is whole and has/);

        const documents = shell.indices.get("logs_restored-refused_drill")!;
        documents.delete("2");
        documents.set("3", { content: "another" });
        assert.match((await indexDeleted.missing!(here))!, /^2 of 5 documents of logs-refused_drill are not in/);

        assert.deepEqual(await undo.all(), []);
        assert.deepEqual([...shell.indices.keys()], ["logs-000001"]);
        const left = shell.snapshots.map(({ metadata, indices }) => [metadata?.why, indices]);
        assert.deepEqual(left, [
            ["schedule", ["logs-000001"]],
            ["before restore", ["logs-000001"]],
        ]);
    });

    it("is made anew over what a drill that was killed has left", async () => {
        const { here, shell } = await scene();
        await indexDeleted.prepare!(here);
        await indexDeleted.break(here);
        await indexDeleted.repair!.run(here);
        const { was } = here;
        await indexDeleted.prepare!(here);
        assert.notEqual(here.was, was);
        assert.equal(shell.indices.has("logs_restored-refused_drill"), false);
        assert.equal(shell.snapshots.filter(({ metadata }) => metadata?.why === "before a drill").length, 1);
    });

    it("is not made where there is no Elasticsearch", async () => {
        const { here, shell } = await scene({ stack: { ...stack(), workloads: [] } });
        await assert.rejects(indexDeleted.prepare!(here), /stack local has no Elasticsearch/);
        assert.deepEqual([...shell.indices.keys()], ["logs-000001"]);
    });
});
