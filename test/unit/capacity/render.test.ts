import { strict as assert } from "node:assert";
import * as path from "node:path";
import { bar } from "../../../operations/capacity/bars";
import { inputs } from "../../../operations/capacity/input";
import { readManifest } from "../../../operations/capacity/manifest";
import { html, svg } from "../../../operations/capacity/picture";
import { json, table } from "../../../operations/capacity/render";
import { judge, type NodeVerdict, type Verdict } from "../../../operations/capacity/verdict";
import { gi, threeHosts } from "./cluster";

const verdictOf = (name: string) =>
    judge(readManifest(inputs([path.join(__dirname, "manifests", `${name}.yaml`)])), threeHosts());
const plain = (verdict: Verdict, width: number) => table(verdict, { width, colour: false });
const charts = ["rancher", "istio", "kube-prometheus-stack"].map(verdictOf);

function nodeWith(before: number, after: number): NodeVerdict {
    const share = (memory: number) => ({
        requests: { cpu: 0, memory: memory * gi, storage: 0 },
        limits: { cpu: 0, memory: 0, storage: 0 },
        pods: 1,
    });
    const allocatable = { cpu: 4000, memory: 10 * gi, storage: 0, pods: 110 };
    return { name: "a", allocatable, before: share(before), after: share(after) };
}

describe("the bar of a node", () => {
    const marks = { requests: 0.85, limits: 1.5 };
    const drawn = (before: number, after: number) => bar(nodeWith(before, after), marks, 20, false);

    it("shows what was, what is new, what is left, and the watermark", () => {
        assert.equal(drawn(2, 5), "████▓▓▓▓▓▓·······┃··");
        assert.equal(drawn(0, 0), "·················┃··");
        assert.equal(drawn(5, 9.5), "██████████▓▓▓▓▓▓▓┃▓·");
        assert.equal(drawn(9, 12), "█████████████████┃▓▓");
    });

    it("shows what is put out for the new as gone", () => {
        assert.equal(drawn(5, 3), "██████···········┃··");
    });

    it("is red where the watermark is passed, and green where it is not", () => {
        assert.match(bar(nodeWith(2, 9), marks, 20, true), /\x1b\[31m▓/);
        assert.match(bar(nodeWith(2, 5), marks, 20, true), /\x1b\[32m▓/);
    });
});

describe("the table", () => {
    it("says what is asked, what has no bound, the nodes, the losses, and why it does not fit", () => {
        const text = plain(charts[1], 80);
        assert.match(text, /^2 pods that request 0\.6 CPU and 2\.1 GiB of memory, beside what runs in stack\ndev\.$/m);
        assert.match(text, /^ {2}Deployment istio-system\/istiod {13}1 {2}0\.5 {4}2 GiB {2}no limit!$/m);
        assert.match(text, /^Without a memory limit:\n {2}Deployment istio-system\/istiod: discovery$/m);
        assert.match(text, /^ {2}node-01 {2}█+▓+·+┃·+ {2}29 % → 59 % of 6\.8 GiB, used 46 %$/m);
        assert.match(text, /^ {2}node-01: of it, istio-system\/istiod-0 would wait$/m);
        assert.match(text, /^✔ Istio, documented: 4 CPU and 16384 MiB in the cluster\.$/m);
        assert.match(text, /^✘ With node-02 lost, apps\/elasticsearch-0 would find no place any more\.$/m);
        assert.match(text, /\nIt does not fit: 2 reasons\.$/);
        assert.match(plain(charts[2], 80), /^ {2}Alertmanager \(monitoring\.coreos\.com\/v1\):/m);
    });

    it("fits screens from 40 columns on, but for what can't be broken", () => {
        for (const verdict of charts) {
            for (const width of [120, 80, 60, 40]) {
                for (const line of plain(verdict, width).split("\n")) {
                    const unbroken = line.trim().split(" ").length === 1;
                    assert.ok([...line].length <= width || unbroken, `${width}: ${line}`);
                }
            }
        }
    });

    it("has colours only where they are wanted", () => {
        assert.ok(!plain(charts[0], 80).includes("\x1b"));
        assert.match(table(charts[0], { width: 80, colour: true }), /\x1b\[31mIt does not fit: 2 reasons\.\x1b\[0m$/);
    });

    it("says that it fits", () => {
        const nothing = readManifest([{ file: "e", text: "apiVersion: x.io/v1\nkind: X\nmetadata: { name: x }" }]);
        assert.match(plain(judge(nothing, threeHosts()), 80), /\n✔ It fits\.$/);
    });
});

describe("the JSON document", () => {
    it("has the whole verdict, in bytes and millicores", () => {
        const { fits, lines, nodes, faults } = JSON.parse(JSON.stringify(json(charts[1]))) as Verdict & {
            fits: boolean;
        };
        assert.equal(fits, false);
        assert.equal(faults.length, 2);
        assert.deepEqual(lines[0].requests, { cpu: 500, memory: 2 * gi, storage: 0 });
        assert.equal(nodes[1].after.requests.memory - nodes[1].before.requests.memory, 2 * gi);
    });
});

describe("the picture", () => {
    it("is well-formed, needs nothing from elsewhere, and is for light and dark", () => {
        for (const verdict of charts) {
            for (const text of [svg(verdict), html(verdict)]) {
                const open: string[] = [];
                for (const [, close, name, empty] of text.matchAll(/<(\/?)([a-z0-9]+)[^>]*?(\/?)>/g)) {
                    if (close) assert.equal(open.pop(), name);
                    else if (!empty && name !== "meta") open.push(name);
                }
                assert.deepEqual(open, []);
                assert.doesNotMatch(text, /<(script|link|img|image)|@import|url\(/);
                assert.match(text, /prefers-color-scheme: dark/);
            }
        }
    });

    it("draws a bar a node, as long as its share is", () => {
        const text = svg({ ...charts[0], nodes: [nodeWith(5, 9.5)], from: "a < b & c" });
        assert.match(text, /<rect class="was" x="130" y="64" width="305"/);
        assert.match(text, /<rect class="new" x="435" y="64" width="213\.5"/);
        assert.match(text, /<rect class="over" x="648\.5" y="64" width="61"/);
        assert.match(text, /beside a &lt; b &amp; c\./);
    });
});
