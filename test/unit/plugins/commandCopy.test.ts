import * as assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Archive, Asset, PropertyMap, Secret, unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { Plugin } from "./commandPlugin";
import { StandInServer, until, userKey } from "./commandServer";

const type = "command:remote:CopyToRemote";

describe("command:remote:CopyToRemote", () => {
    let server: StandInServer;
    let plugin: Plugin;
    let folder: string;
    let connection: Secret;

    before(async () => {
        server = await StandInServer.start();
        plugin = await Plugin.start();
        connection = new Secret({ host: "127.0.0.1", port: server.port, privateKey: userKey.private });
    });
    after(() => {
        plugin.close();
        server.close();
    });
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "copy-"));
        fs.mkdirSync(path.join(folder, "source/inner/empty"), { recursive: true });
        for (const [name, contents] of Object.entries(contentsOfSource)) {
            fs.writeFileSync(path.join(folder, "source", name), contents);
        }
    });
    afterEach(() => fs.rmSync(folder, { recursive: true }));

    const contentsOfSource: Record<string, Buffer> = {
        "a.txt": Buffer.from("a\n"),
        "empty.txt": Buffer.alloc(0),
        "inner/large.bin": randomBytes(3_000_001),
    };
    const at = (name: string) => path.join(folder, name);
    const copy = (source: Asset | Archive, remotePath: string) =>
        plugin.create(type, { connection, source, remotePath });

    function assertSourceAt(copied: string): void {
        for (const [name, contents] of Object.entries(contentsOfSource)) {
            assert.ok(fs.readFileSync(path.join(copied, name)).equals(contents), name);
        }
        assert.ok(fs.statSync(path.join(copied, "inner/empty")).isDirectory());
    }

    it("copies a file to a path, making the folders above it", async () => {
        const source = new Asset({ path: at("source/inner/large.bin"), hash: "1" });
        const { id, outputs } = await copy(source, at("new/deep/copied.bin"));
        assert.match(id, /^[0-9a-f]{8}$/);
        assert.deepEqual(outputs, { connection, source, remotePath: at("new/deep/copied.bin") });
        assert.ok(fs.readFileSync(at("new/deep/copied.bin")).equals(contentsOfSource["inner/large.bin"]));
        await until(() => server.connections === 0);
    });

    it("copies a file over a file and into a folder", async () => {
        fs.writeFileSync(at("file"), "much longer than the new contents");
        fs.mkdirSync(at("existing"));
        for (const destination of ["file", "existing"]) {
            await copy(new Asset({ path: at("source/a.txt") }), at(destination));
        }
        assert.equal(fs.readFileSync(at("file"), "utf8"), "a\n");
        assert.equal(fs.readFileSync(at("existing/a.txt"), "utf8"), "a\n");
    });

    it("copies a text to a path, but not to a folder", async () => {
        await copy(new Asset({ text: "größer\n" }), at("etc/app.conf"));
        assert.equal(fs.readFileSync(at("etc/app.conf"), "utf8"), "größer\n");
        await copy(new Asset({ text: "" }), at("etc/app.conf"));
        assert.equal(fs.readFileSync(at("etc/app.conf"), "utf8"), "");
        await assert.rejects(copy(new Asset({ text: "x" }), at("etc")), /etc is a directory; a text needs the path of/);
    });

    it("copies a folder under its name, or what is in it where its path ends with a slash", async () => {
        await copy(new Archive({ path: at("source") }), at("new"));
        assertSourceAt(at("new/source"));
        await copy(new Archive({ path: at("source") }), at("new"));
        await copy(new Archive({ path: at("source/") }), at("contents"));
        assertSourceAt(at("contents"));
    });

    it("copies no folder over a file", async () => {
        fs.writeFileSync(at("file"), "");
        const refused = copy(new Archive({ path: at("source/") }), at("file"));
        await assert.rejects(refused, /remote path .*file exists but is not a directory/);
    });

    it("names the file and the reason when it fails", async () => {
        await assert.rejects(copy(new Asset({ path: at("none") }), at("x")), /ENOENT.*none/);
        const forbidden = copy(new Asset({ text: "x" }), "/proc/nothing/here");
        await assert.rejects(forbidden, /failed to create directory remote path \/proc\/nothing: ENOENT|No such file/);
    });

    it("copies again when the contents or the destination change, and only then", async () => {
        const inputs = { connection, source: new Asset({ text: "one", hash: "1" }), remotePath: at("file") };
        const update = (changed: PropertyMap, preview = false) =>
            plugin.update(type, { inputs, outputs: inputs }, { ...inputs, ...changed }, preview);
        await update({ connection: new Secret({ host: "192.0.2.1", dialErrorLimit: -1 }), triggers: ["x"] });
        await update({ source: new Asset({ text: "two", hash: "2" }) }, true);
        assert.ok(!fs.existsSync(at("file")));
        const source = new Asset({ text: "two", hash: "2" });
        assert.deepEqual(await update({ source }), { ...inputs, source });
        assert.equal(fs.readFileSync(at("file"), "utf8"), "two");
        await update({ remotePath: at("other") });
        assert.equal(fs.readFileSync(at("other"), "utf8"), "one");
    });

    it("leaves the copy where it is when it is deleted", async () => {
        await plugin.delete(type, { connection: new Secret({ host: "192.0.2.1" }), remotePath: at("source/a.txt") });
        assert.ok(fs.existsSync(at("source/a.txt")));
    });

    it("previews without reaching for the host", async () => {
        const inputs = { connection: new Secret(unknown), source: new Asset({ text: "x" }), remotePath: unknown };
        assert.deepEqual((await plugin.create(type, inputs, { preview: true })).outputs, inputs);
    });

    it("takes only sources that can be copied", async () => {
        const check = async (source: PropertyMap[string]) =>
            (await plugin.check(type, { connection: { host: "a" }, source, remotePath: "/x" })).failures;
        assert.deepEqual(await check(new Asset({ text: "" })), []);
        assert.deepEqual(await check(new Archive({ path: "." })), []);
        assert.deepEqual(await check(unknown), []);
        for (const source of [new Asset({ uri: "https://example.com" }), new Archive({ assets: {} })]) {
            assert.match((await check(source)).join(), /only a FileAsset, a StringAsset or a FileArchive/);
        }
        assert.match((await check("./file")).join(), /source: expected an asset or an archive/);
    });
});
