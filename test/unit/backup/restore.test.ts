import { strict as assert } from "node:assert";
import { optionsOf, restore, type Way } from "../../../operations/backup/restore";
import type { Wanted } from "../../../operations/backup/kind";
import { ago } from "../status/standins";
import { context, manifest, StandInKind } from "./example";

describe("npm run restore", () => {
    const backups = () => [manifest("mysql-2", 10), manifest("mysql-1", 25)];
    const printed: string[] = [];
    const { log } = console;
    beforeEach(() => {
        printed.length = 0;
        console.log = (text: string) => void printed.push(text);
    });
    afterEach(() => (console.log = log));

    /** Lets it run; what it printed is looked at by its words. */
    async function run(kind: StandInKind, way: Partial<Way> = { yes: true }, backup?: string, wanted: Wanted = {}) {
        const { context: of, said } = context();
        const all: Way = { yes: false, withoutBackup: false, ...way };
        const code = await restore(kind, of, { ...wanted, backup }, all);
        return { code, said: said.join("\n") };
    }
    const done = ({ calls }: StandInKind) => calls.map((call) => call.join(" ").trim());

    it("shows the plan, asks for the stack's name, backs up what is there, restores, and shows the proof", async () => {
        const kind = new StandInKind(backups());
        let shown: string[] = [];
        const question = async (text: string) => {
            assert.match(text, /stack local/);
            shown = [...printed];
            return "local\n";
        };
        assert.equal((await run(kind, { question })).code, 0);
        assert.deepEqual(shown, ["everything is overwritten"]);
        // The newest is what it was when it was asked for, not what was backed up just now.
        assert.deepEqual(done(kind), ["list", "plan mysql-2", "backup before restore", "restore mysql-2"]);
        assert.ok(printed.includes("12 tables are equal"));
        assert.match(printed.at(-1)!, /^✔ restored mysql from mysql-2 in /);
    });

    it("prints where it is told to, and then nothing on standard output", async () => {
        const lines: string[] = [];
        await run(new StandInKind(backups()), { yes: true, print: (line) => lines.push(line) });
        assert.deepEqual(lines.slice(0, 2), ["everything is overwritten", "12 tables are equal"]);
        assert.deepEqual([lines.length, printed], [3, []]);
    });

    it("takes the backup that was named", async () => {
        const kind = new StandInKind(backups());
        await run(kind, { yes: true }, "mysql-1");
        assert.deepEqual(done(kind), ["plan mysql-1", "backup before restore", "restore mysql-1"]);
    });

    it("takes the newest from before the moment that it is to come to, and says that where it fails", async () => {
        const kind = new StandInKind(backups(), { restore: "the disk is full" });
        const until = ago(20).toISOString();
        const { said } = await run(kind, { yes: true }, undefined, { until, database: "a shop" });
        assert.match(done(kind)[1], /^plan mysql-1/);
        assert.match(
            said,
            /npm run restore -- mysql (?=.*--backup mysql-1 )(?=.*--database 'a shop' ).*--until 20\S+Z /,
        );
        const early = run(new StandInKind(backups()), { yes: true }, undefined, { until: ago(30).toISOString() });
        await assert.rejects(early, /there is no backup of mysql from before 20\S+Z$/);
    });

    it("changes nothing when another word is typed, when nobody can be asked, or when something speaks against it", async () => {
        const kind = new StandInKind(backups());
        await assert.rejects(run(kind, { question: async () => "dev" }), /that was not local: nothing was changed/);
        await assert.rejects(run(kind, {}), /no terminal: --yes, if it is meant/);
        const damaged = new StandInKind(backups(), { plan: "damaged; the newest good one is mysql-1" });
        await assert.rejects(run(damaged), /the newest good one is mysql-1/);
        await assert.rejects(run(new StandInKind([])), /there is no backup of mysql/);
        assert.deepEqual(
            [...done(kind), ...done(damaged)].filter((call) => /^(backup|restore)/.test(call)),
            [],
        );
    });

    it("goes on without a backup of what is there only when it is told to, and says so", async () => {
        const down = () => new StandInKind(backups(), { backup: "mysql-0 does not answer" });
        const kind = down();
        await assert.rejects(run(kind), /can't be backed up: mysql-0 does not answer\n.*--without-backup/s);
        assert.ok(!done(kind).some((call) => call.startsWith("restore")));
        const { code, said } = await run(down(), { yes: true, withoutBackup: true });
        assert.equal(code, 0);
        assert.match(said, /mysql-0 does not answer; going on without, as asked/);
    });

    it("says after a failure how to begin anew, and how to have back what was there", async () => {
        const { code, said } = await run(new StandInKind(backups(), { restore: "the disk is full" }));
        assert.equal(code, 1);
        assert.match(said, /NOT RESTORED: the disk is full/);
        assert.match(said, /npm run restore -- mysql --backup mysql-2 --stack local/);
        assert.match(said, /npm run restore -- mysql --backup mysql-new --stack local/);
    });

    it("restores nothing when it was ended while it backed up", async () => {
        const { context: of, end } = context();
        const kind = new StandInKind(backups());
        const backup = kind.backup.bind(kind);
        kind.backup = async (...given) => {
            end.abort(new Error("ended by Ctrl-C"));
            return backup(...given);
        };
        await assert.rejects(restore(kind, of, {}, { yes: true, withoutBackup: true }), /ended by Ctrl-C/);
        assert.ok(!done(kind).some((call) => call.startsWith("restore")));
    });

    it("refuses what does not fit together, and names the way out", () => {
        const refused: [string[], RegExp][] = [
            [[], /which kind\?\nnpm run restore/],
            [["elasticsearch", "etcd"], /one kind at a time, not elasticsearch, etcd/],
            [["postgres"], /postgres is no kind of backup; there are .*elasticsearch/],
            [["elasticsearch", "--table", "t"], /--table is for mysql, not for elasticsearch/],
            [["mysql", "--table", "t"], /--table t: of which database\? --database NAME/],
            [["etcd", "--until", "2026-01-02T03:04:05Z"], /--until is for mysql, not for etcd/],
            [["mysql", "--until", "yesterday"], /--until yesterday: a moment with its zone, such as/],
            [["mysql", "--until", "2026-01-02T03:04:05"], /a moment with its zone/],
            [["mysql", "--until", "2999-01-02T03:04:05Z"], /that is yet to come/],
            [["mysql", "--id", "x"], /--id is for nacos and elasticsearch, not for mysql/],
        ];
        for (const [args, reason] of refused) assert.throws(() => optionsOf(args), reason, args.join(" "));
        const { kind, wanted } = optionsOf(["elasticsearch", "--id", "logs-000001"]);
        assert.deepEqual([kind.name, wanted.id], ["elasticsearch", "logs-000001"]);
        const { until } = optionsOf(["mysql", "--until", "2026-01-02 03:04+08:00"]).wanted;
        assert.equal(until, "2026-01-01T19:04:00.000Z");
    });
});
