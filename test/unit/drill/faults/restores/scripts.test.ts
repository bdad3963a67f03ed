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
    const STOPPED = path.join(folder.root, "stopped");
    const LOCK = path.join(folder.root, "lock");
    const db = path.join(DATA, "member/snap/db");
    const before = `${DATA}.before-20260504T120000Z`;
    const runs = (name: string, before = "") => {
        // This machine may have an etcd of its own.
        const text = `pgrep() { return 1; }\n${before}${script(name, { DATA, MANIFEST, STOPPED, LOCK })}`;
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

    it("is left alone where it was restored, and then what a restore has kept of it is removed, and no more", () => {
        const other = `${DATA}.before-20260504T110000Z`;
        assert.equal(runs("etcd-break").status, 0);
        fs.renameSync(DATA, before);
        for (const each of [DATA, other]) fs.mkdirSync(path.join(each, "member/snap"), { recursive: true });
        fs.writeFileSync(db, "restored");
        assert.equal(runs("etcd-mend").status, 0);
        assert.equal(fs.readFileSync(db, "utf8"), "restored");
        assert.equal(runs("etcd-forget").status, 0);
        assert.deepEqual(
            fs.readdirSync(folder.root).filter((name) => name.startsWith("etcd.before")),
            [path.basename(other)],
        );
        assert.equal(fs.readFileSync(db, "utf8"), "restored");
    });

    it("is put back with the whole control plane where a restore was broken off", () => {
        fs.writeFileSync(db, "pages");
        assert.equal(runs("etcd-break").status, 0);
        // As etcd-restore leaves it when it is killed.
        fs.mkdirSync(STOPPED);
        fs.renameSync(MANIFEST, path.join(STOPPED, "etcd.yaml"));
        const server = path.join(folder.root, "kube-apiserver.yaml");
        fs.writeFileSync(path.join(STOPPED, "kube-apiserver.yaml"), "kind: Pod\n");
        fs.renameSync(DATA, before);
        fs.mkdirSync(DATA);
        for (let time = 0; time < 2; time++) {
            assert.equal(runs("etcd-mend").status, 0);
            assert.equal(fs.readFileSync(db, "utf8"), "pages");
            for (const file of [MANIFEST, server]) assert.ok(fs.existsSync(file), file);
            assert.deepEqual([fs.existsSync(STOPPED), fs.existsSync(before)], [false, false]);
        }
    });

    it("is not touched while a backup or a restore works on it", () => {
        const text = `exec 8>"${LOCK}"; flock 8; flock() { command flock -n 9; }\n`;
        for (const name of ["etcd-break", "etcd-mend"]) {
            const { status, stderr } = runs(name, text);
            assert.equal(status, 1, name);
            assert.match(stderr, /a restore of etcd has been at work/);
        }
        assert.equal(fs.readFileSync(db, "utf8"), "pages");
    });
});
