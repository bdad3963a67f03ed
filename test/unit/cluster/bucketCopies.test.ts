import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { copiesFiles } from "../../../cluster/bucket/copies";
import { stackConfig } from "../../sample";
import { type Outcome, Sandbox } from "./sandbox";

const disk = "/var/lib/data/backup";
const bucket = { name: "backups", accessKeyId: "id", accessKeySecret: "hidden" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A name of a backup that was made so many minutes ago. */
function named(kind: string, minutes: number): string {
    const at = new Date(Date.now() - minutes * 60_000).toISOString();
    return `${kind}-${at.replace(/\.\d+|[-:]/g, "")}`;
}

/** rclone on a folder: /opt/remote is the object storage. A copy never replaces what differs, as with --immutable. */
const rclone = `
remote() { echo "/opt/remote/\${1#bucket:}"; }
place=$(remote "\${!#}")
[[ -e /opt/down ]] && { echo "Failed to lsf with 2 errors: last error was: AccessDenied:" >&2
    printf '\\tstatus code: 403, request id: 1, host id: \\n' >&2; exit 1; }
[[ -d /opt/remote/backups ]] || exit 3
case " $* " in
    *" lsf "*) for file in "$place"/*; do [[ -f $file ]] && echo "\${file##*/} $(stat -c %s "$file")"; done; exit 0 ;;
    *" cat "*) [[ ! -e $place ]] || cat "$place" ;;
    *" copy "*)
        read -r name
        from=\${*: -2:1}
        [[ -e $from/$name ]] || exit 0
        mkdir -p "$place"
        if [[ -e $place/$name ]]; then cmp -s "$from/$name" "$place/$name" || { echo "immutable file modified" >&2; exit 6; }; fi
        cp "$from/$name" "$place/$name"
        echo "$name" >>/opt/order ;;
esac`;

describe("copies of backups in a bucket", () => {
    let host: Sandbox;
    const files = copiesFiles(stackConfig("dev", { backup: { bucket } }));
    const program = files["/usr/local/sbin/backup-copies"];
    const run = (...args: string[]): Promise<Outcome> =>
        host.run(`set -- ${args.map((arg) => `'${arg}'`).join(" ")}\n${program}`);
    const onDisk = (folder: string) => fs.readdirSync(host.at(`${disk}/${folder}`)).sort();
    const remote = (folder: string) => `/opt/remote/backups/dev/${folder}`;
    const inBucket = (folder: string) =>
        host.exists(remote(folder)) ? fs.readdirSync(host.at(remote(folder))).sort() : [];
    const pair = (name: string) => [`${name}.json`, `${name}.sealed`];

    /** Puts a backup into a folder; `change` is what its manifest says otherwise. */
    function backup(folder: string, name: string, change: object = {}, body = `sealed ${name}`): string {
        const manifest = { name, kind: name.split("-")[0], stack: "dev", bytes: body.length, sha256: sha256(body) };
        host.write(`${folder}/${name}.sealed`, body);
        host.write(`${folder}/${name}.json`, `${JSON.stringify({ ...manifest, ...change })}\n`);
        return name;
    }

    beforeEach(() => {
        host = new Sandbox();
        for (const folder of [`${disk}/etcd`, `${disk}/mysql`, "/opt/remote/backups", "/run"]) {
            fs.mkdirSync(host.at(folder), { recursive: true });
        }
        host.standIn("mountpoint");
        host.standIn("sync");
        host.standIn("df", "echo Avail; echo 1000000");
        host.standIn("chown", 'exec /usr/bin/chown "$@"');
        host.standIn("rclone", rclone);
    });
    afterEach(() => host.remove());

    describe("when they are made", () => {
        it("are of what the bucket lacks, each sealed file before its manifest, and of nothing twice", async () => {
            const [old, young] = [backup(`${disk}/etcd`, named("etcd", 30)), backup(`${disk}/etcd`, named("etcd", 1))];
            const [mysql, nacos] = [named("mysql", 9), named("nacos", 9)].map((name) => backup(`${disk}/mysql`, name));
            host.write(`${disk}/mysql/.mysql-half`, "half");
            const first = await run("push");
            assert.equal(first.status, 0, first.stderr);
            assert.deepEqual(inBucket("etcd"), [...pair(old), ...pair(young)]);
            assert.deepEqual(inBucket("mysql"), [...pair(mysql), ...pair(nacos)]);
            const order = [young, old, mysql, nacos].flatMap((name) => [`${name}.sealed`, `${name}.json`]);
            assert.deepEqual(host.read("/opt/order").trim().split("\n"), order);
            assert.match(first.stdout, new RegExp(`^copied ${young}, ${`sealed ${young}`.length} bytes$`, "m"));
            const again = await run("push");
            assert.deepEqual([again.status, again.stdout], [0, ""]);
            assert.equal(host.read("/opt/order").trim().split("\n").length, order.length);
        });

        it("stay in the bucket when the disk forgets", async () => {
            const name = backup(`${disk}/etcd`, named("etcd", 30));
            await run("push");
            for (const file of pair(name)) fs.rmSync(host.at(`${disk}/etcd/${file}`));
            assert.equal((await run("push")).status, 0);
            assert.deepEqual(inBucket("etcd"), pair(name));
        });

        it("go on where they were broken off, and replace nothing that is another", async () => {
            const [half, other] = [
                backup(`${disk}/etcd`, named("etcd", 30)),
                backup(`${disk}/etcd`, named("etcd", 20)),
            ];
            host.write(`${remote("etcd")}/${half}.sealed`, `sealed ${half}`);
            host.write(`${remote("etcd")}/${other}.sealed`, "another");
            const { status, stdout, stderr } = await run("push");
            assert.equal(status, 1);
            assert.match(stderr, /immutable file modified/);
            assert.match(stdout, new RegExp(`copied ${half},`));
            assert.equal(host.read(`${remote("etcd")}/${other}.sealed`), "another");
            assert.deepEqual(inBucket("etcd"), [...pair(half), `${other}.sealed`]);
            for (const call of host.calls("rclone").filter((each) => each.includes(" copy "))) {
                assert.match(call, / copy --immutable --checksum /);
            }
        });

        it("are not of what is damaged, which keeps no other from being copied", async () => {
            const damaged = backup(`${disk}/etcd`, named("etcd", 1), { sha256: sha256("another") });
            const good = backup(`${disk}/etcd`, named("etcd", 30));
            const { status, stderr } = await run("push");
            assert.equal(status, 0);
            assert.match(stderr, new RegExp(`${damaged}: it is damaged`));
            assert.deepEqual(inBucket("etcd"), pair(good));
        });

        it("say in a line why the bucket can't be used, or that there is none, or that the disk is not mounted", async () => {
            host.write("/opt/down", "");
            const refused = await run("push");
            assert.equal(refused.status, 1);
            assert.match(refused.stderr, /^the bucket backups can't be used: .*AccessDenied: +status code: 403$/m);
            fs.rmSync(host.at("/opt/down"));
            fs.rmSync(host.at("/opt/remote/backups"), { recursive: true });
            assert.match((await run("push")).stderr, /^there is no bucket backups$/m);
            host.standIn("mountpoint", "exit 1");
            assert.match((await run("push")).stderr, /the disk of backups is not mounted/);
        });
    });

    describe("when they come back", () => {
        it("are all that the disk lacks, whole, and readable by whoever may read the folder", async () => {
            const [there, lost] = [named("etcd", 30), named("etcd", 20)];
            backup(`${disk}/etcd`, there);
            for (const name of [there, lost]) backup(remote("etcd"), name);
            const nacos = backup(remote("mysql"), named("nacos", 9));
            const { status, stdout, stderr } = await run("pull");
            assert.equal(status, 0, stderr);
            assert.deepEqual(onDisk("etcd"), [...pair(there), ...pair(lost)]);
            assert.deepEqual(onDisk("mysql"), pair(nacos));
            assert.equal(host.read(`${disk}/etcd/${lost}.sealed`), `sealed ${lost}`);
            assert.deepEqual(stdout.match(/brought back \S+,/g), [`brought back ${lost},`, `brought back ${nacos},`]);
            assert.equal(fs.statSync(host.at(`${disk}/mysql/${nacos}.sealed`)).mode & 0o777, 0o640);
        });

        it("are the newest so many of a kind that are whole, or the one that is named", async () => {
            const [first, second, third, damaged] = [40, 30, 20, 10].map((minutes) => named("etcd", minutes));
            for (const name of [first, second, third]) backup(remote("etcd"), name);
            backup(remote("etcd"), damaged, { sha256: sha256("another") });
            backup(remote("mysql"), named("mysql", 5));
            const { status, stderr } = await run("pull", "etcd", "2");
            assert.equal(status, 1, "one that is damaged is told");
            assert.match(stderr, new RegExp(`${damaged}: it is damaged`));
            assert.deepEqual(onDisk("etcd"), [...pair(second), ...pair(third)]);
            assert.deepEqual(onDisk("mysql"), []);
            assert.equal((await run("pull", first)).status, 0);
            assert.deepEqual(onDisk("etcd"), [first, second, third].flatMap(pair));
            assert.match((await run("pull", named("etcd", 99))).stderr, /it is not in the bucket backups/);
            assert.match((await run("pull", "kafka")).stderr, /pull: kafka: all, a backup's name, or one of etcd/);
        });

        it("take the place of what is damaged on the disk", async () => {
            const name = named("etcd", 30);
            backup(`${disk}/etcd`, name);
            backup(remote("etcd"), name);
            host.write(`${disk}/etcd/${name}.sealed`, "cut off");
            assert.equal((await run("pull", "etcd")).status, 0);
            assert.equal(host.read(`${disk}/etcd/${name}.sealed`), `sealed ${name}`);
        });

        it("do not count before they are whole: nothing is left of one that is cut off, foreign, or no manifest", async () => {
            const [cut, foreign, broken, without] = [40, 30, 20, 10].map((minutes) => named("etcd", minutes));
            backup(remote("etcd"), cut);
            host.write(`${remote("etcd")}/${cut}.sealed`, "sea");
            backup(remote("etcd"), foreign, { stack: "other" });
            backup(remote("etcd"), broken);
            host.write(`${remote("etcd")}/${broken}.json`, '{"name": "half');
            backup(remote("etcd"), without);
            fs.rmSync(host.at(`${remote("etcd")}/${without}.sealed`));
            host.write(`${remote("etcd")}/etcd-..-evil.json`, "{}");
            const { status, stdout, stderr } = await run("pull");
            assert.deepEqual([status, stdout], [1, ""]);
            assert.match(stderr, new RegExp(`${foreign}: it is of stack other`));
            assert.match(stderr, new RegExp(`${broken}: its manifest in the bucket can't be read`));
            assert.deepEqual(onDisk("etcd"), []);
        });

        it("are refused where the disk has no room for them", async () => {
            host.standIn("df", "echo Avail; echo 40");
            backup(remote("etcd"), named("etcd", 30));
            const { status, stderr } = await run("pull");
            assert.equal(status, 1);
            assert.match(stderr, /no room for its 28 bytes on the disk of backups, which has 40/);
            assert.deepEqual(onDisk("etcd"), []);
        });
    });

    describe("when they are looked at", () => {
        it("are told with their bytes and the newest; what is younger than 15 minutes may be missing", async () => {
            const name = backup(`${disk}/etcd`, "etcd-20260102T030405Z");
            const size = fs.statSync(host.at(`${disk}/etcd/${name}.json`)).size + `sealed ${name}`.length;
            await run("push");
            backup(`${disk}/etcd`, named("etcd", 5));
            const { status, stdout } = await run("check");
            assert.deepEqual([status, stdout], [0, `copies 1 ${size} 2026-01-02T03:04:05Z\n`]);
        });

        it("are none in a bucket that is empty, where nothing is old enough", async () => {
            assert.equal((await run("check")).stdout, "copies 0 0 \n");
        });

        it("fail where an older one is missing, with the reason as the last word", async () => {
            const [lacking, damaged] = [named("mysql", 20), named("mysql", 30)];
            backup(`${disk}/mysql`, lacking);
            const missing = await run("check");
            assert.equal(missing.status, 1);
            assert.equal(
                missing.stderr.trim().split("\n").at(-1),
                `1 older than 15 minutes not in the bucket backups, such as ${lacking}: journalctl -u backup-copies`,
            );
            await run("push");
            backup(`${disk}/mysql`, damaged, { sha256: sha256("another") });
            assert.match((await run("check")).stderr, new RegExp(`such as ${damaged}: ${damaged}: it is damaged`));
            host.write("/opt/down", "");
            assert.match((await run("check")).stderr, /the bucket backups can't be used: .*AccessDenied/);
        });
    });
});
