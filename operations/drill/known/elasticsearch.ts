import { randomBytes } from "node:crypto";
import type { Elasticsearch } from "../../status/elasticsearch";
import { type Known, lostOf } from "./known";

const index = "test-cluster-drill";
const count = 5;

/**
 * Documents in an index of the drill's own. Not lines on the way of the logs: those come when they come, and a document
 * is known from the moment that Elasticsearch says it has taken it.
 */
export function knownDocuments(elasticsearch: () => Pick<Elasticsearch, "ask">): Known {
    const written = new Map<string, string>();
    // Also where there is none.
    const remove = async () => {
        await elasticsearch()
            .ask("DELETE", `/${index}`)
            .catch((error: Error) => {
                if (!/no such index|index_not_found/.test(error.message)) throw error;
            });
    };
    return {
        kind: "document that Elasticsearch took",
        async write() {
            await remove();
            const settings = { index: { number_of_shards: 1, number_of_replicas: 0 } };
            await elasticsearch().ask("PUT", `/${index}`, { settings });
            for (let number = 1; number <= count; number++) {
                const content = randomBytes(16).toString("hex");
                await elasticsearch().ask("PUT", `/${index}/_doc/${number}?refresh=true`, { content });
                written.set(String(number), content);
            }
        },
        async compare() {
            interface Found {
                hits: { hits: { _id: string; _source: { content: string } }[] };
            }
            const query = { match_all: {} };
            const search = `/${index}/_search?size=${10 * count}`;
            const { answer } = await elasticsearch().ask<Found>("POST", search, { query });
            return lostOf(written, new Map(answer.hits.hits.map(({ _id, _source }) => [_id, _source.content])));
        },
        remove,
    };
}
