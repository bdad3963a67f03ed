import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { backupRow, filedBackups } from "../../../operations/status/backups";
import type { Probed, Row } from "../../../operations/status/row";
import type { BackupPlace } from "../../../operations/status/stack";
import { context, manifest } from "../backup/example";
import { ago, now, StandInShell } from "./standins";

const { stack } = context().context;
const up = { part: "application", name: "Elasticsearch", state: "up", uses: {} } as const;

function row(probe: Partial<Probed> | undefined, place: Partial<BackupPlace> = {}): Row {
    const files: Record<string, Probed> = probe ? { "backup files": { what: "w", seconds: 1, ...probe } } : {};
    return backupRow("mysql", { ...stack, backup: { ...stack.backup!, ...place } }, files, now);
}

describe("backups in status", () => {
    it("are up with the age, the size and the proof of the newest of their kind and stack", () => {
        const newest = manifest("mysql-2", 12);
        const others = [
            manifest("x", 1, { kind: "etcd" }),
            manifest("y", 1, { stack: "dev" }),
            manifest("mysql-1", 27),
        ];
        const { state, since, uses, probe, reason } = row({ backups: [...others, newest] });
        assert.deepEqual([state, since, uses, reason], ["up", ago(12), { disk: { used: 3_250_000 } }, undefined]);
        assert.deepEqual(probe, { what: "verified: 12 tables", seconds: 2.1 });
    });

    it("are down when the newest is too old, or there is none, or it can't be told", () => {
        const old = row({ backups: [manifest("mysql-1", 40)] });
        assert.deepEqual([old.state, old.since], ["down", ago(40)]);
        assert.match(old.reason!, /the newest is 40 m 0 s old, and is to be at most 35 m 0 s/);
        assert.equal(row({ backups: [] }).reason, "there is none: npm run backup -- mysql");
        assert.equal(row({ failure: "timed out" }).reason, "timed out");
        assert.match(row(undefined, { host: undefined }).reason!, /attached to no host/);
    });

    it("are not there yet in a young stack, and not at all in one without a disk for them", () => {
        const young = row({ backups: [] }, { since: ago(5) });
        assert.equal(young.state, "absent");
        assert.match(young.reason!, /none yet; the first is due by/);
        assert.equal(backupRow("mysql", { ...stack, backup: undefined }, {}, now).state, "absent");
    });

    it("are not known of an Elasticsearch that is down, and are being asked for of one that is up", () => {
        const of = (needed: Row) => backupRow("elasticsearch", stack, {}, now, needed);
        const down = of({ ...up, state: "down" });
        assert.deepEqual([down.state, down.reason], ["down", "not known: Elasticsearch is down"]);
        assert.equal(of(up).state, "up");
        assert.equal(of({ ...up, state: "absent" }).state, "absent");
    });

    describe("as files", () => {
        let dir: string;
        beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-backups-"))));
        afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

        /** A host whose disk of backups is `dir`. */
        class Host extends StandInShell {
            constructor(private readonly mounted = true) {
                super({});
            }

            override async run(host: string, script: string) {
                this.runs.push({ host, script });
                const text = `mountpoint() { ${this.mounted}; }\n${script}`;
                const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input: text, encoding: "utf8" });
                return { stdout, seconds: 0.1, ...(status !== 0 && { failure: stderr.trim() }) };
            }
        }

        it("are read by one command: manifests of every kind, not half-written ones", async () => {
            for (const [file, text] of Object.entries({
                "etcd/etcd-1.json": JSON.stringify(manifest("etcd-1", 3, { kind: "etcd" })),
                "mysql/mysql-1.json": JSON.stringify(manifest("mysql-1", 4)),
                "mysql/.mysql-2.json": "{half",
                "mysql/mysql-1.sealed": "{sealed",
            })) {
                fs.mkdirSync(path.dirname(path.join(dir, file)), { recursive: true });
                fs.writeFileSync(path.join(dir, file), `${text}\n`);
            }
            const host = new Host();
            const { backups } = await filedBackups(host, "node-02", dir);
            assert.deepEqual(backups.map(({ name }) => name).sort(), ["etcd-1", "mysql-1"]);
            assert.deepEqual(
                host.runs.map((run) => run.host),
                ["node-02"],
            );
        });

        it("are not taken for none where the disk is not mounted, or a manifest is broken", async () => {
            await assert.rejects(filedBackups(new Host(false), "node-02", dir), /disk of backups is not mounted/);
            fs.mkdirSync(path.join(dir, "etcd"));
            fs.writeFileSync(path.join(dir, "etcd", "etcd-1.json"), "{half\n");
            await assert.rejects(filedBackups(new Host(), "node-02", dir), /manifest can't be read: \{half/);
        });
    });
});
