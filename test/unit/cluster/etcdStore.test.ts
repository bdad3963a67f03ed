import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { storeFiles } from "../../../cluster/etcd/backups";
import { stackConfig } from "../../sample";
import { Sandbox } from "./sandbox";

const folder = "/var/lib/data/backup/etcd";
const body = "a sealed backup";
const told = (sum: string) =>
    `${sum} 3 restored into a scratch folder: revision 12, 34 entries; authority 0123456789ab`;
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

describe("the store of etcd's backups", () => {
    let host: Sandbox;
    const program = storeFiles(stackConfig("dev"), "10.20.0.10")["/usr/local/sbin/etcd-store"];
    const run = (...args: string[]) => host.run(`set -- ${args.map((arg) => `'${arg}'`).join(" ")}\n${program}`);
    const files = () => fs.readdirSync(host.at(folder)).sort();
    const manifest = (name: string) => JSON.parse(host.read(`${folder}/${name}.json`)) as Record<string, unknown>;
    /** What the control plane answers to `snapshot`: a line, then the backup. */
    const answers = (line: string, status = 0) =>
        host.standIn("ssh", `cat >/run/given; printf '%s\\n%s' '${line}' '${body}'; exit ${status}`);

    beforeEach(() => {
        host = new Sandbox();
        fs.mkdirSync(host.at(folder), { recursive: true });
        fs.mkdirSync(host.at("/run"));
        host.standIn("mountpoint");
        host.standIn("sync", 'exec /usr/bin/sync "$@"');
    });
    afterEach(() => host.remove());

    it("keeps what came whole, with a manifest that says how it was verified", async () => {
        answers(told(sha256(body)));
        const { status, stdout, stderr } = await run("fetch", "by hand");
        assert.equal(status, 0, stderr);
        const name = stdout.trim();
        assert.match(name, /^etcd-\d{8}T\d{6}Z$/);
        assert.deepEqual(files(), [`${name}.json`, `${name}.sealed`]);
        assert.equal(host.read(`${folder}/${name}.sealed`), body);
        const { at, ...rest } = manifest(name);
        assert.ok(Math.abs(Date.parse(String(at)) - Date.now()) < 60_000);
        assert.deepEqual(rest, {
            name,
            kind: "etcd",
            stack: "dev",
            bytes: body.length,
            sha256: sha256(body),
            seconds: 3,
            why: "by hand",
            verified: "restored into a scratch folder: revision 12, 34 entries; authority 0123456789ab",
        });
    });

    it("keeps nothing that was damaged on its way, or that the control plane did not finish", async () => {
        answers(told(sha256("another")));
        const damaged = await run("fetch", "schedule");
        assert.equal(damaged.status, 1);
        assert.match(damaged.stderr, /the backup was damaged on its way, and is not kept/);
        answers(told(sha256(body)), 255);
        const unfinished = await run("fetch", "schedule");
        assert.equal(unfinished.status, 1);
        assert.match(unfinished.stderr, /the control plane gave no backup/);
        assert.deepEqual(files(), []);
    });

    it("writes nothing where its disk is not mounted", async () => {
        host.standIn("mountpoint", "exit 1");
        answers(told(sha256(body)));
        const { status, stderr } = await run("fetch", "schedule");
        assert.equal(status, 1);
        assert.match(stderr, /the disk of backups is not mounted/);
        assert.deepEqual(files(), []);
    });

    it("gives a whole one back with its sum, and no damaged one", async () => {
        answers(told(sha256(body)));
        const name = (await run("fetch", "schedule")).stdout.trim();
        assert.equal((await run("give", name)).status, 0);
        assert.match(host.calls("ssh").at(-1)!, new RegExp(`root@10\\.20\\.0\\.10 take ${name} ${sha256(body)}$`));
        assert.equal(host.read("/run/given"), body);
        host.write(`${folder}/${name}.sealed`, body.slice(1));
        const before = host.calls("ssh").length;
        const { status, stderr } = await run("give", name);
        assert.equal(status, 1);
        assert.match(stderr, /it is damaged: 14 bytes that are not the 15 which were written/);
        assert.equal(host.calls("ssh").length, before);
    });

    it("gives a control plane that is yet to be made the newest whole one to begin with, or the one named", async () => {
        const good = "etcd-20260101T000000Z";
        const damaged = "etcd-20260102T000000Z";
        for (const name of [good, damaged]) {
            host.write(`${folder}/${name}.sealed`, body);
            const sum = name === good ? sha256(body) : sha256("another");
            const at = `${name.slice(5, 9)}-01-01T00:00:00Z`;
            const text = JSON.stringify({ name, kind: "etcd", stack: "dev", at, bytes: body.length, sha256: sum });
            host.write(`${folder}/${name}.json`, text);
        }
        host.standIn("ssh", "cat >/run/given");
        for (const wanted of ["newest", good]) {
            const { status, stdout, stderr } = await run("first", wanted);
            assert.equal(status, 0, stderr);
            assert.match(host.calls("ssh").at(-1)!, new RegExp(` first ${good} ${sha256(body)}$`));
            assert.equal(stdout, `${good}, of 2026-01-01T00:00:00Z\n`);
        }
        const before = host.calls("ssh").length;
        assert.match((await run("first", damaged)).stderr, /it is damaged/);
        fs.rmSync(host.at(`${folder}/${good}.json`));
        const { status, stderr } = await run("first", "newest");
        assert.equal(status, 1);
        assert.match(stderr, /there is no whole backup of etcd in/);
        assert.equal(host.calls("ssh").length, before);
    });
});
