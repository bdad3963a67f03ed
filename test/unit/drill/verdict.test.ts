import { strict as assert } from "node:assert";
import { passed, Recorder, type Sample } from "../../../operations/drill/record";
import { backAfter, kept, never, quantile, quick, seconds, steady } from "../../../operations/drill/verdict";
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
        assert.equal(missed.late, true);
    });

    it("counts no answer as a slow one, however soon it failed", () => {
        const refused = { seconds: 0.001, failure: "connection refused" };
        const { met, late } = quick(record([...answers(50), refused]), "probe", "", 2);
        assert.deepEqual([met, late], [false, undefined]);
        assert.equal(quick(record([]), "probe", "", 2).late, undefined, "what was never tried is not late");
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

    it("is late where one try in twenty at most was without an answer in time, and none failed otherwise", () => {
        const slow = { failure: "not done within 6 s" };
        const late = (...samples: object[]) => never(record(samples as Partial<Sample>[]), "probe", "").late;
        assert.equal(late(...answers(19), slow), true);
        assert.equal(late(...answers(18), slow), undefined);
        assert.equal(late(...answers(39), slow, { failure: "refused" }), undefined);
        assert.equal(late(...answers(19)), undefined);
    });

    it("is proven by nothing that was never tried", () => {
        for (const want of [quick, never, steady].map((of) => of(record([]), "probe", "", 2))) {
            assert.deepEqual([want.met, want.got], [false, "never tried"]);
        }
    });

    it("has a probe back when it answers for good, not when it answers once", () => {
        const away = { failure: "connection refused" };
        const flaps = record([{}, away, {}, away, away, { seconds: 0.5 }, {}]);
        assert.equal(backAfter(flaps, "probe", 1), 4.5);
        assert.equal(backAfter(flaps, "probe", 5), 0);
        assert.equal(backAfter(record([{}, away]), "probe", 0), undefined);
        assert.equal(backAfter(record([]), "probe", 0), undefined);
    });

    it("keeps known data that was taken and is there, and takes what can't be read for no proof", () => {
        const met = (data: Parameters<typeof kept>[1]) => [kept("row", data).met, kept("row", data).got];
        assert.deepEqual(met({ taken: 5, lost: 0 }), [true, "0 of 5 lost"]);
        assert.deepEqual(met({ taken: 5, lost: 1 }), [false, "1 of 5 lost"]);
        assert.deepEqual(met({ taken: 0, lost: 0 }), [false, "0 of 0 lost"]);
        assert.deepEqual(met({ unread: "no answer" }), [false, "not compared: no answer"]);
        assert.deepEqual(met(undefined), [false, "not compared"]);
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
