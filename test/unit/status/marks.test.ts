import { strict as assert } from "node:assert";
import { type Mark, marksLines, marksOf, sparkline } from "../../../operations/status/marks";
import { table } from "../../../operations/status/render";
import type { Probed, Row } from "../../../operations/status/row";
import { rowsOf } from "../../../operations/status/rows";
import { cluster, host, node, now, pod, stack } from "./standins";

const gib = 2 ** 30;
const watermarks = { requests: 85, used: 80 };
const plain = (lines: string[]) => lines.map((line) => line.replaceAll("\u00a0", " "));
const trend = { hours: 6, values: [null, 0, 12.4, 12.5, 50, 99, 100], min: 0, max: 100, last: 100 };

/** A node whose pods ask for this much memory, in MiB, of the 3 GiB that it gives. */
function asked(...memory: number[]) {
    return memory.map((each, index) => {
        const one = pod(`team/pod-${index}`, {});
        const resources = { requests: { cpu: "500m", memory: `${each}Mi` } };
        return { ...one, spec: { nodeName: "master", containers: [{ name: "main", resources }] } };
    });
}
const metrics = (memory: string) => ({ metadata: { name: "master" }, usage: { cpu: "400m", memory } });
const by = (marks: Mark[]) => Object.fromEntries(marks.map((mark) => [mark.what, mark]));

describe("a node's parts against their watermarks", () => {
    it("are what its pods request of what it gives, and what is used of what it has", () => {
        const elsewhere = { ...asked(900)[0], spec: { ...asked(900)[0].spec, nodeName: "node-01" } };
        const ended = { ...asked(900)[0], status: { phase: "Succeeded" } };
        const marks = marksOf(
            node("master"),
            [...asked(512, 1024), elsewhere, ended],
            { metrics: metrics("2Gi"), host: host() },
            watermarks,
        );
        assert.deepEqual(by(marks), {
            "memory requested": { what: "memory requested", used: 1.5 * gib, of: 3 * gib, mark: 85 },
            "CPU requested": { what: "CPU requested", used: 1, of: 1.8, mark: 85 },
            "memory used": { what: "memory used", used: 2 * gib, of: 4 * gib, mark: 80 },
            "CPU used": { what: "CPU used", used: 0.4, of: 2 },
            "disk used": { what: "disk used", used: 10 * gib, of: 40 * gib, mark: 80 },
        });
    });

    it("are left out where nothing is known of them", () => {
        const marks = marksOf(node("master"), [], { host: { disks: {} } }, watermarks);
        assert.deepEqual(Object.keys(by(marks)), ["memory requested", "CPU requested"]);
    });

    it("are told in a line, with the trend in another", () => {
        const trends = { master: { "memory used": trend }, other: { "disk used": trend } };
        const used = { metrics: metrics("3.6Gi"), host: host() };
        assert.deepEqual(plain(marksLines(marksOf(node("master"), asked(512), used, watermarks, trends))), [
            "requested memory 17 %, CPU 28 %; used memory 90 %!, disk 25 %; mark 85 % and 80 %",
            "last 6 h: memory ·▁▁▂▅██ 0–100 %",
        ]);
        assert.deepEqual(plain(marksLines(marksOf(node("master"), [], {}, { requests: 85, used: 85 }))), [
            "requested memory 0 %, CPU 0 %; mark 85 %",
        ]);
        assert.deepEqual(marksLines([]), []);
    });

    it("are drawn by their share, not by how they differ", () => {
        assert.equal(sparkline({ ...trend, values: [50, 51, 50] }), "▅▅▅");
    });
});

describe("what is above a watermark", () => {
    const probed: Record<string, Probed> = {
        Watermarks: { what: "w", seconds: 1, trends: { master: { "memory used": trend } } },
    };
    const rows = (memory: number, disk = 3, of = watermarks): Row[] => {
        const all = cluster();
        all.pods = [...all.pods.filter(({ spec }) => spec.nodeName !== "master"), ...asked(memory)];
        const look = host();
        look.disks.mysql = { ...look.disks.mysql, use: { used: disk * gib, of: 20 * gib } };
        const facts = { cluster: all, hosts: { master: look } };
        return rowsOf({ ...stack(), watermarks: of }, facts, probed);
    };
    const row = (all: Row[], name: string) => all.find((each) => each.name === name)!;
    const shown = (all: Row[], width = Infinity, colour = false) => table("local", all, now, { width, colour });

    it("is up, and has a sign and a reason of its own", () => {
        const all = rows(2700, 18);
        assert.deepEqual([row(all, "node master").state, row(all, "disk mysql").state], ["up", "up"]);
        const text = shown(all);
        assert.match(text, /^! node master +up .*\n {4}above its watermark: memory requested 87\.9 %\n/m);
        assert.match(text, /^ {4}requested memory 88 %!, CPU 28 %; used memory 50 %, disk 25 %; mark 85 % and 80 %$/m);
        assert.match(text, /^ {4}last 6 h: memory ·▁▁▂▅██ 0–100 %$/m);
        assert.match(text, /^! disk mysql +up .*18\.0\/20\.0 GiB!.*\n {4}above its watermark: disk used 90\.0 %$/m);
        assert.match(text, /\d+ up \(2 above a watermark\), 0 down\./);
        assert.match(shown(all, 80, true), /\x1b\[33m!\x1b\[0m node master/);
    });

    it("is nothing at the mark itself", () => {
        const half = { requests: 50, used: 80 };
        const at = shown(rows(1536, 16, half));
        assert.doesNotMatch(at, /above/);
        assert.match(at, /^✔ node master/m);
        assert.match(shown(rows(1537, 16, half)), /^! node master/m);
        assert.match(shown(rows(1536, 16.1, half)), /^! disk mysql/m);
    });

    it("keeps a figure and its unit together, down to 40 columns", () => {
        for (const width of [120, 80, 40]) {
            const text = shown(rows(2700, 18), width);
            for (const line of text.split("\n").slice(1, -1)) {
                assert.ok([...line].length <= width, `${width}: ${line}`);
                assert.doesNotMatch(line, /^ +[%!]|\u00a0/);
            }
        }
    });
});
