import { strict as assert } from "node:assert";
import { curves, timeScale } from "../../../operations/drill/report/plot";
import { html } from "../../../operations/drill/report/html";
import type { DrillRecord } from "../../../operations/drill/record";
import { verdict } from "../../../operations/drill/report/text";
import { example } from "./example";

const axis = { place: (value: number) => value, ticks: [] };
const path = (svg: string) => / d="([^"]*)"/.exec(svg)![1];

describe("a drill's report", () => {
    const held = html(example(true));
    const missed = html(example(false));

    it("is one page that needs nothing else, in light and dark", () => {
        assert.doesNotMatch(held, /<(script|link|img)|url\(|@import| (src|href)=/);
        assert.match(held, /prefers-color-scheme: dark/);
        assert.equal(held.match(/<svg /g)!.length, held.match(/<\/svg>/g)!.length);
        assert.doesNotMatch(held, /NaN|undefined|Infinity/);
    });

    it("says whether the stack held, goal by goal", () => {
        assert.match(held, /All 10 goals were met/);
        assert.equal(held.match(/✔ met/g)!.length, 10);
        assert.match(missed, /6 of 10 goals were missed/);
        assert.equal(missed.match(/✘ missed/g)!.length, 6);
    });

    it("shows a line of red for each try that failed", () => {
        assert.equal(held.match(/class="failed/g), null);
        const { samples } = example(false);
        const failed = Object.values(samples).flatMap((all) => all.filter(({ failure }) => failure)).length;
        const again = samples["Kubernetes API"].filter(({ failure }) => failure).length;
        assert.equal(missed.match(/class="failed/g)!.length, failed + again);
    });

    it("takes what was said as text, whatever it is", () => {
        const record = example(true);
        record.messages = [{ at: 1, from: "pod", text: `<script>"&'`, count: 1 }];
        assert.match(html(record), /&lt;script&gt;&quot;&amp;&#39;/);
    });

    it("can be made of a drill that broke before it saw anything", () => {
        const empty = { ...example(true), samples: {}, memory: {}, messages: [], phases: [], wants: [], seconds: 0 };
        const page = html({ ...empty, broken: "the stack is not well before the drill: no MySQL" });
        assert.match(page, /It did not come to its end[^]*no MySQL/);
        assert.doesNotMatch(page, /NaN|undefined|Infinity/);
    });

    it("draws nothing of what was not looked at", () => {
        const drawings = (record: DrillRecord) => html(record).match(/ aria-label="[^"]*"/g)!.length;
        const record = example(true);
        assert.equal(drawings(record), 5);
        assert.equal(drawings({ ...record, memory: {} }), 4);
        const unseen = { ...record, samples: {}, memory: {} };
        assert.equal(drawings(unseen), 2);
        assert.doesNotMatch(html(unseen), /p50|Memory used/);
    });

    it("draws values in the order of their time, and nothing where there was none", () => {
        const at = (...times: number[]) => times.map((time) => ({ at: time, value: 0.5 }));
        const record = { ...example(true), seconds: 100 };
        const drawn = path(curves({ ...record, phases: [] }, "", axis, [{ name: "a", points: at(2, 0, 20, 22) }]));
        const x = timeScale(100);
        assert.deepEqual(drawn.match(/[ML][\d.]+/g), [`M${x(0)}`, `L${x(2)}`, `M${x(20)}`, `L${x(22)}`]);
    });

    it("is short in a terminal", () => {
        const text = verdict(example(false));
        assert.match(text, /^Drill avalanche on stack local, 3 min 45 s: 6 of 10 goals were missed\n/);
        assert.match(text, /\n✘ Every node is Ready \(all the time\): node-02 is not Ready/);
        assert.match(text, /\nWhat was said:\n {2}after 12 s, install: /);
    });
});
