import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { scriptFile } from "../../../cluster/shell";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/mysql/scripts");

/**
 * A live server and one to restore into, which is what is asked without a file of settings. Of databases they know one,
 * of tables one with three rows. What is restored is in /var/restored.
 */
const mysql = `
case "$*" in
    *information_schema.schemata*) echo shop ;;
    *information_schema.tables*) echo "SELECT 'shop.goods', COUNT(*) FROM goods;" ;;
    *"SHOW BINARY LOGS"*) cat /var/logs ;;
    *print_identified_with_as_hex*) echo on ;;
    *mysql.user*) [[ "$1" != --no-defaults ]] || ! [[ -e /var/users-lost ]] || exit 0; echo "SHOW IT;" ;;
    *--binary-mode*) cat >>/var/restored ;;
    *--execute*) ;;
    *)
        case $(cat) in
            *COUNT*) printf 'shop.goods\\t3\\n' ;;
            *"SET print"*"SHOW"*) echo "CREATE USER 'ann'@'%' IDENTIFIED WITH 'x' AS 0x00" ;;
            *SHOW*) echo "GRANT SELECT ON shop.* TO ann" ;;
        esac
        ;;
esac
`;

/** A dump of the live server is /var/live.sql, one of the other /var/copy.sql. It breaks off where /var/cut is there. */
const mysqldump = `
[[ $* != *--help* ]] || { echo "  --source-data[=#]"; exit; }
if [[ $1 == --no-defaults ]]; then cat /var/copy.sql; else cat /var/live.sql; fi
[[ ! -e /var/cut ]] || exit 2
`;

const table = (column: string, rows: string) =>
    `/*!999999\\- enable the sandbox mode */\n-- CHANGE REPLICATION SOURCE TO SOURCE_LOG_POS=7;\nCREATE TABLE \`goods\` (\n` +
    `  \`name\` varchar(9)${column}\n) ENGINE=InnoDB DEFAULT CHARSET=utf8;\nINSERT INTO \`goods\` VALUES ${rows};\n`;

describe("the backup of MySQL", () => {
    let pod: Sandbox;
    const files = () => fs.readdirSync(pod.at("/backup")).sort();
    const run = (env: Record<string, string> = {}) =>
        pod.run(`bash scripts/backup.sh`, {
            ...{ FOLDER: pod.at("/backup"), STACK: "local", KEEP_HOURS: "24", KEEP_DAYS: "7", WHY: "by hand" },
            ...{ STACK_USERS: "nacos", BINLOG_MIB: "100", ...env },
        });

    beforeEach(() => {
        pod = new Sandbox();
        const own = ["backup", "restore", "scratch"].map((name) => path.join(scripts, name));
        for (const name of [...own, "backups"]) {
            const text = scriptFile(name).replace(/(?<![\w.}])\/(?=(scripts|secrets|scratch)\b)/g, `${pod.root}/`);
            pod.write(`/scripts/${path.basename(name)}.sh`, text);
        }
        for (const folder of ["/backup", "/scratch"]) fs.mkdirSync(pod.at(folder));
        pod.write("/secrets/key", "key-of-backups");
        pod.write("/secrets/client.cnf", "[client]\n");
        pod.write("/var/live.sql", table("", "('tea')"));
        pod.write("/var/copy.sql", table(" CHARACTER SET utf8", "('tea')"));
        pod.write("/var/logs", "binlog.000001\t10\tNo\n");
        pod.standIn("mysql", mysql);
        pod.standIn("mysqldump", mysqldump);
        pod.standIn("mysqld", "sleep 0");
        pod.standIn("mysqladmin");
        pod.standIn("sync");
    });
    afterEach(() => pod.remove());

    it("is kept, sealed, when a dump of what was restored is the same but for how a server words it", async () => {
        const { status, stdout, stderr } = await run();
        assert.equal(status, 0, stderr);
        const { name, why, verified } = JSON.parse(stdout) as Record<string, string>;
        assert.deepEqual(
            [why, verified],
            ["by hand", "restored and dumped again, the same: 1 databases, 1 tables, 3 rows"],
        );
        assert.deepEqual(files(), [`${name}.json`, `${name}.sealed`]);
        assert.ok(!pod.read(`/backup/${name}.sealed`).includes("goods"));
        assert.deepEqual(fs.readdirSync(pod.at("/scratch")), []);
    });

    it("has users and what they may do after the rows, and nothing for MariaDB's client alone", async () => {
        await run();
        const restored = pod.read("/var/restored");
        assert.match(
            restored,
            /INSERT INTO[^]*\nCREATE USER IF NOT EXISTS 'ann'@'%' IDENTIFIED[^]*\nGRANT SELECT ON shop/,
        );
        assert.doesNotMatch(restored, /sandbox/);
    });

    const spoiled: Record<string, [() => void, RegExp]> = {
        "a row is another one": [
            () => void pod.write("/var/copy.sql", table("", "('coffee')")),
            /what was restored is not what was dumped; the dump is not kept/,
        ],
        "a column has another type": [
            () => void pod.write("/var/copy.sql", table("", "('tea')").replace("varchar", "char")),
            /what was restored is not what was dumped/,
        ],
        "a user is lost": [() => void pod.write("/var/users-lost", ""), /the users that were restored are not those/],
        "the dump breaks off": [() => void pod.write("/var/cut", ""), /^$/],
        "the server to restore into does not start": [
            () => pod.standIn("mysqladmin", "exit 1"),
            /the server to restore into did not start/,
        ],
    };
    for (const [title, [spoil, says]] of Object.entries(spoiled)) {
        it(`is not kept, and fails, when ${title}`, async () => {
            spoil();
            const { status, stderr } = await run();
            assert.notEqual(status, 0);
            assert.match(stderr, says);
            assert.deepEqual(files(), []);
        });
    }

    it("removes the oldest binary logs where all take too much, never the one that is written to", async () => {
        const mebibytes = (...sizes: number[]) =>
            sizes.map((size, index) => `binlog.00000${index + 1}\t${size * 2 ** 20}\tNo\n`).join("");
        const purged = () =>
            pod
                .calls("mysql")
                .filter((call) => call.includes("PURGE"))
                .map((call) => call.split("'")[1]);
        pod.write("/var/logs", mebibytes(50, 60, 30));
        await run();
        assert.deepEqual(purged(), ["binlog.000002"]);
        pod.write("/var/logs", mebibytes(500));
        await run();
        assert.deepEqual(purged(), ["binlog.000002"]);
    });

    it("has no secret in the arguments of what it runs", async () => {
        await run();
        assert.ok(!pod.calls().join("\n").includes("key-of-backups"));
    });
});
