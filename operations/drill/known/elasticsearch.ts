import { randomBytes } from "node:crypto";
import type { Elasticsearch } from "../../status/elasticsearch";
import { type Known, lostOf } from "./known";

const count = 5;

export const documentsKind = "document that Elasticsearch took";

type Asked = Pick<Elasticsearch, "ask">;

/** Documents by their id. */
export type Documents = Map<string, string>;

/** Makes an index anew with some documents in it; returns them when Elasticsearch has taken all. */
export async function writeDocuments(elasticsearch: Asked, index: string): Promise<Documents> {
    await removeIndex(elasticsearch, index);
    const settings = { index: { number_of_shards: 1, number_of_replicas: 0 } };
    await elasticsearch.ask("PUT", `/${index}`, { settings });
    const written: Documents = new Map();
    for (let number = 1; number <= count; number++) {
        const content = randomBytes(16).toString("hex");
        await elasticsearch.ask("PUT", `/${index}/_doc/${number}?refresh=true`, { content });
        written.set(String(number), content);
    }
    return written;
}

export async function readDocuments(elasticsearch: Asked, index: string): Promise<Documents> {
    interface Found {
        hits: { hits: { _id: string; _source: { content: string } }[] };
    }
    const query = { match_all: {} };
    const { answer } = await elasticsearch.ask<Found>("POST", `/${index}/_search?size=${10 * count}`, { query });
    return new Map(answer.hits.hits.map(({ _id, _source }) => [_id, _source.content]));
}

/** Also where there is none. */
export async function removeIndex(elasticsearch: Asked, index: string): Promise<void> {
    await elasticsearch.ask("DELETE", `/${index}`).catch((error: Error) => {
        if (!/no such index|index_not_found/.test(error.message)) throw error;
    });
}

/**
 * Documents in an index of the drill's own. Not lines on the way of the logs: those come when they come, and a document
 * is known from the moment that Elasticsearch says it has taken it.
 */
export function knownDocuments(elasticsearch: () => Asked): Known {
    const index = "test-cluster-drill";
    let written: Documents = new Map();
    return {
        kind: documentsKind,
        async write() {
            written = await writeDocuments(elasticsearch(), index);
        },
        compare: async () => lostOf(written, await readDocuments(elasticsearch(), index)),
        remove: () => removeIndex(elasticsearch(), index),
    };
}
