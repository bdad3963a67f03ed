import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Archive, Asset, PropertyMap, Unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { Plugin } from "./commandPlugin";
import { exists, until } from "./commandServer";

const type = "command:local:Command";

describe("command:local", () => {
    let plugin: Plugin;
    let folder: string;

    beforeEach(async () => {
        plugin = await Plugin.start();
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "local-"));
    });
    afterEach(() => {
        plugin.close();
        fs.rmSync(folder, { recursive: true });
    });

    const run = (create: string, more: PropertyMap = {}) => plugin.create(type, { create, ...more });

    it("runs a command with its input, variables and folder", async () => {
        const { id, outputs } = await run('cat; echo "$NAME in $PWD, $HOME"; echo err >&2', {
            stdin: "in\n",
            environment: { NAME: "name" },
            dir: folder,
        });
        assert.match(id, /^step[0-9a-f]{8}$/);
        assert.equal(outputs.stdout, `in\nname in ${folder}, ${process.env.HOME}`);
        assert.equal(outputs.stderr, "err");
        assert.deepEqual(plugin.messages.map(({ text }) => text).sort(), [
            "err",
            "in",
            String(outputs.stdout).slice(3),
        ]);
    });

    it("runs it with another interpreter", async () => {
        const interpreter = [process.execPath, "-e"];
        assert.equal((await run("console.log(6 * 7)", { interpreter })).outputs.stdout, "42");
        await assert.rejects(run("x", { interpreter: ["/no/such/program"] }), /ENOENT.*running "x"/);
    });

    it("fails with the exit status and all that was written", async () => {
        await assert.rejects(
            run("echo asked; echo refused >&2; exit 3"),
            /exit status 3: running .*\n(asked|refused)\n/,
        );
        await assert.rejects(run("kill -KILL $$"), /signal: SIGKILL/);
        await assert.rejects(run("true", { dir: "/no/such/folder" }), /chdir \/no\/such\/folder: no such directory/);
    });

    it("collects the files asked for", async () => {
        const create = "mkdir -p out/sub; echo 1 > out/one.txt; echo 2 > out/sub/two.txt; echo 3 > out/three.log";
        const more = { dir: folder, assetPaths: ["out/*.txt"], archivePaths: ["out/**", "!**.log"] };
        const { outputs } = await run(create, more);
        // By sha256sum, of "1\n".
        const hash = "4355a46b19d348dc2f57c046f8ef63d4538ebb936000f3c9ee954a27460dd865";
        assert.deepEqual(outputs.assets, {
            "out/one.txt": new Asset({ path: path.join(folder, "out/one.txt"), hash }),
        });
        assert.ok(outputs.archive instanceof Archive);
        assert.deepEqual(Object.keys(outputs.archive.source.assets ?? {}), ["out/one.txt", "out/sub/two.txt"]);
        const { outputs: same } = await run(create, more);
        assert.deepEqual(same.archive, outputs.archive);
        const { outputs: other } = await run("echo 4 > out/one.txt", more);
        assert.notEqual((other.archive as Archive).source.hash, outputs.archive.source.hash);
    });

    it("updates and deletes with what the last run wrote", async () => {
        const inputs = { create: 'echo "<$PULUMI_COMMAND_STDOUT><$PULUMI_COMMAND_STDERR>"' };
        const outputs = { ...inputs, stdout: "out", stderr: "err" };
        assert.equal((await plugin.update(type, { inputs, outputs }, inputs)).stdout, "<out><err>");
        const quiet = { ...inputs, addPreviousOutputInEnv: false };
        assert.equal((await plugin.update(type, { inputs, outputs }, quiet)).stdout, "<><>");
        const marker = path.join(folder, "deleted");
        await plugin.delete(type, { ...outputs, delete: `echo "$PULUMI_COMMAND_STDOUT" > ${marker}` });
        assert.equal(fs.readFileSync(marker, "utf8"), "out\n");
    });

    it("runs nothing in a preview", async () => {
        const marker = path.join(folder, "ran");
        const { outputs } = await plugin.create(type, { create: `touch ${marker}` }, { preview: true });
        assert.ok(outputs.stdout instanceof Unknown);
        assert.ok(!fs.existsSync(marker));
    });

    it("ends the command and what it has started when the engine cancels", async () => {
        const marker = path.join(folder, "pid");
        const running = run(`sh -c 'echo $$ > ${marker}.new; mv ${marker}.new ${marker}; sleep 600'; true`);
        const ended = assert.rejects(running, /cancelled by the engine/);
        await until(exists(marker));
        await plugin.cancel();
        await ended;
        await until(() => !alive(Number(fs.readFileSync(marker, "utf8"))));
    });

    it("has run as a function", async () => {
        const outputs = await plugin.invoke("command:local:run", { command: "echo hello; cat", stdin: "there" });
        assert.deepEqual(outputs, { command: "echo hello; cat", stdin: "there", stdout: "hello\nthere", stderr: "" });
        await assert.rejects(plugin.invoke("command:local:run", {}), /command: this property is required and missing/);
        await assert.rejects(plugin.invoke("command:local:walk", {}), /unknown function command:local:walk/);
    });

    it("knows no other resources", async () => {
        await assert.rejects(plugin.create("command:local:Script", {}), /unknown resource type command:local:Script/);
    });
});

/** Whether a process runs; one that has ended and waits for its parent does not. */
function alive(pid: number): boolean {
    try {
        return !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
    } catch {
        return false;
    }
}
