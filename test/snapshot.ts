import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

const dir = path.join(__dirname, "snapshots");

/**
 * Compares a text with test/snapshots/NAME.txt. UPDATE_SNAPSHOTS=1 writes it instead.
 * @throws AssertionError with a unified diff, what was expected first
 */
export function matchSnapshot(name: string, actual: string): void {
    const file = path.join(dir, `${name}.txt`);
    if (process.env.UPDATE_SNAPSHOTS) {
        fs.mkdirSync(dir, { recursive: true });
        fs.writeFileSync(file, actual);
    }
    assert.ok(fs.existsSync(file), `${file} is missing; UPDATE_SNAPSHOTS=1 npm run test:unit makes it`);
    if (fs.readFileSync(file, "utf8") === actual) return;
    const { stdout } = spawnSync("diff", ["-u", "--label", file, "--label", "now", file, "-"], {
        input: actual,
        encoding: "utf8",
    });
    assert.fail(`${name} has changed; if that is meant: UPDATE_SNAPSHOTS=1 npm run test:unit\n${stdout}`);
}
