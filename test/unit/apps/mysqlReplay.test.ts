import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/mysql/scripts");
const replica = 4294967295;

/** An event as the readers of binary logs print it: when it was, whose it is, where it ends, and what it is. */
const event = (time: string, end: number, what: string, server = 1) =>
    `# at ${end - 1}\n#261129 ${time} server id ${server}  end_log_pos ${end} CRC32 0x0000002a \t${what}\n`;

describe("where a replay of MySQL's binary logs ends", () => {
    let pod: Sandbox;
    beforeEach(() => (pod = new Sandbox()));
    afterEach(() => pod.remove());

    /** `file position last`: where it ends, and when the last transaction before it was. */
    async function end(moment: string, identifier: string): Promise<string> {
        const events = [
            event("11:20:00", 124, "Start: binlog v 4, server v 8.0.15 created 261129 11:20:00", replica),
            event("11:20:00", 198, "Rotate to relay.000002  pos: 4", replica),
            event(" 9:00:00", 0, "Start: binlog v 4, server v 8.0.15 created 261129  9:00:00"),
            event(" 9:58:01", 579, identifier),
            event(" 9:58:01", 600, "Query\tthread_id=10\texec_time=0\terror_code=0"),
            event(" 9:58:01", 700, "Xid = 57"),
            // One that goes on for minutes.
            event("10:00:00", 779, identifier),
            event("10:00:00", 800, "Query\tthread_id=11\texec_time=0\terror_code=0"),
            event("10:02:00", 900, "Xid = 58"),
            event("10:02:01", 944, "Rotate to binlog.000004  pos: 4"),
            event("11:20:00", 242, "Rotate to relay.000004  pos: 4", replica),
            event("10:02:01", 124, "Start: binlog v 4, server v 8.0.15 created 261129 10:02:01"),
            event("11:20:00", 0, "Rotate to binlog.000004  pos: 155", 0),
            event("10:05:00", 234, identifier),
            event("10:05:00", 300, "Query\tthread_id=12\texec_time=0\terror_code=0"),
        ];
        pod.standIn("mysqlbinlog", `[[ $TZ == UTC ]] && cat <<'EVENTS'\n${events.join("")}EVENTS`);
        const library = fs.readFileSync(path.join(scripts, "replay.sh"), "utf8");
        const call = `set -euo pipefail\n${library}\nend_of binlog.000003 500 '261129 ${moment}'`;
        const { status, stdout, stderr } = await pod.run(call);
        assert.equal(status, 0, stderr);
        return stdout.trim();
    }

    for (const [reader, identifier] of [
        ["MySQL's", "Anonymous_GTID\tlast_committed=0\tsequence_number=1"],
        ["MySQL's with identifiers", "GTID\tlast_committed=0\tsequence_number=1"],
        ["MariaDB's", "Ignorable"],
    ]) {
        it(`is before the first transaction that ended after the moment, by ${reader} reader`, async () => {
            assert.equal(await end("09:58:00", identifier), "binlog.000003 500 -");
            assert.equal(await end("09:58:01", identifier), "binlog.000003 700 261129 09:58:01");
            assert.equal(await end("10:01:00", identifier), "binlog.000003 700 261129 09:58:01");
            assert.equal(await end("10:02:00", identifier), "binlog.000004 155 261129 10:02:00");
            assert.equal(await end("10:30:00", identifier), "binlog.000004 300 261129 10:05:00");
        });
    }
});
