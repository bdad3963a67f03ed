import { strict as assert } from "node:assert";
import { passed, Recorder, type Sample } from "../../../operations/drill/record";
import { never, quantile, quick, seconds, steady } from "../../../operations/drill/verdict";
import { example } from "./example";

function record(samples: Partial<Sample>[]) {
    const { record } = new Recorder({ drill: "d", what: "", stack: "s" });
    record.samples.probe = samples.map((sample, at) => ({ at, seconds: 0.01, ...sample }));
    return record;
}
const answers = (count: number) => Array.from({ length: count }, (): Partial<Sample> => ({}));

describe("a drill's verdict", () => {
    it("takes quantiles as people read them", () => {
        const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
        assert.deepEqual([quantile(hundred, 0.99), quantile(hundred, 0.5), quantile(hundred, 1)], [99, 50, 100]);
        assert.deepEqual([quantile([7], 0.01), quantile([], 0.99)], [7, 0]);
    });

    it("lets one slow answer in a hundred pass, and not two", () => {
        const slow = { seconds: 3 };
        assert.equal(quick(record([...answers(99), slow]), "probe", "", 2).met, true);
        const missed = quick(record([...answers(98), slow, slow]), "probe", "", 2);
        assert.deepEqual([missed.met, missed.got], [false, "p99 3 s, 0 of 100 without an answer"]);
    });

    it("counts no answer as a slow one, however soon it failed", () => {
        const refused = { seconds: 0.001, failure: "connection refused" };
        assert.equal(quick(record([...answers(50), refused]), "probe", "", 2).met, false);
    });

    it("wants no failure at all of what serves, and says the first", () => {
        assert.equal(never(record(answers(5)), "probe", "").met, true);
        const want = never(record([...answers(5), { failure: "reset" }, { failure: "refused" }]), "probe", "");
        assert.deepEqual([want.met, want.got], [false, "2 of 7 failed, first after 5 s: reset"]);
    });

    it("says each way in which a state was left, once", () => {
        const want = steady(record([{}, { failure: "gone" }, { failure: "gone" }, { failure: "late" }]), "probe", "");
        assert.deepEqual([want.met, want.got], [false, "gone; late"]);
    });

    it("is proven by nothing that was never tried", () => {
        for (const want of [quick, never, steady].map((of) => of(record([]), "probe", "", 2))) {
            assert.deepEqual([want.met, want.got], [false, "never tried"]);
        }
    });

    it("is passed when it came to its end and every goal was met", () => {
        assert.equal(passed(example(true)), true);
        assert.equal(passed(example(false)), false);
        assert.equal(passed({ ...example(true), broken: "ended by Ctrl-C" }), false);
    });

    it("says times by their size", () => {
        assert.deepEqual([0.0042, 2, 1.25, 61.4, 200].map(seconds), ["4 ms", "2 s", "1.3 s", "61 s", "3 min 20 s"]);
    });
});
