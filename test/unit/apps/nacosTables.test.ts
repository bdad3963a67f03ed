import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { tableNames } from "../../../rehearsal/standins/nacos/store";
import { Sandbox } from "../cluster/sandbox";

const root = path.join(__dirname, "../../..");
const script = fs.readFileSync(path.join(root, "apps/nacos/schema.sh"), "utf8");
const schema = fs.readFileSync(path.join(root, "rehearsal/standins/nacos/mysql-schema.sql"), "utf8");

/**
 * A server that keeps tables as files, each with its rows, and makes one when its statement ends. It stops after so many
 * tables as /data/fail-after says, and answers when /data/down says 0.
 */
const mysql = `
down=$(</data/down)
if [[ $down != 0 ]]; then
    echo $((down - 1)) >/data/down
    echo "ERROR 2002 (HY000): Can't connect" >&2
    exit 1
fi
case $* in
*"SHOW TABLES"*) ls /data/tables ;;
*"SELECT digest"*) cat /data/digest 2>/dev/null || true ;;
*"INSERT INTO stack_administrator"*) all=$*; digest=\${all##*VALUES (?}; printf %s "\${digest%%[!0-9a-f]*}" >/data/digest ;;
*"DELETE FROM users"*) echo forgotten >>/data/forgotten ;;
*"FROM users"*) cat /data/tables/users ;;
*--execute=*) ;;
*)
    left=$(</data/fail-after)
    while IFS= read -r line; do
        if [[ $line =~ ^"CREATE TABLE IF NOT EXISTS "([a-z_]+) ]]; then
            table=\${BASH_REMATCH[1]}
        elif [[ $line =~ ^CREATE ]]; then
            exit 1
        fi
        if [[ $line == *';' && -n $table ]]; then
            ((left-- > 0)) || exit 1
            [[ -e /data/tables/$table ]] || echo 0 >/data/tables/$table
            echo "$table" >>/data/made
            table=""
        fi
    done ;;
esac
`;

describe("Nacos' tables", () => {
    let pod: Sandbox;
    const run = (digest = "0123") => pod.run(script, { ADMIN_DIGEST: digest });
    const tables = () => fs.readdirSync(pod.at("/data/tables")).sort();
    const forgotten = () => (pod.exists("/data/forgotten") ? pod.read("/data/forgotten").trim().split("\n").length : 0);
    const made = () => (pod.exists("/data/made") ? pod.read("/data/made").trim().split("\n") : []);

    beforeEach(() => {
        pod = new Sandbox();
        pod.standIn("mysql", mysql);
        pod.standIn("sleep");
        fs.mkdirSync(pod.at("/data/tables"), { recursive: true });
        pod.write("/data/down", "0");
        pod.write("/data/fail-after", "100");
        pod.write("/run/nacos/mysql-schema.sql", schema);
    });
    afterEach(() => pod.remove());

    it("are made where there are none, config_info last", async () => {
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(tables(), tableNames);
        assert.equal(made().at(-1), "config_info");
    });

    it("are left alone where they are, also when some are missing", async () => {
        pod.write("/data/tables/config_info", "0");
        const { status, stdout } = await run();
        assert.equal(status, 0);
        assert.match(stdout, /nothing to do/);
        assert.deepEqual(tables(), ["config_info"]);
    });

    it("are made whole after an attempt that was cut off anywhere", async () => {
        for (let count = 0; count < tableNames.length; count++) {
            fs.rmSync(pod.at("/data/tables"), { recursive: true });
            fs.mkdirSync(pod.at("/data/tables"));
            pod.write("/data/fail-after", String(count));
            assert.notEqual((await run()).status, 0);
            assert.ok(
                !tables().includes("config_info"),
                `a half schema after ${count} tables would pass for a whole one`,
            );
            pod.write("/data/fail-after", "100");
            assert.equal((await run()).status, 0);
            assert.deepEqual(tables(), tableNames);
        }
    });

    it("are refused where the database has been in use", async () => {
        pod.write("/data/tables/users", "1");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /^REFUSED: .*config_info is missing/);
        assert.deepEqual(tables(), ["users"]);
    });

    it("are refused where the schema does not know config_info", async () => {
        pod.write("/run/nacos/mysql-schema.sql", "CREATE TABLE users (\n    a int\n);\n");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /REFUSED: .* makes no table config_info/);
        assert.deepEqual(tables(), []);
    });

    it("are found in a schema with quoted names, and semicolons in comments", async () => {
        const comment = "/*\n * A license;\n * a second line of it.\n */\n";
        const tables = schema.replace(/CREATE TABLE (\w+)/g, `${comment}CREATE TABLE \`$1\``);
        pod.write("/run/nacos/mysql-schema.sql", tables.trimEnd());
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual([...made()].sort(), tableNames);
        assert.equal(made().at(-1), "config_info");
    });

    it("wait for MySQL, and say what they wait for", async () => {
        pod.write("/data/down", "3");
        const { status, stdout } = await run();
        assert.equal(status, 0);
        assert.match(stdout, /^Waiting for MySQL: ERROR 2002/);
        assert.equal(pod.calls("sleep").length, 3);
        assert.deepEqual(tables(), tableNames);
    });

    it("do not wait for ever", async () => {
        pod.write("/data/down", "1000");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /has not answered for 5 minutes: ERROR 2002/);
    });

    it("are asked for with the password in a file", async () => {
        await run();
        for (const call of pod.calls("mysql")) {
            assert.match(call, /^--defaults-file=\S+\/secrets\/client\.cnf /);
            assert.doesNotMatch(call, /password/);
        }
    });

    it("have an administrator with this stack's password: another's is forgotten once, and then made anew", async () => {
        assert.equal((await run("0123")).status, 0);
        assert.equal(pod.read("/data/digest"), "0123");
        const before = forgotten();
        await run("0123");
        assert.equal(forgotten(), before, "a password that somebody set since was lost");
        const { status, stdout } = await run("4567");
        assert.equal(status, 0);
        assert.match(stdout, /The administrator gets the stack's password/);
        assert.equal(forgotten(), before + 1);
        assert.equal(pod.read("/data/digest"), "4567");
    });
});
