import { strict as assert } from "node:assert";
import { nacosProbe } from "../../../operations/status/nacos";
import { StandInApi } from "./standins";

const base = "/api/v1/namespaces/nacos/services/nacos:8848/proxy/nacos/v3/";

/** Stands in for Nacos behind the API server: users with one password, configurations that clients see a little later. */
function nacos(late = 0) {
    const configs = new Map<string, string>();
    const key = (fields: URLSearchParams) =>
        `${fields.get("namespaceId")}/${fields.get("groupName")}/${fields.get("dataId")}`;
    const allowed = { code: 0, message: "success", data: true };
    const denied = { status: 403, body: JSON.stringify({ message: "authorization failed!" }) };
    const form = (body = "") => new URLSearchParams(body);
    const api = new StandInApi({
        [`POST ${base}auth/user/login`]: ({ body }) =>
            form(body).get("password") === "secret"
                ? { accessToken: "token" }
                : { status: 403, body: "User not found! Please check user exist or password is right!" },
        [`POST ${base}admin/cs/config`]: ({ body, headers }) => {
            if (headers?.accessToken !== "token") return denied;
            configs.set(key(form(body)), form(body).get("content")!);
            return allowed;
        },
        [`GET ${base}client/cs/config`]: ({ headers }, query) => {
            if (headers?.accessToken !== "token") return denied;
            const content = configs.get(key(query));
            if (late-- > 0 || !content) return { code: 20004, message: "resource not found", data: null };
            return { code: 0, data: { content } };
        },
        [`DELETE ${base}admin/cs/config`]: ({ headers }, query) =>
            headers?.accessToken === "token" && configs.delete(key(query)) ? allowed : { code: 20004, message: "gone" },
    });
    return { api, configs };
}

describe("a configuration through Nacos", () => {
    it("is published, read by a client when it is there, and deleted", async () => {
        const { api, configs } = nacos(2);
        const seconds = await nacosProbe(api, "secret");
        assert.ok(seconds > 0.4 && seconds < 3, String(seconds));
        assert.equal(configs.size, 0);
        const published = api.requests.find(({ path }) => path.endsWith("admin/cs/config"))!;
        assert.match(published.asked.body!, /namespaceId=public&groupName=STATUS_PROBE&dataId=status-/);
    });

    it("leaves no password and no token in a path, which the API server's audit log has", async () => {
        const { api } = nacos();
        await nacosProbe(api, "secret");
        for (const { path } of api.requests) assert.doesNotMatch(path, /secret|token/i);
    });

    it("fails with Nacos' words for a wrong password, and without one", async () => {
        await assert.rejects(nacosProbe(nacos().api, "wrong"), /auth\/user\/login: 403 User not found!/);
        await assert.rejects(nacosProbe(nacos().api, undefined), /no output nacosPassword yet/);
    });

    it("fails when Nacos says no in an answer that is itself well", async () => {
        const { api } = nacos();
        api.replies[`POST ${base}admin/cs/config`] = () => ({ code: 30000, message: "server error" });
        await assert.rejects(nacosProbe(api, "secret"), /it says 30000 server error/);
    });
});
