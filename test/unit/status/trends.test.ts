import { strict as assert } from "node:assert";
import { Elasticsearch } from "../../../operations/status/elasticsearch";
import { type Figures, lookBack, trendsOf } from "../../../operations/status/trends";
import { ago, StandInShell } from "./standins";

const line = (node: string, minutes: number, used: number, requested = 1): Figures => ({
    "@timestamp": ago(minutes).toISOString(),
    json: { node, memory: { requested, allocatable: 10, used, capacity: 200 }, disk: { used: 1, capacity: 4 } },
});

describe("the trend of the last hours", () => {
    it("is the most of each half hour, and the least, the most and the last of all", () => {
        const { master } = trendsOf([line("master", 359, 20), line("master", 45, 180), ...[50, 30, 5].map(last)]);
        assert.deepEqual(master["memory used"], {
            hours: 6,
            values: [10, ...Array<null>(9).fill(null), 90, 25],
            ...{ min: 2.5, max: 90, last: 2.5 },
        });
        assert.deepEqual([master["memory requested"]?.last, master["disk used"]?.max], [10, 25]);
        assert.equal(master["CPU used"], undefined);
    });
    const last = (used: number, index: number) => line("master", 10 - 5 * index, used);

    it("is each node's, and does without what a line does not have", () => {
        const silent = {
            "@timestamp": ago(1).toISOString(),
            json: { node: "b", memory: { requested: 5, allocatable: 10 } },
        };
        const trends = trendsOf([line("a", 2, 10), silent]);
        assert.deepEqual(Object.keys(trends.b), ["memory requested"]);
        assert.equal(trends.a["memory used"]?.last, 5);
        assert.deepEqual(trendsOf([]), {});
    });
});

describe("a look back at the nodes", () => {
    const answer = (late: string[]) => ({
        stdout: `${JSON.stringify({
            hits: { hits: [{ _source: line("master", 1, 20) }] },
            aggregations: { late: { nodes: { buckets: late.map((key) => ({ key })) } } },
        })}\n5000\n`,
    });
    const look = (shell: StandInShell, nodes: string[]) =>
        lookBack(new Elasticsearch(shell, "master"), nodes, 0.2, new AbortController().signal);

    it("asks Elasticsearch for the watch's lines, and is done when each node has some of late", async () => {
        const shell = new StandInShell({ _search: answer(["master"]) });
        const { seconds, trends } = await look(shell, ["master"]);
        assert.deepEqual([seconds, trends.master["memory used"]?.last], [0.005, 10]);
        assert.match(shell.runs[0].script, /"kubernetes.container.name":"watermarks"/);
    });

    it("names the nodes of which nothing has come of late", async () => {
        const shell = new StandInShell({ _search: answer(["master"]) });
        await assert.rejects(look(shell, ["master", "node-01"]), /^Error: no figures of node-01 of the last 5 minutes/);
        const empty = new StandInShell({ _search: { stdout: "{}\n5000\n" } });
        await assert.rejects(look(empty, ["master"]), /no figures of master/);
    });

    it("fails with Elasticsearch's own reason", async () => {
        const shell = new StandInShell({ _search: { stdout: "", failure: "no such index" } });
        await assert.rejects(look(shell, ["master"]), /no such index/);
    });
});
