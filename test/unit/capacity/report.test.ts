import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { demands } from "../../../apps/demands";
import { budget } from "../../../cluster/capacity/budget";
import { prices } from "../../../cluster/capacity/prices";
import { report } from "../../../cluster/capacity/report";
import { priorities } from "../../../cluster/guardrails/tiers";
import { stackConfig } from "../../sample";
import { budgetOf, catalogOf, elasticsearch } from "./plan";

describe("the budget's table", () => {
    const lines = report(budgetOf()).split("\n");

    it("has a row for each node: what it gives, what is asked, what is free, the mark and the shares", () => {
        const row = (name: string) => lines.find((line) => line.startsWith(`${name} `))!.split(/ +/);
        const [name, type, gives, asked, free, mark, share, , limits, , cpu] = row("node-02");
        assert.deepEqual([name, type, gives, cpu], ["node-02", "ecs.c6.xlarge", "7064", "3800"]);
        assert.equal(Number(gives) - Number(asked), Number(free));
        assert.equal(Number(mark), Math.floor(7064 * 0.85));
        assert.equal(Number(share), Math.round((Number(asked) / Number(gives)) * 100));
        assert.ok(Number(limits) > Number(share));
        for (const host of ["master", "node-01"]) assert.ok(row(host));
    });

    it("has a line for each node that may be lost", () => {
        for (const node of ["master", "node-01", "node-02"])
            assert.ok(
                lines.some((line) => line.startsWith(`without ${node}: `)),
                node,
            );
    });

    it("is aligned, and fits 100 columns", () => {
        for (const line of lines) assert.ok(line.length <= 100, line);
        const at = lines.findIndex((line) => line.startsWith("node "));
        const columns = lines.slice(at, at + 4).map((line) => line.indexOf("%") > 0 || line.includes("share"));
        assert.deepEqual(columns, [true, true, true, true]);
        const end = lines[at].indexOf("asked") + "asked".length;
        for (const line of lines.slice(at + 1, at + 4)) assert.match(line.slice(end - 1, end + 1), /^\d $/);
    });

    it("is in the README as it is", () => {
        const config = stackConfig("dev");
        const text = report(budget(config, catalogOf(config), demands(config), { prices, priorities }));
        const [, shown] = /```\n(Capacity: [^]*?)\n```/.exec(fs.readFileSync("README.md", "utf8"))!;
        assert.equal(shown, text);
    });

    it("marks what is above its watermark, and only that", () => {
        assert.ok(!lines.some((line) => line.includes("!")));
        const full = report(budgetOf(elasticsearch("3584Mi"))).split("\n");
        assert.deepEqual(
            full.filter((line) => line.includes("!")).map((line) => /^(\S+).*? (9\d %!)/.exec(line)?.[1]),
            ["node-02"],
        );
    });
});
