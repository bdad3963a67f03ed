import { strict as assert } from "node:assert";
import { watermarkTold } from "../../../../operations/drill/avalanche/watermark";
import { noteEvents } from "../../../../operations/drill/cluster";
import { Recorder } from "../../../../operations/drill/record";
import { StandInApi } from "../../status/standins";

const start = Date.parse("2026-05-04T12:00:00Z");

describe("the word of a watermark", () => {
    let now: number;
    let recorder: Recorder;
    beforeEach(() => {
        now = 0;
        recorder = new Recorder({ drill: "", what: "", stack: "" }, () => start + now * 1000);
    });
    const uses = (host: string, ...percents: number[]) =>
        percents.forEach((used, index) => recorder.memory(host, { at: index * 10, used, of: 100 }));
    /** An Event as apps/watermarks makes it, which the drill sees at a second. */
    const told = async (at: number, message: string, type = "Warning", reason = "AboveWatermark") => {
        now = at;
        const event = {
            metadata: { name: "node-01.watermark.x7k2p", namespace: "default" },
            involvedObject: { apiVersion: "v1", kind: "Node", name: "node-01", uid: "node-01" },
            ...{ type, reason, message, source: { component: "watermarks" }, count: 1 },
            lastTimestamp: new Date(start + at * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
        };
        const items = (query: URLSearchParams) => (query.get("fieldSelector") === `type=${type}` ? [event] : []);
        await noteEvents(new StandInApi({ "GET /api/v1/events": (_, query) => ({ items: items(query) }) }), recorder);
    };
    const used = "memory used of node-01 is above its watermark: 89.6 %, the mark is 85 %";
    const fact = (since = 0) => watermarkTold(recorder.record, ["node-01"], 85, since);

    it("is the cluster's first, with the time of it and of the crossing", async () => {
        uses("node-01", 50, 80, 86, 92);
        await told(44, used);
        assert.equal(recorder.record.messages[0].text, `AboveWatermark: ${used}`);
        assert.equal(fact(), "told after 44 s; memory was above 85 % from 20 s on");
        assert.equal(fact(10), "told after 34 s; memory was above 85 % from 10 s on");
    });

    it("is missing where it did not come, came before, or is of something else", async () => {
        uses("node-01", 50, 85);
        uses("master", 99);
        await told(5, used);
        await told(20, "memory requested of node-01 is above its watermark: 90.0 %, the mark is 85 %");
        await told(30, "memory used of node-01 is below the watermark: 70.0 %, the mark is 85 %", "Normal", "Below…");
        assert.equal(fact(8), "not told; memory was never above 85 %");
    });
});
