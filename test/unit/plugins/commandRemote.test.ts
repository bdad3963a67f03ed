import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { PropertyMap, Secret, Unknown, unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { Plugin } from "./commandPlugin";
import { StandInServer, exists, otherHostKey, until, userKey } from "./commandServer";

const type = "command:remote:Command";

describe("command:remote:Command", () => {
    let server: StandInServer;
    let plugin: Plugin;
    let folder: string;

    before(async () => {
        server = await StandInServer.start({ acceptEnv: ["GREETING", "PULUMI_COMMAND_STDOUT"] });
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "command-"));
    });
    beforeEach(async () => {
        plugin = await Plugin.start();
    });
    afterEach(() => plugin.close());
    after(() => {
        server.close();
        fs.rmSync(folder, { recursive: true });
    });

    const connection = (more: PropertyMap = {}) =>
        new Secret({ host: "127.0.0.1", port: server.port, privateKey: userKey.private, dialErrorLimit: 0, ...more });
    const run = (create: string, more: PropertyMap = {}) =>
        plugin.create(type, { connection: connection(), create, ...more });

    it("runs a command and keeps what it writes", async () => {
        const { id, outputs } = await run("echo out; echo err >&2; echo more");
        assert.match(id, /^step[0-9a-f]{8}$/);
        assert.equal(outputs.stdout, "out\nmore");
        assert.equal(outputs.stderr, "err");
        assert.ok(outputs.connection instanceof Secret);
    });

    it("hands over standard input, and an end of it where there is none", async () => {
        const stdin = "line\n".repeat(100_000);
        assert.equal((await run("sha256sum", { stdin })).outputs.stdout, await sha256sum(stdin));
        assert.equal((await run("cat")).outputs.stdout, "");
    });

    it("sets the variables that the server takes, and refuses to run without the others", async () => {
        const { outputs } = await run('echo "$GREETING"', { environment: { GREETING: "hello there" } });
        assert.equal(outputs.stdout, "hello there");
        const marker = path.join(folder, "ran");
        await assert.rejects(run(`touch ${marker}`, { environment: { OTHER: "x" } }), /environment variable "OTHER"/);
        assert.ok(!fs.existsSync(marker));
    });

    it("fails with the exit status and all that was written", async () => {
        await assert.rejects(run("echo asked; echo refused >&2; exit 3"), (error: Error) => {
            assert.match(error.message, /^Process exited with status 3: running "echo asked; /);
            assert.match(error.message, /asked\n/);
            assert.match(error.message, /refused\n/);
            return true;
        });
        await assert.rejects(run("kill -KILL $$"), /status 137 from signal KILL/);
    });

    it("keeps the text of a secret command out of its failure", async () => {
        const inputs = { connection: connection(), create: new Secret("true mysql -psecret; false") };
        await assert.rejects(plugin.create(type, inputs), (error: Error) => {
            assert.match(error.message, /status 1: running \[secret\]/);
            assert.doesNotMatch(error.message, /psecret/);
            return true;
        });
    });

    it("shows lines as they come, and only those asked for", async () => {
        const gate = path.join(folder, "gate");
        const running = run(`echo first; until [ -e ${gate} ]; do sleep 0.01; done; echo second >&2`);
        await until(() => plugin.messages.some(({ text }) => text === "first"));
        fs.writeFileSync(gate, "");
        await running;
        assert.deepEqual(plugin.messages, [
            { severity: "info", text: "first", ephemeral: true },
            { severity: "info", text: "second", ephemeral: true },
        ]);
        await run("echo third; echo fourth >&2", { logging: "stderr" });
        await run("echo fifth; echo sixth >&2", { logging: "none" });
        assert.deepEqual(
            plugin.messages.map(({ text }) => text),
            ["first", "second", "fourth"],
        );
    });

    it("updates by `update`, else by `create`, which see what the last run wrote", async () => {
        const inputs = { connection: connection(), create: 'echo "create after <$PULUMI_COMMAND_STDOUT>"' };
        const { outputs } = await plugin.create(type, inputs);
        assert.equal(outputs.stdout, "create after <>");
        const stdout = async (changed: PropertyMap) =>
            (await plugin.update(type, { inputs, outputs: { ...outputs, stdout: new Secret("one") } }, changed)).stdout;
        assert.equal(await stdout(inputs), "create after <one>");
        assert.equal(await stdout({ ...inputs, addPreviousOutputInEnv: false }), "create after <>");
        assert.equal(await stdout({ ...inputs, update: "echo update" }), "update");
    });

    it("warns where the server refuses what the last run wrote, and runs", async () => {
        const inputs = { connection: connection(), create: "echo again" };
        const old = { inputs, outputs: { ...inputs, stdout: "", stderr: "something" } };
        assert.equal((await plugin.update(type, old, inputs)).stdout, "again");
        const [warning] = plugin.messages;
        assert.equal(warning.severity, "warning");
        assert.match(warning.text, /Unable to set 'PULUMI_COMMAND_STDERR'.*AcceptEnv/s);
    });

    it("deletes by `delete`, and without it reaches for no host", async () => {
        const marker = path.join(folder, "deleted");
        const outputs = { connection: connection(), create: "false", stdout: "one", stderr: "" };
        await plugin.delete(type, { ...outputs, delete: `echo "$PULUMI_COMMAND_STDOUT" > ${marker}` });
        assert.equal(fs.readFileSync(marker, "utf8"), "one\n");
        const nowhere = new Secret({ host: "192.0.2.1", dialErrorLimit: -1 });
        await plugin.delete(type, { ...outputs, connection: nowhere });
        await assert.rejects(plugin.delete(type, { ...outputs, delete: "echo busy; exit 1" }), /status 1.*busy/s);
    });

    it("creates nothing without `create`", async () => {
        const { outputs } = await plugin.create(type, { connection: new Secret({ host: "192.0.2.1" }) });
        assert.deepEqual([outputs.stdout, outputs.stderr], ["", ""]);
    });

    it("previews without reaching for the host", async () => {
        const inputs = { connection: new Secret(unknown), create: "echo x", environment: { A: unknown } };
        const { outputs } = await plugin.create(type, inputs, { preview: true });
        assert.ok(outputs.stdout instanceof Unknown && outputs.stderr instanceof Unknown);
        assert.equal(outputs.create, "echo x");
        const old = { inputs: { create: "a" }, outputs: { create: "a", stdout: "A", stderr: "" } };
        assert.equal((await plugin.update(type, old, { create: "a" }, true)).stdout, "A");
        assert.ok((await plugin.update(type, old, { create: "b" }, true)).stdout instanceof Unknown);
    });

    it("ends soon when the connection is cut", async () => {
        const marker = path.join(folder, "cut");
        const running = run(`echo begun; touch ${marker}; sleep 600`);
        await until(exists(marker));
        server.cut();
        await assert.rejects(running, /closed the connection: running "echo begun;/);
    });

    it("ends soon when the engine cancels", async () => {
        const marker = path.join(folder, "cancelled");
        const running = run(`touch ${marker}; sleep 600`);
        const dialling = run("true", { connection: connection({ port: 1, dialErrorLimit: -1 }) });
        const both = Promise.allSettled([running, dialling]);
        await until(exists(marker));
        await plugin.cancel();
        for (const ended of await both) {
            assert.match(String(ended.status === "rejected" && ended.reason), /cancelled by the engine/);
        }
        await until(() => server.connections === 0);
    });

    it("ends when its time is over", async () => {
        const inputs = { connection: connection(), create: "sleep 600" };
        await assert.rejects(plugin.create(type, inputs, { timeout: 0.2 }), /not done within the 0.2 seconds/);
    });

    it("fills in defaults and marks secrets when inputs are checked", async () => {
        const { inputs, failures } = await plugin.check(type, {
            create: "true",
            connection: { host: "a", privateKey: "k", proxy: { host: "b" } },
        });
        assert.deepEqual(failures, []);
        const defaults = { port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
        assert.deepEqual(inputs, {
            create: "true",
            connection: new Secret({
                ...{ host: "a", privateKey: new Secret("k"), ...defaults },
                proxy: { host: "b", ...defaults },
            }),
        });
        const none = { connection: new Secret(unknown), create: unknown, triggers: [unknown] };
        assert.deepEqual(await plugin.check(type, none), { inputs: none, failures: [] });
    });

    it("names every wrong input", async () => {
        const { failures } = await plugin.check(type, {
            creates: "true",
            connection: { port: "22", dialErrorLimit: 1.5, proxy: { host: 1 } },
            environment: { A: 1 },
            triggers: "x",
        });
        assert.deepEqual(failures.map((failure) => failure.replace(/; known are .*/, "")).sort(), [
            "connection.dialErrorLimit: expected a whole number",
            "connection.host: this property is required and missing",
            "connection.port: expected a number",
            "connection.proxy.host: expected a string",
            "creates: there is no such property",
            "environment.A: expected a string",
            "triggers: expected a list",
        ]);
    });

    describe("differences", () => {
        const old = { create: "a", triggers: ["x"], connection: new Secret({ host: "a" }), environment: { A: "1" } };
        const cases: [string, PropertyMap, PropertyMap, object][] = [
            ["none", old, old, {}],
            ["another script", old, { ...old, create: "b" }, { create: "update" }],
            ["a new script for updates", old, { ...old, update: "b" }, { update: "add" }],
            ["another variable", old, { ...old, environment: { A: "2" } }, { "environment.A": "update" }],
            ["another host", old, { ...old, connection: new Secret({ host: "b" }) }, { connection: "update" }],
            // The SDK says that `triggers[*]` replaces; the engine applies it to these paths.
            ["another trigger", old, { ...old, triggers: ["y"] }, { "triggers[0]": "update" }],
            ["one more trigger", old, { ...old, triggers: ["x", "y"] }, { "triggers[1]": "add" }],
            ["the first trigger", { create: "a" }, { create: "a", triggers: ["x"] }, { triggers: "add-replace" }],
            ["no trigger any more", { create: "a", triggers: ["x"] }, { create: "a" }, { triggers: "delete-replace" }],
        ];
        for (const [what, before, after, detailed] of cases) {
            it(what, async () => {
                const changes = Object.keys(detailed).length > 0;
                assert.deepEqual(await plugin.diff(type, before, after), { changes, detailed });
            });
        }
    });

    it("refuses another host key through the gRPC interface too", async () => {
        const wrong = connection({ hostKey: otherHostKey.public, dialErrorLimit: -1 });
        await assert.rejects(
            run("true", { connection: wrong }),
            /host key mismatch: 127.0.0.1 should show ssh-ed25519/,
        );
    });
});

async function sha256sum(text: string): Promise<string> {
    const digest = await crypto.subtle.digest("SHA-256", Buffer.from(text));
    return `${Buffer.from(digest).toString("hex")}  -`;
}
