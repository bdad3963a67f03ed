import { strict as assert } from "node:assert";
import { html, htmlOf } from "../../../../operations/drill/report/html";
import { times, verdicts } from "../../../../operations/drill/report/text";
import { example } from "../example";
import { record } from "./history.test";

const outcome = { notice: 12, repair: 41, lost: 0, taken: 312, goals: { notice: 60, repair: 240 } };
const last = { notice: 10, repair: 39, lost: 0 };
const off = record("worker-off", { host: "node-02", outcome, last });

describe("a report of several drills", () => {
    const missed = record("kafka-reboot", { wants: [{ what: "a goal", wanted: "", got: "", met: false }] });
    const page = htmlOf("all", [off, missed, example(true)], "1 of 4 drills were not run: after avalanche <b> is down");

    it("is one page with an index of times, each drill behind a link of its own", () => {
        assert.match(page, /12 s of 60 s, last time 10 s.*41 s of 4 min 0 s, last time 39 s.*0 of 312/s);
        const links = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
        assert.deepEqual(links, ["drill-1", "drill-2", "drill-3"]);
        links.forEach((id) => assert.equal(page.match(new RegExp(`id="${id}"`, "g"))?.length, 1));
        assert.equal(page.match(/<!doctype/g)!.length, 1);
        assert.doesNotMatch(page, /NaN|undefined|Infinity/);
    });

    it("says how many missed a goal, and why the rest was not run", () => {
        assert.match(page, /1 of 3 drills missed a goal/);
        assert.match(page, /1 of 4 drills were not run: after avalanche &lt;b&gt; is down/);
        assert.match(htmlOf("all", [off]), /Every drill met its goals/);
        const text = verdicts([off, missed], "1 of 3 drills were not run: after kafka-reboot node-01 is not Ready");
        const [, , kafka, why] = text.split("\n").slice(-4);
        assert.match(text, /\n✔ worker-off on node-02: all 1 goals were met; noticed after 12 s/);
        assert.equal(kafka, "✘ kafka-reboot: 1 of 1 goals were missed");
        assert.match(why, /^✘ 1 of 3 drills were not run/);
    });
});

describe("a drill's times", () => {
    it("are beside those of the last time, in the terminal and in the report", () => {
        const text = "noticed after 12 s, last time 10 s; repair 41 s, last time 39 s; lost 0, last time 0";
        assert.equal(times(off), text);
        assert.ok(html(off).includes(text));
        assert.equal(times({ ...off, outcome: {}, last: undefined }), "noticed after ?; repair ?; lost ?");
    });
});
