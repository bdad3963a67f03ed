import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { script } from "../../../../../operations/drill/faults/script";
import { Folder } from "../../../backup/library";

describe("a damaged backup", () => {
    const folder = new Folder();
    after(() => folder.remove());

    it("is a copy that is newer and is found out, and the one it is of stays the newest good one", () => {
        const good = folder.keep("mysql", "rows".repeat(1000));
        assert.equal(folder.run(script("damage")).status, 0);
        const [, damaged, ...others] = folder.names();
        assert.deepEqual([others, damaged > good], [[], true]);
        const { at, name } = JSON.parse(fs.readFileSync(path.join(folder.folder, `${damaged}.json`), "utf8"));
        assert.equal(name, damaged);
        assert.equal(`mysql-${at.replace(/[-:]/g, "")}`, damaged);
        const { stdout, stderr } = folder.run("newest_good mysql");
        assert.equal(stdout.trim(), good);
        assert.match(stderr, new RegExp(`${damaged}: it is damaged`));
    });

    it("is removed, and nothing else", () => {
        const [good] = folder.names();
        for (let time = 0; time < 2; time++) assert.equal(folder.run(script("undamage")).status, 0);
        assert.deepEqual(fs.readdirSync(folder.folder).sort(), [`${good}.json`, `${good}.sealed`]);
    });
});

describe("etcd's database", () => {
    const folder = new Folder();
    after(() => folder.remove());
    const DATA = path.join(folder.root, "etcd");
    const MANIFEST = path.join(folder.root, "etcd.yaml");
    const db = path.join(DATA, "member/snap/db");
    const runs = (name: string) => {
        // This machine may have an etcd of its own.
        const text = `pgrep() { return 1; }\n${script(name, { DATA, MANIFEST })}`;
        return spawnSync("bash", ["-s"], { input: text, encoding: "utf8" });
    };

    it("is damaged once, kept aside, and put back as often as is asked", () => {
        fs.mkdirSync(path.dirname(db), { recursive: true });
        fs.writeFileSync(db, "pages");
        fs.writeFileSync(MANIFEST, "kind: Pod\n");
        assert.equal(runs("etcd-break").status, 0);
        assert.notEqual(fs.readFileSync(db, "utf8").slice(0, 5), "pages");
        assert.ok(fs.existsSync(MANIFEST));
        assert.match(runs("etcd-break").stderr, /of an earlier drill/);
        for (let time = 0; time < 2; time++) {
            assert.equal(runs("etcd-mend").status, 0);
            assert.equal(fs.readFileSync(db, "utf8"), "pages");
            assert.ok(fs.existsSync(MANIFEST));
        }
        assert.deepEqual(fs.readdirSync(path.dirname(db)), ["db"]);
    });

    it("is left alone where it was restored", () => {
        fs.writeFileSync(db, "restored");
        assert.equal(runs("etcd-mend").status, 0);
        assert.equal(fs.readFileSync(db, "utf8"), "restored");
    });
});
