import * as assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { gzipSync } from "node:zlib";
import { paths, proxy } from "../../../apps/nacos/api";
import type { Context } from "../../../operations/backup/kind";
import { nacos, wantedOf } from "../../../operations/backup/mysql/nacos";
import type { Asked } from "../../../operations/status/api";
import { Folder } from "./library";

const configurations = [
    { namespace: "public", group: "DEFAULT_GROUP", dataId: "app.yaml", type: "yaml", content: "a: 1\nb: ü\n" },
    { namespace: "dev", group: "G", dataId: "db.properties", type: "properties", content: "x=1" },
];

/** Nacos behind the Kubernetes API: what is published, by id, and the namespaces that were made. */
function server(published: Record<string, string>) {
    const made: string[] = [];
    const id = (fields: URLSearchParams) =>
        ["namespaceId", "groupName", "dataId"].map((key) => fields.get(key)).join("/");
    const request = (method: string, path: string, { body = "", headers = {} }: Asked = {}) => {
        const [place, query] = path.slice(proxy.length).split("?");
        const fields = new URLSearchParams(query ?? body);
        const answer = (status: number, value: object) => Promise.resolve({ status, body: JSON.stringify(value) });
        if (place === paths.login) return answer(200, { accessToken: "a-token" });
        assert.equal(headers.accessToken, "a-token");
        if (place === paths.namespace) {
            made.push(fields.get("namespaceId")!);
            return answer(400, { code: 22002, message: "namespace exists" });
        }
        if (place === paths.published) {
            const content = published[id(fields)];
            return content === undefined ? answer(404, { code: 20004 }) : answer(200, { code: 0, data: { content } });
        }
        assert.deepEqual([method, place], ["POST", paths.config]);
        published[id(fields)] = fields.get("content")!;
        return answer(200, { code: 0 });
    };
    return { api: { request }, made };
}

describe("Nacos' restore", () => {
    let folder: Folder;
    let scripts: string[];
    beforeEach(() => {
        folder = new Folder();
        fs.mkdirSync(`${folder.root}/mysql`);
        fs.rmSync(folder.folder, { recursive: true });
        fs.symlinkSync(`${folder.root}/mysql`, folder.folder);
        scripts = [];
    });
    afterEach(() => folder.remove());

    /** A stack whose backups are in the folder; its host is this machine. */
    function context(api: Context["api"], name = "local"): Context {
        const backup = { host: "node-02", folder: folder.root };
        const backupKey = fs.readFileSync(folder.key, "utf8");
        const run = (host: string, script: string) => {
            assert.equal(host, "node-02");
            scripts.push(script);
            const { status, stdout, stderr } = spawnSync("bash", ["-s"], { input: script, encoding: "utf8" });
            return Promise.resolve({ stdout, ...(status !== 0 && { failure: stderr.trim().split("\n").at(-1) }) });
        };
        const stack = { name, backup, backupKey, nacosPassword: "secret" } as Context["stack"];
        const shell = { run } as unknown as Context["shell"];
        return { api, stack, shell, say: () => undefined, signal: new AbortController().signal };
    }

    function sealed(): string {
        const lines = configurations.map((one) => `${JSON.stringify(one)}\n`).join("");
        return folder.keep("nacos", gzipSync(lines));
    }

    it("says what is overwritten, what is the same and what is gone", async () => {
        const name = sealed();
        const { api } = server({ "public/DEFAULT_GROUP/app.yaml": "a: 2\n" });
        assert.deepEqual(await nacos.plan(context(api), {}), [
            `publishes 2 of Nacos' configurations from ${name}; others stay as they are`,
            "public/DEFAULT_GROUP/app.yaml: is overwritten, 11 bytes in the backup",
            "dev/G/db.properties: is not there now, 3 bytes in the backup",
        ]);
    });

    it("publishes them, each in its namespace, and reads them as a client", async () => {
        sealed();
        const published: Record<string, string> = {};
        const { api, made } = server(published);
        const lines = await nacos.restore(context(api), {});
        assert.deepEqual(published, {
            "public/DEFAULT_GROUP/app.yaml": "a: 1\nb: ü\n",
            "dev/G/db.properties": "x=1",
        });
        assert.deepEqual(made, ["dev"]);
        assert.equal(lines.length, 2);
    });

    it("refuses another stack's backup, and a damaged one, and names the newest that is whole", async () => {
        const name = sealed();
        const { api } = server({});
        await assert.rejects(nacos.plan(context(api, "dev"), {}), /there is no whole backup of nacos/);
        const newer = folder.aged("nacos", new Date(Date.now() + 60_000));
        await assert.rejects(
            nacos.plan(context(api), { backup: newer }),
            new RegExp(`${newer} is not restored; the newest that is whole: ${name}`),
        );
    });

    it("leaves no key behind, and none in a process's arguments", async () => {
        sealed();
        await nacos.plan(context(server({}).api), {});
        const [script] = scripts;
        assert.ok(!/(printf|echo)[^\n]*a-key-of-backups/.test(script));
        assert.match(script, /trap 'rm -f "\$KEY"' EXIT/);
    });

    it("of one takes GROUP/DATAID for one of the namespace public, and names what there is", () => {
        assert.deepEqual(wantedOf(configurations, "DEFAULT_GROUP/app.yaml", "b"), [configurations[0]]);
        assert.deepEqual(wantedOf(configurations, "dev/G/db.properties", "b"), [configurations[1]]);
        assert.throws(
            () => wantedOf(configurations, "G/db.properties", "b"),
            /b has no configuration public\/G\/db.properties; it has public\/DEFAULT_GROUP\/app.yaml, dev\/G\/db.properties/,
        );
    });
});
