import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { prices } from "../../../cluster/capacity/prices";

describe("the list prices of instance types", () => {
    it("grow with a type's size", () => {
        for (const [type, price] of Object.entries(prices)) {
            const [, family, size] = type.split(".");
            const smaller = { xlarge: "large", "2xlarge": "xlarge" }[size];
            if (!smaller) continue;
            const half = prices[`ecs.${family}.${smaller}`];
            assert.ok(Math.abs(price - 2 * half) < 0.02, `${type}: ${price} is not twice ${half}`);
        }
    });

    it("are those that the README adds up", () => {
        const readme = readFileSync("README.md", "utf8");
        const section = readme.slice(readme.indexOf("By list price"), readme.indexOf("- Instances:"));
        const rows = [...section.matchAll(/^\| (.*?) \| (.*?) ?\| ([\d.]+) \|$/gm)].map(([, ...cells]) => cells);
        const [together, , total] = rows.pop()!;
        assert.match(together, /^Together/);
        assert.equal(rows.length, 4);
        for (const [item, reckoning, cost] of rows) {
            const factors = reckoning.split("×").map(parseFloat);
            assert.equal(cost, factors.reduce((product, factor) => product * factor).toFixed(2), item);
            const price = prices[item.replaceAll("`", "")];
            if (item.startsWith("`")) assert.equal(cost, (factors[0] * price).toFixed(2), item);
        }
        assert.equal(total, rows.reduce((sum, [, , cost]) => sum + Number(cost), 0).toFixed(2));
    });
});
