import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { json, type Handler } from "../../../rehearsal/standins/http";
import { api } from "../../../rehearsal/standins/nacos/api";
import { readSettings } from "../../../rehearsal/standins/nacos/settings";
import { checkPassword } from "../../../rehearsal/standins/nacos/users";
import { Sandbox } from "../cluster/sandbox";
import { MemoryStore } from "../standins/memoryStore";
import { environment } from "../standins/nacosEnvironment";
import { serve, type TestServer } from "../standins/server";

const script = fs.readFileSync(path.join(__dirname, "../../../apps/nacos/admin.sh"), "utf8");

describe("Nacos' administrator", () => {
    let pod: Sandbox;
    let store: MemoryStore;
    let server: TestServer;
    let refusals: number;

    beforeEach(async () => {
        pod = new Sandbox();
        pod.standIn("sleep");
        pod.write("/secrets/admin", "SECRET-admin");
        store = new MemoryStore();
        refusals = 0;
        const nacos = api(readSettings(environment), store, () => {});
        const handler: Handler = (request) => (refusals-- > 0 ? json({ code: 30000 }, 503) : nacos(request));
        server = await serve(handler);
    });
    afterEach(async () => {
        pod.remove();
        await server.close();
    });

    const run = (port = new URL(server.url).port) => pod.run(script.replace("/8848", `/${port}`));

    it("gets the stack's password", async () => {
        const { status, stdout, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.equal(await checkPassword(store, "nacos", "SECRET-admin"), true);
        // The server's answer has the password in it.
        assert.doesNotMatch(stdout + stderr, /SECRET/);
    });

    it("keeps the password that it has", async () => {
        await run();
        pod.write("/secrets/admin", "SECRET-other");
        const { status, stdout } = await run();
        assert.equal(status, 0);
        assert.match(stdout, /There is an administrator/);
        assert.equal(await checkPassword(store, "nacos", "SECRET-admin"), true);
    });

    it("is made as soon as the server answers", async () => {
        refusals = 2;
        assert.equal((await run()).status, 0);
        assert.equal(pod.calls("sleep").length, 2);
        assert.equal(await checkPassword(store, "nacos", "SECRET-admin"), true);
    });

    it("is given up where nobody answers", async () => {
        const { port } = new URL(server.url);
        await server.close();
        const { status, stderr } = await run(port);
        server = await serve(() => json({}));
        assert.equal(status, 1);
        assert.match(stderr, /has not answered for 5 minutes/);
    });
});
