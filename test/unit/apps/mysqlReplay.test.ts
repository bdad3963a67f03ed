import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/mysql/scripts");

/** Types of events, as MySQL numbers them. */
const types = { query: 2, stop: 3, rotate: 4, format: 15, xid: 16, rows: 30, gtid: 33, anonymous: 34, previous: 35 };
const replica = 4294967295;

/** An event of a binary log: when it was, what it is, where it ends in its own log, whose it is, and so many bytes more. */
function event(time: number, type: keyof typeof types, end: number, more: Buffer | number = 8, server = 1): Buffer {
    const body = typeof more === "number" ? Buffer.alloc(more, 52) : more;
    const header = Buffer.alloc(19);
    header.writeUInt32LE(time, 0);
    header.writeUInt8(types[type], 4);
    header.writeUInt32LE(server, 5);
    header.writeUInt32LE(19 + body.length, 9);
    header.writeUInt32LE(end, 13);
    return Buffer.concat([header, body]);
}

/** What leads to another log. Its checksum looks like digits of the name. */
function rotation(name: string, position: number, checksum = "1234"): Buffer {
    const to = Buffer.alloc(8);
    to.writeUInt32LE(position);
    return Buffer.concat([to, Buffer.from(name + checksum)]);
}

describe("where a replay of MySQL's binary logs ends", () => {
    let pod: Sandbox;
    beforeEach(() => (pod = new Sandbox()));
    afterEach(() => pod.remove());
    const relay = (number: number, ...events: Buffer[]) =>
        pod.write(`/scratch/data/relay.00000${number}`, Buffer.concat([Buffer.from("\xfebin", "latin1"), ...events]));

    /** `file position last`: where it ends, and when the last transaction before it was. */
    async function end(moment: number): Promise<string> {
        const library = fs.readFileSync(path.join(scripts, "replay.sh"), "utf8");
        const own = library.replaceAll("/scratch/", `${pod.root}/scratch/`);
        const { status, stdout, stderr } = await pod.run(
            `set -euo pipefail\n${own}\nend_of binlog.000003 500 ${moment}`,
        );
        assert.equal(status, 0, stderr);
        return stdout.trim();
    }

    for (const identifier of ["anonymous", "gtid"] as const) {
        it(`is before the first transaction that ended after the moment (${identifier})`, async () => {
            relay(1, event(9000, "format", 124, 100, replica), event(9000, "rotate", 198, 30, replica));
            relay(
                2,
                ...[event(9000, "format", 124, 100, replica), event(9000, "previous", 155, 12, replica)],
                ...[event(10, "format", 0, 100), event(9000, "rotate", 0, rotation("binlog.000003", 500), 0)],
                ...[event(1000, identifier, 579), event(1000, "query", 600), event(1000, "xid", 700)],
                // One that goes on for minutes, with rows that are longer than what is read at once.
                ...[event(1100, identifier, 779), event(1100, "query", 800), event(1100, "rows", 850, 20_000)],
                ...[event(1220, "xid", 900), event(1221, "rotate", 944, rotation("binlog.000004", 4))],
            );
            relay(
                3,
                ...[event(9000, "format", 124, 100, replica), event(1221, "format", 124, 100)],
                ...[event(9000, "rotate", 0, rotation("binlog.000004", 155), 0)],
                ...[event(1400, identifier, 234), event(1400, "query", 300)],
            );
            assert.equal(await end(999), "binlog.000003 500 0");
            assert.equal(await end(1000), "binlog.000003 700 1000");
            assert.equal(await end(1150), "binlog.000003 700 1000");
            assert.equal(await end(1220), "binlog.000004 155 1220");
            assert.equal(await end(1399), "binlog.000004 155 1220");
            assert.equal(await end(5000), "binlog.000004 300 1400");
        });
    }

    it("is told by the log's name, with a checksum or without, and where names get longer", async () => {
        for (const [name, checksum] of [
            ["binlog.000004", ""],
            ["binlog.000004", "5678"],
            ["binlog.1000000", "5678"],
        ]) {
            relay(1, event(1000, "rotate", 600, rotation(name, 4, checksum)), event(1000, "format", 124, 100));
            assert.equal(await end(5000), `${name} 124 0`);
        }
    });

    it("is found wherever events lie in what is read at once", async () => {
        for (const size of [4040, 4045, 4048, 4050, 4053, 4060, 4070, 4072, 8141, 8150, 8168]) {
            const first = [event(1000, "gtid", 600, size), event(1000, "xid", 700)];
            relay(1, ...first, event(1100, "gtid", 800), event(1100, "xid", 900));
            assert.equal(await end(1050), "binlog.000003 700 1000", `${size} bytes`);
        }
    });
});
