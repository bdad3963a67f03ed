import { Handler, json } from "../../../rehearsal/standins/http";
import { TestServer, serve } from "./server";

/** A small Elasticsearch: the saved objects' index, and canned answers to searches in any other. */
export interface TestElasticsearch extends TestServer {
    /** Documents of the saved objects' index by id. */
    documents: Map<string, Record<string, unknown>>;
    /** Each search in another index, in the order of arrival. */
    searches: { index: string; body: Record<string, any> }[]; // eslint-disable-line @typescript-eslint/no-explicit-any
    /** What such a search is answered with. */
    answer: { status: number; body: object };
}

export const empty = { hits: { total: { value: 0 }, hits: [] }, aggregations: {} };

export async function testElasticsearch(): Promise<TestElasticsearch> {
    const documents: TestElasticsearch["documents"] = new Map();
    const searches: TestElasticsearch["searches"] = [];
    let made = false;
    const handler: Handler = ({ method, path, body }) => {
        const parsed = () => JSON.parse(body.toString() || "{}");
        if (path === "/_cluster/health") return json({ status: "green" });
        if (path === "/.kibana/_mapping") return json({}, made ? 200 : 404);
        if (method === "PUT" && parsed().aliases?.[".kibana"]) {
            made = true;
            return json({ acknowledged: true });
        }
        const id = /^\/\.kibana\/_doc\/(.+)$/.exec(decodeURIComponent(path))?.[1];
        if (id) {
            const found = documents.get(id);
            if (method === "DELETE") documents.delete(id);
            return found ? json({ _id: id, _source: found }) : json({ found: false }, 404);
        }
        if (path === "/_bulk") {
            const lines = body.toString().trimEnd().split("\n");
            for (let index = 0; index < lines.length; index += 2)
                documents.set(JSON.parse(lines[index]).index._id, JSON.parse(lines[index + 1]));
            return json({ errors: false, items: [] });
        }
        if (path === "/.kibana/_search") {
            const types: string[] = parsed().query.terms.type;
            const hits = [...documents].filter(([, document]) => types.includes(String(document.type)));
            return json({ hits: { hits: hits.map(([_id, _source]) => ({ _id, _source })) } });
        }
        searches.push({ index: decodeURIComponent(path.split("/")[1]), body: parsed() });
        return json(elasticsearch.answer.body, elasticsearch.answer.status);
    };
    const server = await serve(handler);
    const elasticsearch: TestElasticsearch = {
        ...{ ...server, documents, searches },
        answer: { status: 200, body: empty },
    };
    return elasticsearch;
}
