import * as assert from "node:assert/strict";
import { ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { partDir } from "../../../rehearsal/build/cache";
import { duration } from "../../../rehearsal/build/progress";

describe("the cache of parts", () => {
    let home: string;
    const parts = () => path.join(home, "test-cluster", "parts");
    const folders = () => readdirSync(parts()).filter((name) => name.startsWith("thing-"));
    const makes = () => readFileSync(path.join(parts(), "thing.makes"), "utf8").trim().split("\n").length;

    beforeEach(() => (home = mkdtempSync(path.join(os.tmpdir(), "cache-"))));
    afterEach(() => rmSync(home, { recursive: true }));

    function start(mode: string): ChildProcess {
        return spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "maker.ts"), "thing", mode], {
            env: { ...process.env, XDG_CACHE_HOME: home },
            stdio: ["ignore", "pipe", "pipe"],
        });
    }

    async function finished(child: ChildProcess) {
        let stdout = "";
        let stderr = "";
        child.stdout!.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
        child.stderr!.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
        const [status] = (await once(child, "close")) as [number];
        return { status, stdout: stdout.trim(), stderr };
    }

    it("makes a part once, whole, and then only finds it", async () => {
        const first = await finished(start("finish"));
        const second = await finished(start("finish"));
        assert.deepEqual([first.status, second.status, first.stdout], [0, 0, second.stdout], first.stderr);
        assert.deepEqual(readdirSync(first.stdout).sort(), ["first", "second"]);
        assert.equal(makes(), 1);
    });

    it("makes a part once for processes that ask at the same time", async () => {
        const all = await Promise.all([1, 2, 3].map(() => finished(start("finish"))));
        assert.deepEqual([...new Set(all.map((one) => one.stdout))].length, 1);
        assert.deepEqual(readdirSync(all[0].stdout).sort(), ["first", "second"]);
        assert.equal(makes(), 1);
    });

    it("leaves nothing of a make that failed, and names the part in the error", async () => {
        const result = await finished(start("fail"));
        assert.equal(result.status, 1);
        assert.match(result.stderr, /thing 1 could not be made: no such luck/);
        assert.deepEqual(folders(), []);
    });

    it("never takes a killed builder's half for a part, removes it, and is not blocked by its lock", async () => {
        const killed = start("hang");
        await once(killed.stdout!, "data");
        assert.equal(folders().length, 1);
        killed.kill("SIGKILL");
        await once(killed, "close");

        const next = await finished(start("finish"));
        assert.equal(next.status, 0, next.stderr);
        assert.deepEqual(folders(), [path.basename(next.stdout)]);
        assert.ok(existsSync(path.join(next.stdout, "second")));
    });

    it("tells parts apart by name, version and every input", () => {
        const dirs = [
            partDir("a", "1", ["x", "y"]),
            partDir("b", "1", ["x", "y"]),
            partDir("a", "2", ["x", "y"]),
            partDir("a", "1", ["xy"]),
            partDir("a", "1", ["y", "x"]),
        ];
        assert.equal(new Set(dirs).size, dirs.length);
        assert.equal(partDir("a", "1", ["x", "y"]), dirs[0]);
    });

    it("says times as a person does", () => {
        const times = [400, 4_000, 60_000, 125_000, 3_780_000].map(duration);
        assert.deepEqual(times, ["0 s", "4 s", "1 min", "2 min 5 s", "1 h 3 min"]);
    });
});
