import { strict as assert } from "node:assert";
import { complaint, oldest } from "../../../operations/backup/age";
import type { Manifest } from "../../../operations/backup/kind";
import { backUp } from "../../../operations/backup/main";
import { made, size, table, wrongWith } from "../../../operations/backup/table";
import { ago, now } from "../status/standins";
import { context, manifest, StandInKind } from "./example";

const place = { host: "node-02", folder: "/var/lib/data/backup", everyMinutes: 15, since: ago(600) };
const listed = (backups: Manifest[]) => [{ kind: "mysql" as const, backups }];
const plain = { all: false, colour: false };

describe("what backups there are", () => {
    it("is a table, the newest first, five of a kind and how many more", () => {
        const all = [12, 27, 42, 57, 90, 150, 210].map((minutes, i) => manifest(`mysql-${7 - i}`, minutes));
        const lines = table(listed(all), place, now, plain).split("\n");
        assert.deepEqual(lines.slice(0, 2), [
            "kind   name     age       size     why       verified",
            "mysql  mysql-7  12 m 0 s  3.1 MiB  schedule  12 tables",
        ]);
        assert.equal(lines.length, 7);
        assert.equal(lines.at(-1), "  and 2 older: --all");
        assert.equal(table(listed(all), place, now, { ...plain, all: true }).split("\n").length, 8);
    });

    it("is red where the newest is too old, where there is none, and where it can't be told", () => {
        const of = (backups: Manifest[], failure?: string) =>
            wrongWith({ kind: "mysql", backups, failure }, place, now);
        assert.equal(of([manifest("a", 34)]), undefined);
        assert.equal(of([manifest("a", 36)]), "the newest is 36 m 0 s old, and is to be at most 35 m 0 s");
        assert.equal(of([]), "there is none: npm run backup -- mysql");
        assert.equal(of([], "node-02 gave no answer"), "can't be listed: node-02 gave no answer");
        const text = table(listed([manifest("a", 36)]), place, now, { all: false, colour: true });
        assert.match(text, /\x1b\[31mmysql  a .*\n\x1b\[31m✘ mysql: the newest is 36 m 0 s old/);
    });

    it("is not wrong yet while a young stack has none", () => {
        const young = { ...place, since: ago(20) };
        const early = complaint("mysql", [], young, now);
        assert.equal(early?.early, true);
        assert.match(early!.text, /^none yet; the first is due by \d\d:\d\d$/);
        assert.equal(wrongWith({ kind: "mysql", backups: [] }, young, now), undefined);
        assert.match(table(listed([]), young, now, plain), /· mysql: none yet/);
        assert.equal(complaint("mysql", [], { everyMinutes: 15 }, now)?.early, false, "since when is not known");
    });

    it("may be two turns of the schedule old and five minutes, Elasticsearch's 26 hours", () => {
        assert.deepEqual([oldest("etcd", 15), oldest("mysql", 60), oldest("elasticsearch", 5)], [2100, 7500, 93_600]);
    });

    it("has sizes that are to be read", () => {
        assert.deepEqual([0, 2048, 3_250_000, 5 * 2 ** 30].map(size), ["0.0 KiB", "2.0 KiB", "3.1 MiB", "5.0 GiB"]);
    });
});

describe("backups made now", () => {
    it("are each told of, and one that fails keeps none of the others from being made", async () => {
        const failing = new StandInKind([], { backup: "mysql-0 does not answer" });
        const results = await backUp([failing, new StandInKind([])], context().context, "by hand");
        assert.deepEqual(
            results.map(([kind, result]) => made(kind, result, false)),
            ["✘ mysql: mysql-0 does not answer", "✔ mysql: mysql-new, 3.1 MiB, 2.1 s; verified: 12 tables"],
        );
        assert.equal((results[1][1] as Manifest).why, "by hand");
    });

    it("are none after Ctrl-C", async () => {
        const { context: of, end } = context();
        end.abort(new Error("ended by Ctrl-C"));
        const kind = new StandInKind([]);
        const [[, result]] = await backUp([kind], of, "by hand");
        assert.match((result as Error).message, /Ctrl-C/);
        assert.deepEqual(kind.calls, []);
    });
});
