import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { checkoutDir, stateDir } from "../../rehearsal/paths";

/**
 * `npm run test:region [-- mocha options]`: everything that needs the region. It wants a machine without one, because
 * it destroys what it makes: a region with hosts is refused, except where CI says that the machine is its own.
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
    const mocha = (files: string, environment = {}) => command("npx", ["mocha", ...options, files], environment);
    const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "region-"));
    // The hosts alone, and a control plane without hosts, in a state folder of their own; what they need is built here,
    // with its progress shown.
    let failed = command("npx", ["tsx", "rehearsal/region.ts", "build"]);
    if (failed) return failed;
    failed = mocha("test/region/{cloud,guardrails,hosts,scheduler}*.test.ts", { XDG_STATE_HOME: scratch });
    fs.rmSync(scratch, { recursive: true, force: true });
    // Then the stack on them.
    try {
        failed = region("start") || mocha("test/region/{applications,backups,cluster}*.test.ts") || failed;
    } finally {
        region("reset", "--disks");
    }
    return failed;
}

process.exitCode = main(process.argv.slice(2));
