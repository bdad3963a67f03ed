import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { script, scriptFile } from "../../../cluster/shell";
import { Sandbox } from "./sandbox";

const device = "/dev/disk/by-id/virtio-abc123";
const mib = 1024 * 1024;
const size = 64 * mib;

describe("mounting a data disk", () => {
    let host: Sandbox;
    // Plain files are the devices: the one thing about them that differs is this test.
    const asDevices = { "BASH_FUNC_test%%": "() { [[ $1 == -b && -e $2 ]]; }" };
    const run = () =>
        host.run(script("mount", { DISK: "mysql", SERIAL: "abc123", FOLDERS: "volume other" }), asDevices);
    const hash = () =>
        createHash("sha256")
            .update(fs.readFileSync(host.at(device)))
            .digest("hex");
    const filesystem = () => execFileSync("blkid", ["-p", "-o", "export", host.at(device)], { encoding: "utf8" });

    /** A device of zeros with some bytes somewhere. */
    function blank(bytes = "", position = 0): void {
        const file = fs.openSync(host.write(device, ""), "r+");
        fs.ftruncateSync(file, size);
        fs.writeSync(file, bytes, position, "latin1");
        fs.closeSync(file);
    }

    beforeEach(() => {
        host = new Sandbox();
        host.standIn("systemctl");
        host.standIn("mount-data-disks", "", "/usr/local/sbin/mount-data-disks");
        host.standIn("findmnt", `echo ${device}`);
        fs.mkdirSync(host.at("/var/lib/data/mysql"), { recursive: true });
    });
    afterEach(() => host.remove());

    it("formats a blank one, registers it for every boot and makes the volume's directory", async () => {
        blank();
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.match(filesystem(), /^TYPE=ext4$/m);
        assert.match(filesystem(), /^LABEL=mysql$/m);
        assert.equal(host.read("/etc/test-cluster/disks/mysql"), "abc123\n");
        assert.deepEqual(host.calls(), [
            "mount-data-disks ",
            `findmnt -n -o SOURCE ${host.at("/var/lib/data/mysql")}`,
            "systemctl enable --quiet mount-data-disks",
        ]);
        for (const folder of ["volume", "other"]) assert.ok(host.exists(`/var/lib/data/mysql/${folder}`), folder);
    });

    it("formats it once: the filesystem that is there stays", async () => {
        blank();
        await run();
        const before = filesystem();
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.equal(filesystem(), before);
        assert.match(before, /^UUID=/m);
    });

    it("does not take the disk that had its place before for it", async () => {
        blank();
        host.write("/dev/xvdz", "");
        host.standIn("findmnt", "echo /dev/xvdz");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(
            stderr,
            /mysql is still another disk \(\S+xvdz\): nothing was changed on disk mysql; restart this host/,
        );
        assert.ok(!host.exists("/var/lib/data/mysql/volume"));
    });

    /** Refused, named, and not a byte of the disk is another. */
    async function refused(says: RegExp): Promise<void> {
        const before = hash();
        const { status, stderr } = await run();
        assert.equal(hash(), before, "the disk was written to");
        assert.equal(status, 1);
        assert.match(stderr, says);
        assert.match(stderr, /FAILED on \S+ in step: filesystem on mysql/);
        assert.deepEqual(host.calls("mount-data-disks"), []);
        assert.ok(!host.exists("/etc/test-cluster/disks/mysql"));
    }

    it("never touches another filesystem", async () => {
        blank();
        execFileSync("mke2fs", ["-q", "-F", "-t", "ext2", host.at(device)]);
        await refused(/disk mysql carries ext2, not ext4: nothing was changed/);
    });

    it("never touches a partition table", async () => {
        blank("\x55\xaa", 510);
        await refused(/disk mysql (has no filesystem but is not empty|carries)/);
    });

    it("never touches data in a format that nobody knows", async () => {
        blank("data", 4096);
        await refused(/disk mysql has no filesystem but is not empty: nothing was changed/);
    });

    it("never touches data that begins later", async () => {
        blank("data", 5 * mib);
        await refused(/nothing was changed/);
    });

    it("never takes a disk that can't be read for a blank one", async () => {
        blank();
        host.standIn("blkid", "exit 2");
        for (const reader of ["head", "cmp", "dd"]) host.standIn(reader, "echo 'Input/output error' >&2; exit 2");
        await refused(/nothing was changed/);
    });

    it("says which disk has not shown up, and where to look", async () => {
        const text = script("mount", { DISK: "mysql", SERIAL: "abc123" }).replace("retry 120 ", "retry 0 ");
        const { status, stderr } = await host.run(text, asDevices);
        assert.equal(status, 1);
        assert.match(stderr, /disk mysql \(\S+virtio-abc123\) has not shown up; is it attached/);
        assert.match(stderr, /FAILED on \S+ in step: disk mysql is there/);
    });
});

describe("mounting data disks at boot", () => {
    let host: Sandbox;
    const boot = () => host.run(scriptFile("mount-data-disks").replaceAll("[[ -b ", "[[ -e "));

    beforeEach(() => {
        host = new Sandbox();
        fs.mkdirSync(host.at("/run"));
        host.standIn("mount", "[[ $* != *broken* ]]");
        host.standIn("mountpoint", "[[ -e $2.mounted ]]");
        for (const name of ["mysql", "kafka"]) {
            host.write(`/etc/test-cluster/disks/${name}`, `serial-${name}\n`);
            host.write(`/dev/disk/by-id/virtio-serial-${name}`, "");
        }
    });
    afterEach(() => host.remove());

    it("mounts each by its identity", async () => {
        assert.equal((await boot()).status, 0);
        const place = (name: string) =>
            `${host.at(`/dev/disk/by-id/virtio-serial-${name}`)} ${host.at(`/var/lib/data/${name}`)}`;
        assert.deepEqual(
            host.calls("mount"),
            ["kafka", "mysql"].map((name) => `-o noatime ${place(name)}`),
        );
    });

    it("leaves alone what is mounted", async () => {
        host.write("/var/lib/data/mysql.mounted", "");
        await boot();
        assert.equal(host.calls("mount").length, 1);
    });

    it("mounts each once when the steps of two disks come at the same time", async () => {
        const slow = 'sleep 0.2; name=${*: -1}; touch "$name.mounted"';
        host.standIn("mount", slow);
        const outcomes = await Promise.all([boot(), boot(), boot()]);
        assert.deepEqual(
            outcomes.map(({ status }) => status),
            [0, 0, 0],
        );
        assert.equal(host.calls("mount").length, 2);
    });

    it("mounts the others when one can't be, and fails", async () => {
        host.write("/etc/test-cluster/disks/broken", "serial-mysql\n");
        assert.notEqual((await boot()).status, 0);
        assert.equal(host.calls("mount").length, 3);
    });

    it("has nothing to do on a host without disks", async () => {
        fs.rmSync(host.at("/etc/test-cluster/disks"), { recursive: true });
        assert.equal((await boot()).status, 0);
        assert.deepEqual(host.calls("mount"), []);
    });
});
