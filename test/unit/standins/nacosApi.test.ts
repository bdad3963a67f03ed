import * as assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { api } from "../../../rehearsal/standins/nacos/api";
import { consoleApi } from "../../../rehearsal/standins/nacos/console";
import { readSettings } from "../../../rehearsal/standins/nacos/settings";
import { MemoryStore } from "./memoryStore";
import { environment } from "./nacosEnvironment";
import { TestServer, serve } from "./server";

const core = "/nacos/v3/admin/core";
const cs = "/nacos/v3/admin/cs";
const user = "/nacos/v3/auth/user";

describe("Nacos' stand-in", () => {
    let store: MemoryStore;
    let server: TestServer;
    let token: string;

    before(async () => {
        store = new MemoryStore();
        server = await serve(api(readSettings(environment), store, () => {}));
        await ask("POST", `${user}/admin`, { password: "first" });
        token = (await ask("POST", `${user}/login`, { username: "nacos", password: "first" })).body.accessToken;
    });
    after(() => server.close());
    beforeEach(() => {
        Object.assign(store, { down: false });
        Object.assign(store.rows, { configs: [], history: [], namespaces: [] });
    });

    /** A request with a form (a query for GET and DELETE), and the answer's status and body. */
    async function ask(method: string, path: string, form: Record<string, string> = {}, headers = {}) {
        const inQuery = method === "GET" || method === "DELETE";
        const parameters = new URLSearchParams(form);
        const response = await fetch(`${server.url}${path}${inQuery ? `?${parameters}` : ""}`, {
            method,
            headers,
            body: inQuery ? undefined : parameters,
        });
        const text = await response.text();
        // What is no JSON is a plain text for a person.
        const body = text.startsWith("{") ? JSON.parse(text) : { text };
        return { status: response.status, body };
    }

    const asAdmin = (method: string, path: string, form = {}) =>
        ask(method, path, form, { authorization: `Bearer ${token}` });
    const key = { dataId: "app.yaml", groupName: "DEFAULT_GROUP", namespaceId: "dev" };
    const publish = (content: string) => asAdmin("POST", `${cs}/config`, { ...key, content, type: "yaml" });

    it("makes the first administrator once, and keeps a bcrypt hash of its password", async () => {
        assert.match(store.rows.users.get("nacos")!, /^\$2[ab]\$10\$/);
        assert.deepEqual(store.rows.roles, [{ user: "nacos", role: "ROLE_ADMIN" }]);
        const again = await ask("POST", `${user}/admin`, { password: "second" });
        assert.deepEqual(again.body, { code: 409, message: "have admin user cannot use it.", data: null });
        assert.equal((await ask("POST", `${user}/login`, { username: "nacos", password: "second" })).status, 403);
    });

    it("answers a login with a token, and a wrong one with 403", async () => {
        const { status, body } = await ask("POST", `${user}/login`, { username: "nacos", password: "first" });
        assert.equal(status, 200);
        assert.deepEqual([body.tokenTtl, body.globalAdmin, body.username], [18000, true, "nacos"]);
        for (const form of [{ username: "nacos", password: "" }, { username: "", password: "first" }, {}]) {
            const refused = await ask("POST", `${user}/login`, form as Record<string, string>);
            assert.equal(refused.status, 403);
            assert.match(refused.body.text, /^User not found!/);
        }
    });

    it("answers 403 without a token and with a wrong one", async () => {
        for (const headers of [{}, { authorization: `Bearer ${token}x` }, { "server-identity": "outside" }]) {
            const { status, body } = await ask("GET", `${core}/namespace/list`, {}, headers);
            assert.equal(status, 403);
            assert.equal(body.error, "Forbidden");
            assert.match(body.message, /^Code: 401, Message: /);
            assert.equal((await ask("GET", "/nacos/v3/client/cs/config", key, headers)).status, 403);
        }
        const byQuery = await ask("GET", `${core}/namespace/list`, { accessToken: token });
        const byHeader = await ask("GET", `${core}/namespace/list`, {}, { accessToken: token });
        const byIdentity = await ask("GET", `${core}/namespace/list`, {}, { "server-identity": "inside" });
        assert.deepEqual([byQuery.status, byHeader.status, byIdentity.status], [200, 200, 200]);
    });

    it("answers 403 to a user that is no administrator", async () => {
        store.rows.users.set("reader", store.rows.users.get("nacos")!);
        const login = await ask("POST", `${user}/login`, { username: "reader", password: "first" });
        assert.equal(login.body.globalAdmin, false);
        const headers = { authorization: `Bearer ${login.body.accessToken}` };
        assert.equal((await ask("GET", `${core}/namespace/list`, {}, headers)).status, 403);
        const change = { username: "nacos", newPassword: "mine" };
        assert.equal((await ask("PUT", user, change, headers)).status, 403);
    });

    it("changes a password", async () => {
        await asAdmin("PUT", user, { username: "nacos", newPassword: "other" });
        assert.equal((await ask("POST", `${user}/login`, { username: "nacos", password: "first" })).status, 403);
        assert.equal((await asAdmin("PUT", user, { username: "nacos", newPassword: "first" })).status, 200);
        assert.equal((await asAdmin("PUT", user, { username: "nobody", newPassword: "x" })).status, 400);
    });

    it("makes, shows, renames and deletes a namespace", async () => {
        const namespace = { namespaceId: "dev", namespaceName: "dev", namespaceDesc: "for tests" };
        assert.deepEqual((await asAdmin("POST", `${core}/namespace`, namespace)).body.data, true);
        const again = await asAdmin("POST", `${core}/namespace`, namespace);
        assert.deepEqual([again.status, again.body.code], [400, 22002]);
        await publish("a: 1");
        await asAdmin("PUT", `${core}/namespace`, { ...namespace, namespaceName: "development" });
        const { body } = await asAdmin("GET", `${core}/namespace/list`);
        assert.deepEqual(
            body.data.map((one: Record<string, unknown>) => [one.namespace, one.namespaceShowName, one.configCount]),
            [
                ["public", "public", 0],
                ["dev", "development", 1],
            ],
        );
        await asAdmin("DELETE", `${core}/namespace`, { namespaceId: "dev" });
        const gone = await asAdmin("GET", `${core}/namespace`, { namespaceId: "dev" });
        assert.deepEqual([gone.status, gone.body.code], [404, 22001]);
    });

    it("refuses a namespace with a wrong id, a wrong name or none", async () => {
        for (const [form, code] of [
            [{ namespaceId: "a b", namespaceName: "x" }, 22000],
            [{ namespaceId: "a", namespaceName: "x#" }, 22000],
            [{ namespaceId: "public", namespaceName: "x" }, 22002],
            [{ namespaceId: "a" }, 10000],
        ] as [object, number][]) {
            const { status, body } = await asAdmin("POST", `${core}/namespace`, form);
            assert.deepEqual([status, body.code], [400, code]);
        }
        assert.deepEqual(store.rows.namespaces, []);
    });

    it("publishes what administrators and clients then get, with its MD5", async () => {
        const content = "größe: 1\n";
        assert.deepEqual((await publish(content)).body, { code: 0, message: "success", data: true });
        const { data } = (await asAdmin("GET", `${cs}/config`, key)).body;
        assert.equal(data.content, content);
        assert.equal(data.md5, createHash("md5").update(content).digest("hex"));
        assert.deepEqual([data.type, data.createUser, data.groupName], ["yaml", "nacos", "DEFAULT_GROUP"]);
        const client = await asAdmin("GET", "/nacos/v3/client/cs/config", key);
        assert.deepEqual([client.body.data.content, client.body.data.md5], [content, data.md5]);
    });

    it("keeps a history of insertions, updates and deletions, with what was there before", async () => {
        await publish("a: 1");
        await publish("a: 2");
        assert.equal((await asAdmin("DELETE", `${cs}/config`, key)).body.data, true);
        const { data } = (await asAdmin("GET", `${cs}/history/list`, key)).body;
        assert.deepEqual([data.totalCount, data.pagesAvailable], [3, 1]);
        assert.deepEqual(
            data.pageItems.map((one: { opType: string }) => one.opType),
            ["D", "U", "I"],
        );
        assert.deepEqual(
            store.rows.history.map((one) => one.content),
            ["a: 1", "a: 1", "a: 2"],
        );
        const detail = await asAdmin("GET", `${cs}/history`, { ...key, nid: data.pageItems[0].id });
        assert.equal(detail.body.data.content, "a: 2");
    });

    it("refuses a publication over a content that is not the expected one", async () => {
        await publish("a: 1");
        const headers = { authorization: `Bearer ${token}`, casMd5: "0".repeat(32) };
        const refused = await ask("POST", `${cs}/config`, { ...key, content: "a: 2" }, headers);
        assert.deepEqual([refused.status, refused.body.code], [500, 20005]);
        assert.deepEqual([store.rows.configs[0].content, store.rows.history.length], ["a: 1", 1]);
    });

    it("says what is missing or wrong in a configuration's parameters", async () => {
        for (const [form, code, detail] of [
            [{ dataId: "a" }, 10000, /'groupName'/],
            [{ groupName: "g" }, 10000, /'dataId'/],
            [{ dataId: "a", groupName: "g", content: " " }, 10000, /'content'/],
            [{ dataId: "a/b", groupName: "g", content: "x" }, 20002, /invalid dataId : a\/b/],
        ] as [object, number, RegExp][]) {
            const { status, body } = await asAdmin("POST", `${cs}/config`, form);
            assert.deepEqual([status, body.code], [400, code]);
            assert.match(body.data, detail);
        }
    });

    it("says 404 to an administrator, and a code to a client, of a configuration that is not there", async () => {
        const admin = await asAdmin("GET", `${cs}/config`, key);
        assert.deepEqual([admin.status, admin.body.code, admin.body.message], [404, 20004, "resource not found"]);
        const client = await asAdmin("GET", "/nacos/v3/client/cs/config", key);
        assert.deepEqual([client.status, client.body.code, client.body.data], [200, 20004, null]);
    });

    it("lists by a pattern, page by page, one namespace only", async () => {
        for (const dataId of ["app-1.yaml", "app-2.yaml", "other"])
            await asAdmin("POST", `${cs}/config`, { ...key, dataId, content: "x" });
        await asAdmin("POST", `${cs}/config`, { ...key, namespaceId: "", content: "x" });
        const list = async (form: object) => (await asAdmin("GET", `${cs}/config/list`, { ...form })).body.data;
        const names = (data: { pageItems: { dataId: string }[] }) => data.pageItems.map((one) => one.dataId);
        assert.deepEqual(names(await list({ namespaceId: "dev", dataId: "app*" })), ["app-1.yaml", "app-2.yaml"]);
        const second = await list({ namespaceId: "dev", pageNo: "2", pageSize: "2" });
        assert.deepEqual([names(second), second.totalCount, second.pagesAvailable], [["other"], 3, 2]);
        assert.deepEqual(names(await list({})), ["app.yaml"]);
        assert.equal((await asAdmin("GET", `${cs}/config/list`, { pageNo: "0" })).status, 400);
    });

    it("is alive without its database, but not ready: the console's address alone has a status for it", async () => {
        const page = await serve(consoleApi(readSettings(environment), store, () => {}));
        const ready = async () => (await fetch(`${page.url}/v3/console/health/readiness`)).status;
        try {
            assert.equal((await ask("GET", `${core}/state/readiness`)).body.code, 0);
            assert.equal(await ready(), 200);
            store.down = true;
            const { status, body } = await ask("GET", `${core}/state/readiness`);
            assert.deepEqual([status, body.code], [200, 30000]);
            assert.equal(await ready(), 500);
            assert.equal((await ask("GET", `${core}/state/liveness`)).body.code, 0);
            const read = await asAdmin("GET", `${cs}/config`, key);
            assert.deepEqual([read.status, read.body.code], [500, 10002]);
            assert.match(await (await fetch(page.url)).text(), /Stand-in for Nacos/);
        } finally {
            await page.close();
        }
    });

    it("asks nobody for a token where that is switched off", async () => {
        const open = { ...environment, NACOS_AUTH_ENABLE: "false", NACOS_AUTH_ADMIN_ENABLE: "false" };
        const other = await serve(api(readSettings(open), store, () => {}));
        try {
            assert.equal((await fetch(`${other.url}${core}/namespace/list`)).status, 200);
            assert.equal((await fetch(`${other.url}${cs}/config?dataId=a&groupName=g`)).status, 404);
        } finally {
            await other.close();
        }
    });
});
