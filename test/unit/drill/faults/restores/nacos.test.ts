import { strict as assert } from "node:assert";
import { gzipSync } from "node:zlib";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { nacosLost } from "../../../../../operations/drill/faults/restores/nacos";
import { StandInApi } from "../../../status/standins";
import { MySql } from "./mysql";

describe("a configuration that is removed from Nacos", () => {
    const server = new MySql();
    after(() => server.folder.remove());

    it("is missed, and comes back alone and as it was", async () => {
        const group = "TEST_CLUSTER_DRILL";
        const names = ["known-1", "known-2"];
        const declared = names.map((dataId) => ({ namespace: "public", group, dataId, content: `of ${dataId}` }));
        server.folder.keep("nacos", gzipSync(declared.map((one) => `${JSON.stringify(one)}\n`).join("")));
        const store = new Map([
            ["known-1", "of known-1"],
            ["known-2", "changed since"],
        ]);
        const api = new StandInApi({
            ...server.api.replies,
            "POST .*/v3/auth/user/login": () => ({ accessToken: "token" }),
            "POST .*/v3/admin/cs/config": ({ body }) => {
                const fields = new URLSearchParams(body);
                store.set(fields.get("dataId")!, fields.get("content")!);
                return { code: 0 };
            },
            "GET .*/v3/client/cs/config": (_, query) => {
                const content = store.get(query.get("dataId")!);
                return content === undefined ? { code: 20004 } : { code: 0, data: { content } };
            },
            "DELETE .*/v3/admin/cs/config": (_, query) => (store.delete(query.get("dataId")!), { code: 0 }),
        });
        const { signal } = new AbortController();
        const stack = { ...server.stack, nacosPassword: "secret" };
        const context = { stack, api, shell: server, signal, say: () => undefined } as unknown as Context;
        const here: Scene = { context, watch: undefined as never, host: "", signal };

        assert.equal(await nacosLost.noticed!(here), undefined);
        await nacosLost.break(here);
        assert.match((await nacosLost.noticed!(here))!, /no configuration TEST_CLUSTER_DRILL\/known-1/);
        await nacosLost.repair!.run(here);
        assert.equal(await nacosLost.missing!(here), undefined);
        assert.deepEqual(Object.fromEntries(store), { "known-1": "of known-1", "known-2": "changed since" });
    });
});
