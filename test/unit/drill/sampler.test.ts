import { strict as assert } from "node:assert";
import { Recorder } from "../../../operations/drill/record";
import { Sampler } from "../../../operations/drill/sampler";
import { Undo } from "../../../operations/drill/undo";
import { waitFor } from "../../../operations/status/wait";

const names = { drill: "d", what: "", stack: "s" };

describe("probes of a drill", () => {
    it("are tried by the clock, also while an earlier try has no answer", async () => {
        const recorder = new Recorder(names);
        let asked = 0;
        const stuck = () => (asked++ === 0 ? new Promise<void>(() => undefined) : Promise.resolve());
        const sampler = new Sampler([{ name: "api", every: 0.02, patience: 0.5, run: stuck }], recorder);
        await waitFor(async () => asked >= 5, 5, "it was not tried five times");
        assert.ok(
            (recorder.record.samples.api ?? []).every(({ failure }) => !failure),
            "the first is still waited for",
        );
        await sampler.stop();
        const failed = recorder.record.samples.api.filter(({ failure }) => failure);
        assert.deepEqual(
            failed.map(({ failure }) => failure),
            ["not done within 0.5 s"],
        );
        assert.ok(failed[0].seconds >= 0.45, "what was waited for is its time");
    });

    it("are taken down with why they failed, each under its name", async () => {
        const recorder = new Recorder(names);
        const run = () => Promise.reject(new Error("connection refused"));
        const sampler = new Sampler(
            [
                { name: "one", every: 60, patience: 1, run },
                { name: "two", every: 60, patience: 1, run: async () => undefined },
            ],
            recorder,
        );
        await sampler.stop();
        const { one, two } = recorder.record.samples;
        assert.deepEqual([one[0].failure, "failure" in two[0]], ["connection refused", false]);
    });
});

describe("what a drill has to put back", () => {
    it("is put back last first, tried again until its time is over, and named where it could not be", async () => {
        const undo = new Undo(10);
        const done: string[] = [];
        let tries = 0;
        undo.later("first", 1, async () => void done.push("first"));
        undo.later("never", 0.05, async () => Promise.reject(new Error("no answer")));
        undo.later("last", 1, async () => {
            if (++tries < 3) throw new Error("not yet");
            done.push("last");
        });
        assert.deepEqual(await undo.all(), ["never: no answer"]);
        assert.deepEqual([done, tries], [["last", "first"], 3]);
        assert.deepEqual(await undo.all(), [], "once");
    });
});

describe("a drill's record", () => {
    it("has phases that follow each other, and a message once with how often it was said", () => {
        let now = 1000;
        const recorder = new Recorder(names, () => now);
        recorder.phase("before", "");
        now += 5000;
        recorder.phase("fault", "", true);
        recorder.message("pod", "Evicted", 2);
        recorder.message("pod", "Evicted", 4);
        now += 2000;
        recorder.end();
        const { phases, messages, seconds } = recorder.record;
        assert.deepEqual(
            phases.map(({ from, to }) => [from, to]),
            [
                [0, 5],
                [5, 7],
            ],
        );
        assert.deepEqual([messages, seconds], [[{ at: 5, from: "pod", text: "Evicted", count: 4 }], 7]);
    });
});
