const fs = require("node:fs");
const { reporters } = require("mocha");

/**
 * Mocha's spec, with the time of every case, and a plain closing line that any tool can read. Where RESULTS names a
 * file, a line of JSON of the run is added to it: the counts, and what failed.
 */
module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const count = { passed: 0, failed: 0, skipped: 0 };
        const failures = [];
        runner.on("pass", () => count.passed++);
        runner.on("fail", (test, error) => {
            count.failed++;
            failures.push(`${test.fullTitle()}: ${error.message}`);
        });
        runner.on("pending", () => count.skipped++);
        runner.once("end", () => {
            const skipped = count.skipped ? `, ${count.skipped} skipped` : "";
            console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
            if (process.env.RESULTS)
                fs.appendFileSync(process.env.RESULTS, JSON.stringify({ ...count, failures }) + "\n");
        });
    }
};
