import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkoutDir, stateDir } from "../../rehearsal/paths";

/**
 * `npm run test:region [-- --whole] [mocha options]`: everything that needs the region; what takes minutes for a single
 * case only with `--whole`. It wants a machine without a region, because it destroys what it makes: one with hosts is
 * refused, except where CI says that the machine is its own.
 */
const region = (...args: string[]) => command("npx", ["tsx", "rehearsal/region.ts", ...args]);

function command(name: string, args: string[], environment: Record<string, string> = {}): number {
    const { status } = spawnSync(name, args, {
        cwd: checkoutDir,
        stdio: "inherit",
        env: { ...process.env, ...environment },
    });
    return status ?? 1;
}

function main(options: string[]): number {
    if (fs.existsSync(path.join(stateDir, "cloud.json"))) {
        if (!process.env.CI) {
            console.error(
                "There is a rehearsal region on this machine, and these tests would destroy it. Remove it first:\n" +
                    "  npm run region -- reset --disks",
            );
            return 2;
        }
        region("reset", "--disks");
    }
    const whole = options.includes("--whole");
    const others = options.filter((option) => option !== "--whole");
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "region-"));
    const results = path.join(scratch, "results");
    const mocha = (files: string, environment: Record<string, string> = {}) =>
        command("npx", ["mocha", ...others, files], {
            RESULTS: results,
            ...(whole && { REGION_TESTS_WHOLE: "1" }),
            ...environment,
        });
    try {
        // The hosts alone, and a control plane without hosts, in a state folder of their own; what they need is built
        // here, with its progress shown.
        let failed = region("build");
        if (failed) return failed;
        failed = mocha("test/region/{cloud,guardrails,hosts,scheduler}*.test.ts", { XDG_STATE_HOME: scratch });
        // Then the stack on them.
        try {
            failed = region("start") || mocha("test/region/{applications,backups,cluster}*.test.ts") || failed;
        } finally {
            region("reset", "--disks");
        }
        summarize(results, whole, failed);
        return failed;
    } finally {
        fs.rmSync(scratch, { recursive: true, force: true });
    }
}

/** What both runs came to, and what failed in them once more: the first is long out of sight when the second ends. */
function summarize(file: string, whole: boolean, code: number): void {
    const text = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    const results = text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Results);
    const sum = (key: "passed" | "failed" | "skipped") => results.reduce((total, each) => total + each[key], 0);
    for (const failure of results.flatMap(({ failures }) => failures)) console.log(`\nFAILED: ${failure}`);
    if (code && !sum("failed")) console.log("\nFAILED: something ended before its cases could say so; see above");
    if (!whole) console.log("\nCases that take minutes were left to: npm run test:region -- --whole");
    const skipped = sum("skipped");
    console.log(`${sum("passed")} passed, ${sum("failed")} failed${skipped ? `, ${skipped} skipped` : ""}`);
}

/** What the reporter says of a run (test/reporter.cjs). */
interface Results {
    passed: number;
    failed: number;
    skipped: number;
    failures: string[];
}

process.exitCode = main(process.argv.slice(2));
