import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { optionsOf } from "../../../operations/backup/list";
import { pull } from "../../../operations/backup/pull";
import { StandInShell } from "../status/standins";
import { context } from "./example";

describe("backups from the bucket", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "pull-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true }));

    /** A host whose program is `body`, in bash. */
    class Host extends StandInShell {
        constructor(private readonly body: string) {
            super({});
        }

        override async run(host: string, script: string) {
            this.runs.push({ host, script });
            const program = path.join(dir, "backup-copies");
            fs.writeFileSync(program, `#!/bin/bash\n${this.body}\n`, { mode: 0o755 });
            const input = script.replaceAll("/usr/local/sbin/backup-copies", program);
            const { stdout, stderr, status } = spawnSync("bash", ["-s"], { input, encoding: "utf8" });
            return { stdout, ...(status !== 0 && { failure: stderr.trim() }) };
        }
    }

    function stacked(shell: StandInShell, bucket?: { name: string; host?: string }) {
        const { context: made } = context(shell);
        return { ...made, stack: { ...made.stack, bucket } };
    }
    const bucket = { name: "backups", host: "node-02" };

    it("are brought back by the host with the disk of backups: all, or the newest of each kind", async () => {
        const host = new Host('echo "==> node-02: pull" >&2; echo "$*"');
        assert.deepEqual(await pull(stacked(host, bucket)), ["pull all"]);
        const each = ["pull etcd 3", "pull mysql 3", "pull nacos 3"];
        assert.deepEqual(await pull(stacked(host, bucket), 3), each);
        assert.equal(host.runs[0].host, "node-02");
    });

    it("say why some did not come, without the steps' own lines, and go on with the other kinds", async () => {
        const body =
            '[[ $2 == mysql ]] && { echo "==> h: s" >&2; echo "it is damaged" >&2; echo "FAILED on h" >&2; exit 1; }';
        const host = new Host(`echo "$2" >>${dir}/asked\n${body}\nexit 0`);
        await assert.rejects(pull(stacked(host, bucket), 1), { message: "node-02: it is damaged" });
        assert.equal(fs.readFileSync(path.join(dir, "asked"), "utf8"), "etcd\nmysql\nnacos\n");
    });

    it("can't be had where the stack has no bucket, or its host is gone", async () => {
        await assert.rejects(
            pull(stacked(new Host("true"))),
            /stack local copies no backups to a bucket: backup\.bucket/,
        );
        await assert.rejects(pull(stacked(new Host("true"), { name: "b" })), /is gone: pulumi up/);
    });

    it("are asked for by options that go together", () => {
        assert.deepEqual([optionsOf(["--pull"]).pull, optionsOf(["--pull"]).newest], [true, undefined]);
        assert.equal(optionsOf(["--pull", "--newest", "2"]).newest, 2);
        assert.throws(() => optionsOf(["--newest", "2"]), /--newest 2: it is for --pull/);
        for (const wrong of ["0", "x", "1; reboot"]) {
            assert.throws(() => optionsOf(["--pull", "--newest", wrong]), /a number from 1 on/);
        }
    });
});
