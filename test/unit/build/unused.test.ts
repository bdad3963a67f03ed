import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { goPartDir } from "../../../rehearsal/build/go";
import { clusterRecipes } from "../../../rehearsal/build/recipes";

const ago = (days: number) => new Date(Date.now() - days * 86_400_000);

describe("what the cache has and nobody uses", () => {
    let home: string;
    const parts = () => path.join(home, "test-cluster", "parts");
    const left = () => readdirSync(parts()).filter((name) => !name.startsWith("."));

    beforeEach(() => {
        home = mkdtempSync(path.join(os.tmpdir(), "cache-"));
        mkdirSync(path.join(parts(), ".locks"), { recursive: true });
    });
    afterEach(() => rmSync(home, { recursive: true }));

    function run(program: string, ...args: string[]) {
        const env = { ...process.env, XDG_CACHE_HOME: home };
        const command = ["--import", "tsx", path.join(__dirname, program), ...args];
        return spawnSync(process.execPath, command, { env, encoding: "utf8" });
    }

    const built = (days: number) => assert.equal(run("cleaner.ts", "built", ago(days).toISOString()).status, 0);
    const remove = (days: number) => run("cleaner.ts", "remove", String(days));

    /** Puts a part there that was last used so many days ago. */
    function has(name: string, days: number): string {
        const dir = path.join(parts(), name);
        mkdirSync(dir);
        writeFileSync(path.join(dir, "file"), "");
        utimesSync(dir, ago(days), ago(days));
        return dir;
    }

    it("is removed after so many days", () => {
        has("a-1-20", 20);
        has("a-1-13", 13);
        built(1);
        const { status, stdout, stderr } = remove(14);
        assert.deepEqual([status, stdout, stderr], [0, "removed a-1-20\n", ""]);
        assert.deepEqual(left(), ["a-1-13"]);
    });

    it("is all that was not used since the last complete build began, where days don't count", () => {
        has("a-1-20", 20);
        has("a-1-13", 13);
        has("a-1-0", 0.9);
        built(1);
        assert.equal(remove(0).status, 0);
        assert.deepEqual(left(), ["a-1-0"]);
    });

    it("is nothing that the last complete build used, however long ago that was", () => {
        has("a-1-40", 40);
        has("a-1-30", 30);
        built(31);
        for (const days of [14, 0]) assert.equal(remove(days).status, 0);
        assert.deepEqual(left(), ["a-1-30"]);
    });

    it("is not known before a build was complete", () => {
        has("a-1-99", 99);
        const { status, stderr } = remove(14);
        assert.equal(status, 1);
        assert.match(stderr, /no complete build yet.*npm run region -- build/);
        assert.deepEqual(left(), ["a-1-99"]);
    });

    it("is what a dead maker left, and not what a living one makes", () => {
        const { pid } = spawnSync("true");
        has(`a-1-dead.partial-${pid}`, 0);
        has(`a-1-living.partial-${process.pid}`, 99);
        built(1);
        assert.equal(remove(14).status, 0);
        assert.deepEqual(left(), [`a-1-living.partial-${process.pid}`]);
    });

    it("is not what somebody has asked for again", () => {
        const made = run("maker.ts", "thing", "finish").stdout.trim();
        const recipe = clusterRecipes.find(({ name }) => name === "etcd")!;
        const binaries = has(path.basename(goPartDir(recipe)), 20);
        has("a-1-20", 20);
        utimesSync(made, ago(20), ago(20));
        for (const dir of [made, binaries]) assert.ok(statSync(dir).mtime < ago(19));
        assert.equal(run("maker.ts", "thing", "finish").stdout.trim(), made);
        assert.equal(run("cleaner.ts", "ask", "etcd").stdout.trim(), binaries);
        rmSync(path.join(parts(), "thing.makes"));
        built(0.5);
        assert.equal(remove(14).status, 0);
        assert.deepEqual(left().sort(), [made, binaries].map((dir) => path.basename(dir)).sort());
    });
});
