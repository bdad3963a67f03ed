import { strict as assert } from "node:assert";
import { Restarts } from "../../../../operations/drill/avalanche/restarts";
import type { Context } from "../../../../operations/drill/drill";
import { Recorder } from "../../../../operations/drill/record";
import { Stand } from "../stand";

describe("restarts of hosts that hang", () => {
    let now: number;
    let recorder: Recorder;
    let restarts: Restarts;
    const told = () => recorder.record.messages.map(({ from, text }) => `${from}: ${text}`);
    const tried = (host: string, failure?: string) =>
        recorder.sample(`SSH ${host}`, { at: recorder.now(), seconds: 0, ...(failure && { failure }) });

    const restartsOf = (context: Context) => new Restarts({ ...context, recorder });

    beforeEach(() => {
        now = 0;
        recorder = new Recorder({ drill: "", what: "", stack: "" }, () => now * 1000);
        restarts = restartsOf(new Stand().context());
    });
    afterEach(() => restarts.end());

    it("wait for a minute of the repair, however long the host has been silent", async () => {
        tried("node-01");
        now = 100;
        restarts.begin();
        tried("node-01", "no answer");
        now = 159;
        restarts.look();
        await restarts.end();
        assert.deepEqual(told(), []);
        now = 160;
        restarts.look();
        await restarts.end();
        assert.deepEqual(told(), ["cloud: node-01 heard nothing for 2 min 40 s and was restarted through the cloud"]);
    });

    it("leave a host that answers, and restart none twice", async () => {
        restarts.begin();
        for (now = 0; now < 300; now++) {
            tried("master");
            tried("node-01", "no answer");
            restarts.look();
        }
        await restarts.end();
        assert.deepEqual(told(), ["cloud: node-01 heard nothing for 60 s and was restarted through the cloud"]);
    });

    it("say it when the cloud does not do it, and let the repair go on", async () => {
        const context = new Stand().context();
        context.cloud = { reboot: () => Promise.reject(new Error("node-01: RebootInstance: Throttling")) } as never;
        restarts = restartsOf(context);
        restarts.begin();
        tried("node-01", "no answer");
        tried("master");
        now = 60;
        restarts.look();
        await restarts.end();
        const why = "could not be restarted through the cloud: node-01: RebootInstance: Throttling";
        assert.ok(told().includes(`cloud: node-01 heard nothing for 60 s and ${why}`), told().join());
    });
});
