import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "../cluster/sandbox";

const start = fs.readFileSync(path.join(__dirname, "../../../apps/mysql/start.sh"), "utf8");
const marker = "/data/.carries-mysql";

/** A server that makes a database as mysqld does, in its last moment the file that says that it is whole. */
const mysqld = `
for argument; do [[ $argument != --datadir=* ]] || dir=\${argument#*=}; done
if [[ "$*" == *--initialize-insecure* ]]; then
    touch "$dir/ibdata1"
    [[ ! -e /data/fail-halfway ]] || exit 1
    touch "$dir/mysql.ibd"
fi
`;

describe("MySQL's start", () => {
    let pod: Sandbox;
    const initialisations = () => pod.calls("mysqld").filter((call) => call.includes("--initialize"));
    const servers = () => pod.calls("mysqld").filter((call) => !call.includes("--initialize"));
    const run = () => pod.run(start, { BUFFER_POOL: "536870912" });
    const tree = () => fs.readdirSync(pod.at("/data"), { recursive: true }).sort();

    beforeEach(() => {
        pod = new Sandbox();
        pod.standIn("mysqld", mysqld);
        pod.standIn("sync");
        fs.mkdirSync(pod.at("/data"));
        fs.mkdirSync(pod.at("/run/mysqld"), { recursive: true });
        pod.write("/secrets/root", "root-password");
        pod.write("/secrets/backup", "backup-password");
        pod.write("/secrets/users/nacos", "nacos-password");
    });
    afterEach(() => pod.remove());

    it("on a blank disk makes an empty database, leaves the marker and serves", async () => {
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.equal(initialisations().length, 1);
        assert.match(initialisations()[0], /--character-set-server=utf8mb4/);
        assert.equal(servers().length, 1);
        assert.ok(servers()[0].includes(`--datadir=${pod.at("/data/mysql")} `));
        assert.deepEqual(tree(), [".carries-mysql", "mysql", "mysql/ibdata1", "mysql/mysql.ibd"]);
        assert.match(pod.read(marker), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n$/);
    });

    it("on a disk with data starts on it as it is, and leaves the marker where it was missing", async () => {
        pod.write("/data/mysql/mysql.ibd", "rows");
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(initialisations(), []);
        assert.equal(servers().length, 1);
        assert.equal(pod.read("/data/mysql/mysql.ibd"), "rows");
        assert.ok(pod.exists(marker));
    });

    it("twice keeps the day on which the disk was first used", async () => {
        pod.write("/data/mysql/mysql.ibd", "rows");
        pod.write(marker, "2026-01-02T03:04:05Z\n");
        await run();
        assert.equal(pod.read(marker), "2026-01-02T03:04:05Z\n");
    });

    it("on a disk whose data is missing refuses, says since when and what to do, and writes nothing", async () => {
        pod.write(marker, "2026-01-02T03:04:05Z\n");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /^REFUSED: this disk has carried a MySQL database since 2026-01-02T03:04:05Z/);
        assert.match(stderr, /restore a snapshot of the disk/);
        assert.match(stderr, /remove the file \S+\.carries-mysql/);
        assert.deepEqual(pod.calls("mysqld"), []);
        assert.deepEqual(tree(), [".carries-mysql"]);
        assert.deepEqual(fs.readdirSync(pod.at("/run/mysqld")), []);
    });

    it("on a disk with an emptied data directory refuses too", async () => {
        pod.write(marker, "2026-01-02T03:04:05Z\n");
        fs.mkdirSync(pod.at("/data/mysql"));
        assert.equal((await run()).status, 1);
        assert.deepEqual(tree(), [".carries-mysql", "mysql"]);
    });

    it("on a disk with files that are no whole database, and no marker, touches none of them", async () => {
        pod.write("/data/mysql/ibdata1", "somebody's");
        await run();
        assert.ok(pod.exists("/data/mysql/ibdata1"), "the files are gone");
        assert.equal(pod.read("/data/mysql/ibdata1"), "somebody's");
    });

    it("after an initialisation that broke off begins anew and makes it whole", async () => {
        pod.write("/data/fail-halfway", "");
        assert.notEqual((await run()).status, 0);
        assert.deepEqual(servers(), [], "served half a database");
        assert.ok(!pod.exists(marker) && !pod.exists("/data/mysql"), "half a database was taken for a whole one");

        fs.rmSync(pod.at("/data/fail-halfway"));
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(tree(), [".carries-mysql", "mysql", "mysql/ibdata1", "mysql/mysql.ibd"]);
        assert.equal(servers().length, 1);
    });

    it("sets root's and the applications' passwords at every start, by files that only it can read", async () => {
        pod.write("/data/mysql/mysql.ibd", "rows");
        await run();
        const sql = pod.read("/run/mysqld/init.sql");
        assert.match(sql, /ALTER USER 'root'@'localhost' IDENTIFIED BY 'root-password';/);
        assert.match(sql, /CREATE DATABASE IF NOT EXISTS `nacos` CHARACTER SET utf8mb4;/);
        assert.match(sql, /ALTER USER 'nacos'@'%' IDENTIFIED BY 'nacos-password';/);
        for (const file of ["init.sql", "client.cnf"]) {
            assert.equal(fs.statSync(pod.at(`/run/mysqld/${file}`)).mode & 0o077, 0, file);
        }
    });

    it("has a user that can back up and restore everything", async () => {
        pod.write("/data/mysql/mysql.ibd", "rows");
        await run();
        const sql = pod.read("/run/mysqld/init.sql");
        assert.match(sql, /ALTER USER 'backup'@'%' IDENTIFIED BY 'backup-password';/);
        assert.match(sql, /GRANT ALL PRIVILEGES ON \*\.\* TO 'backup'@'%' WITH GRANT OPTION;/);
    });

    it("keeps the binary logs of a week", async () => {
        pod.write("/data/mysql/mysql.ibd", "rows");
        await run();
        assert.match(servers()[0], /--binlog-expire-logs-seconds=604800 /);
    });

    it("gives the server no password on its command line", async () => {
        await run();
        assert.ok(!pod.calls().join("\n").includes("password"));
    });
});
