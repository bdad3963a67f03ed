import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { Sandbox } from "./sandbox";

/** The steps as they are recorded. */
const recorded = (name: string) => fs.readFileSync(path.join(__dirname, "../../snapshots", `${name}.txt`), "utf8");
const settings = "/etc/test-cluster/bucket/rclone.conf";

describe("a host that copies backups to a bucket", () => {
    let host: Sandbox;

    beforeEach(() => {
        host = new Sandbox();
        fs.mkdirSync(host.at("/var/lib/data/backup/etcd"), { recursive: true });
        fs.mkdirSync(host.at("/run"));
        for (const tool of ["apt-get", "journalctl", "mountpoint", "sync", "systemctl"]) host.standIn(tool);
    });
    afterEach(() => host.remove());

    it("has the secret in a file that root alone reads, says it to nobody, and begins at once", async () => {
        host.standIn("rclone");
        const { status, stdout, stderr } = await host.run(recorded("step.backup-copies"), {}, "the-secret\n");
        assert.equal(status, 0, stderr);
        assert.match(host.read(settings), /^access_key_id = LTAI\nsecret_access_key = the-secret\n$/m);
        assert.equal(fs.statSync(host.at(settings)).mode & 0o777, 0o600);
        assert.doesNotMatch(`${stdout}${stderr}${host.calls().join("\n")}`, /the-secret/);
        const others = [`${settings}.part`, "/usr/local/sbin/backup-copies"];
        for (const file of others) assert.doesNotMatch(host.read(file), /the-secret/);
        assert.equal(host.calls("systemctl").at(-1), "start backup-copies");
        assert.deepEqual(host.calls("apt-get"), []);
    });

    it("gets rclone where it has none, from fresh lists when the old ones have it no more", async () => {
        host.standIn(
            "apt-get",
            `[[ " $* " != *" install "* ]] || [[ -e /run/updated ]] || exit 100
            [[ " $* " != *" update"* ]] || touch /run/updated`,
        );
        const { status, stderr } = await host.run(recorded("step.backup-copies"), {}, "s\n");
        assert.equal(status, 0, stderr);
        const verbs = host.calls("apt-get").map((call) => /(install|update)( |$)/.exec(call)![1]);
        assert.deepEqual(verbs, ["install", "update", "install"]);
    });

    it("goes on without the bucket where the disk has a backup to begin with, and fails where it has none", async () => {
        host.standIn("rclone", 'echo "AccessDenied" >&2; exit 1');
        const none = await host.run(recorded("step.backup-recovery"), {}, "s\n");
        assert.equal(none.status, 1);
        assert.match(none.stderr, /the bucket backups can't be used: AccessDenied/);
        assert.match(none.stderr, /and there is no backup of etcd on the disk; above is why/);
        host.write("/var/lib/data/backup/etcd/etcd-20260102T030405Z.json", "{}\n");
        const some = await host.run(recorded("step.backup-recovery"), {}, "s\n");
        assert.equal(some.status, 0, some.stderr);
        assert.match(some.stderr, /WARNING: the bucket could not be asked/);
    });
});
