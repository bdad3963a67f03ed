/** Mocha's spec, with the time of every case, and a plain closing line that any tool can read. */
const { reporters } = require("mocha");

module.exports = class extends reporters.Spec {
    constructor(runner, options) {
        super(runner, options);
        const count = { passed: 0, failed: 0, skipped: 0 };
        runner.on("pass", () => count.passed++);
        runner.on("fail", () => count.failed++);
        runner.on("pending", () => count.skipped++);
        runner.once("end", () => {
            const skipped = count.skipped ? `, ${count.skipped} skipped` : "";
            console.log(`${count.passed} passed, ${count.failed} failed${skipped}`);
        });
    }
};
