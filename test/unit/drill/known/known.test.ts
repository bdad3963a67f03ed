import { strict as assert } from "node:assert";
import { compared } from "../../../../operations/drill/known/known";
import { knownConfigMaps } from "../../../../operations/drill/known/configMaps";
import { knownConfigurations } from "../../../../operations/drill/known/nacos";
import { knownDocuments } from "../../../../operations/drill/known/elasticsearch";
import { knownMessages } from "../../../../operations/drill/known/kafka";
import type { NacosClient } from "../../../../operations/status/nacos";
import type { Shell } from "../../../../operations/status/ssh";
import { StandInApi } from "../../status/standins";
import { bash } from "./tools";

describe("known data", () => {
    it("in Nacos is lost when a client does not get it, or gets another", async () => {
        const store = new Map<string, string>();
        const client = {
            publish: async ({ dataId }: { dataId: string }, content: string) => void store.set(dataId, content),
            read: async ({ dataId }: { dataId: string }) => store.get(dataId),
            remove: async ({ dataId }: { dataId: string }) => void store.delete(dataId),
        };
        const known = knownConfigurations(async () => client as unknown as NacosClient);
        await known.write();
        assert.deepEqual(await known.compare(), { taken: 5, lost: 0 });
        store.delete("known-2");
        store.set("known-4", "other");
        assert.deepEqual(await known.compare(), { taken: 5, lost: 2 });
        await known.remove();
        assert.equal(store.size, 0);
    });

    it("in Elasticsearch is lost when a document is missing or other, and overwrites what an earlier run left", async () => {
        let index: Map<string, { content: string }> | undefined = new Map([["9", { content: "of an earlier run" }]]);
        const ask = async (method: string, place: string, body?: object) => {
            if (method === "DELETE") {
                if (!index) throw new Error("no such index [test-cluster-drill]");
                index = undefined;
            } else if (place.includes("_doc")) index!.set(/_doc\/(\d+)/.exec(place)![1], body as { content: string });
            else if (method === "PUT") index = new Map();
            const hits = [...(index ?? [])].map(([_id, _source]) => ({ _id, _source }));
            return { answer: { hits: { hits } } as never, seconds: 0 };
        };
        const known = knownDocuments(() => ({ ask }));
        await known.write();
        assert.deepEqual([await known.compare(), index!.has("9")], [{ taken: 5, lost: 0 }, false]);
        index!.delete("1");
        index!.set("2", { content: "other" });
        assert.deepEqual(await known.compare(), { taken: 5, lost: 2 });
        await known.remove();
        await known.remove();
        assert.equal(index, undefined);
    });

    it("in ConfigMaps is lost with them, and is gone only when their namespace is", async () => {
        let namespace: Map<string, unknown> | undefined;
        let slow = 1;
        const api = new StandInApi({
            "POST /api/v1/namespaces": () => ((namespace = new Map()), {}),
            "POST /api/v1/namespaces/drill-known/configmaps": ({ body }) => {
                const map = JSON.parse(body!) as { metadata: { name: string } };
                namespace!.set(map.metadata.name, map);
                return map;
            },
            "GET /api/v1/namespaces/drill-known/configmaps": () => ({ items: [...namespace!.values()] }),
            "DELETE /api/v1/namespaces/drill-known": () => {
                if (!namespace) return { status: 404, body: "{}" };
                if (slow-- <= 0) namespace = undefined;
                return {};
            },
        });
        const known = knownConfigMaps(() => api);
        await known.write();
        assert.deepEqual(await known.compare(), { taken: 5, lost: 0 });
        namespace!.delete("known-3");
        assert.deepEqual(await known.compare(), { taken: 5, lost: 1 });
        for (const times of [1, 2]) await assert.rejects(known.remove(), /is being deleted/, `${times}`);
        await known.remove();
    });

    it("in Kafka is what its tools take and give back, and can't be read where they fail", async () => {
        const kafka = bash();
        try {
            const shell = { run: (host: string, script: string) => kafka.run(host, script) } as unknown as Shell;
            const known = knownMessages(() => ({ shell, kafka: { host: "node-01", address: "10.0.0.2:9092" } }));
            kafka.put("of an earlier run 1\n");
            await known.write();
            assert.deepEqual(await known.compare(), { taken: 200, lost: 0 });
            kafka.drop(3);
            assert.deepEqual(await known.compare(), { taken: 200, lost: 2 }, "one of those was another's");
            kafka.down();
            await assert.rejects(known.compare(), /^Error: Connection refused$/);
            const gone = knownMessages(() => ({ shell, kafka: {} }));
            await assert.rejects(gone.compare(), /the host that Kafka is on is gone/);
        } finally {
            kafka.remove();
        }
    });

    it("in Kafka is not taken when the tool says nothing and the topic does not have it", async () => {
        const kafka = bash();
        try {
            kafka.deaf();
            const shell = { run: (host: string, script: string) => kafka.run(host, script) } as unknown as Shell;
            const known = knownMessages(() => ({ shell, kafka: { host: "node-01", address: "10.0.0.2:9092" } }));
            await assert.rejects(known.write(), /Kafka has not taken 200 of 200 messages/);
        } finally {
            kafka.remove();
        }
    });

    it("is read again where it can't be read at first, and then said to be unread", async () => {
        let tries = 0;
        const compare = async () => {
            if (++tries < 3) throw new Error("not yet");
            return { taken: 2, lost: 1 };
        };
        assert.deepEqual(await compared({ compare }, 5, 1), { taken: 2, lost: 1 });
        const never = () => Promise.reject(new Error("no answer"));
        assert.deepEqual(await compared({ compare: never }, 2, 1), { unread: "no answer" });
    });
});
