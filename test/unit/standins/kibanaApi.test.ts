import * as assert from "node:assert/strict";

import { savedObjects, savedObjectsFile } from "../../../apps/elk/savedObjects";
import { Elasticsearch } from "../../../rehearsal/standins/kibana/elasticsearch";
import { formFile } from "../../../rehearsal/standins/kibana/multipart";
import { Objects } from "../../../rehearsal/standins/kibana/objects";
import { kibana } from "../../../rehearsal/standins/kibana/server";
import { TestElasticsearch, testElasticsearch } from "./elasticsearch";
import { TestServer, serve } from "./server";

describe("the API of Kibana's stand-in", () => {
    let elasticsearch: TestElasticsearch;
    let server: TestServer;

    beforeEach(async () => {
        elasticsearch = await testElasticsearch();
        const client = new Elasticsearch(elasticsearch.url);
        const objects = new Objects(client);
        await objects.ensureIndex();
        const stand = kibana(client, objects);
        server = await serve(stand.handler);
        stand.start();
    });
    afterEach(() => Promise.all([server.close(), elasticsearch.close()]));

    const get = async (path: string) => {
        const response = await fetch(`${server.url}${path}`);
        return { status: response.status, body: JSON.parse(await response.text()) };
    };
    const send = async (
        method: string,
        path: string,
        body?: FormData | string,
        headers: object = { "kbn-xsrf": "true" },
    ) => {
        const response = await fetch(`${server.url}${path}`, { method, body, headers: { ...headers } });
        return { status: response.status, text: await response.text() };
    };
    async function importFile(file: string, query = "", name = "objects.ndjson") {
        const form = new FormData();
        form.append("file", new Blob([file]), name);
        const { status, text } = await send("POST", `/api/saved_objects/_import${query}`, form);
        return { status, body: JSON.parse(text) };
    }

    it("says that Kibana is not ready until it is started", async () => {
        const client = new Elasticsearch(elasticsearch.url);
        const other = await serve(kibana(client, new Objects(client)).handler);
        try {
            const response = await fetch(`${other.url}/api/status`);
            assert.deepEqual([response.status, await response.text()], [503, "Kibana server is not ready yet"]);
        } finally {
            await other.close();
        }
    });

    it("is green while Elasticsearch answers, else red and 503", async () => {
        const { status, body } = await get("/api/status");
        assert.deepEqual([status, body.status.overall.state, body.version.number], [200, "green", "7.17.28"]);
        const newer = await get("/api/status?v8format=true");
        assert.equal(newer.body.status.overall.level, "available");
        await elasticsearch.close();
        const without = await get("/api/status");
        assert.deepEqual([without.status, without.body.status.overall.state], [503, "red"]);
        assert.match(without.body.status.statuses[0].message, /no answer from Elasticsearch/);
    });

    it("refuses what has no kbn-xsrf header", async () => {
        const { status, text } = await send("POST", "/api/saved_objects/_import", new FormData(), {});
        assert.equal(status, 400);
        assert.equal(JSON.parse(text).message, "Request must contain a kbn-xsrf header.");
        assert.equal(elasticsearch.documents.size, 0);
    });

    it("imports the stack's objects into the index in its form", async () => {
        const { status, body } = await importFile(savedObjectsFile(), "?overwrite=true");
        assert.deepEqual([status, body.success, body.successCount], [200, true, savedObjects().length]);
        const stored = elasticsearch.documents.get("index-pattern:logs")!;
        assert.equal(stored.type, "index-pattern");
        assert.deepEqual(stored["index-pattern"], savedObjects()[0].attributes);
        const { body: one } = await get("/api/saved_objects/index-pattern/logs");
        assert.deepEqual([one.id, one.attributes.timeFieldName], ["logs", "@timestamp"]);
    });

    it("writes over what is there only when told to", async () => {
        await importFile(savedObjectsFile());
        const changed = savedObjectsFile().replaceAll("logs*", "other*");
        const refused = await importFile(changed);
        assert.deepEqual([refused.body.success, refused.body.successCount], [false, 0]);
        assert.deepEqual(new Set(refused.body.errors.map((one: { error: object }) => one.error)).size, 5);
        assert.equal(refused.body.errors[0].error.type, "conflict");
        const { body } = await importFile(changed, "?overwrite=true");
        assert.equal(body.successResults[0].overwrite, true);
        assert.equal((await get("/api/saved_objects/index-pattern/logs")).body.attributes.title, "other*");
    });

    it("refuses an object whose data view is nowhere, one of an unknown kind, and what is no such file", async () => {
        const [, search] = savedObjects();
        const unknown = { ...search, type: "canvas-element", references: [] };
        const { body } = await importFile([search, unknown].map((one) => JSON.stringify(one)).join("\n"));
        assert.deepEqual(
            body.errors.map((one: { error: object }) => one.error),
            [
                { type: "missing_references", references: [{ type: "index-pattern", id: "logs" }] },
                { type: "unsupported_type" },
            ],
        );
        assert.equal((await importFile("{", "", "objects.ndjson")).status, 400);
        assert.match((await importFile("{}", "", "objects.json")).body.message, /Invalid file extension \.json/);
        assert.equal((await send("POST", "/api/saved_objects/_import", "{}")).status, 415);
        assert.equal(elasticsearch.documents.size, 0);
    });

    it("finds by type and title, gets and deletes", async () => {
        await importFile(savedObjectsFile());
        const find = async (query: string) => (await get(`/api/saved_objects/_find?${query}`)).body;
        assert.equal((await find("type=dashboard&type=search")).total, 2);
        const errors = await find("type=visualization&search=errors*");
        assert.deepEqual([errors.total, errors.saved_objects[0].id], [1, "errors-by-pod"]);
        const second = await find("type=visualization&per_page=1&page=2");
        assert.deepEqual([second.total, second.saved_objects.length], [2, 1]);
        assert.equal((await get("/api/saved_objects/_find")).status, 400);
        assert.equal((await send("DELETE", "/api/saved_objects/search/cluster-logs")).status, 200);
        const gone = await get("/api/saved_objects/search/cluster-logs");
        assert.deepEqual([gone.status, gone.body.message], [404, "Saved object [search/cluster-logs] not found"]);
    });

    it("exports what can be imported again, with what it refers to", async () => {
        await importFile(savedObjectsFile());
        const request = { objects: [{ type: "dashboard", id: "cluster-logs" }], includeReferencesDeep: true };
        const { text } = await send("POST", "/api/saved_objects/_export", JSON.stringify(request));
        const lines = text.split("\n").map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.slice(0, -1).map((one) => one.id),
            ["logs", "log-volume", "errors-by-pod", "cluster-logs"],
        );
        assert.equal(lines.at(-1).exportedCount, 4);
        elasticsearch.documents.clear();
        const { body } = await importFile(text);
        assert.deepEqual([body.success, body.successCount], [true, 4]);
        const absent = { objects: [{ type: "search", id: "nothing" }] };
        assert.equal((await send("POST", "/api/saved_objects/_export", JSON.stringify(absent))).status, 400);
    });

    it("passes on an error of Elasticsearch", async () => {
        await elasticsearch.close();
        const { status, body } = await get("/api/saved_objects/_find?type=search");
        assert.equal(status, 503);
        assert.match(body.message, /no answer from Elasticsearch/);
    });
});

describe("a form's file", () => {
    const type = "multipart/form-data; boundary=xx";
    const form = (...parts: string[]) =>
        Buffer.from(`${parts.map((part) => `--xx\r\n${part}\r\n`).join("")}--xx--\r\n`);

    it("is found among other parts, whole, whatever is in it", () => {
        const text = '{"a": "ä"}\n\r\n--x not the boundary\r\n';
        const body = form(
            'Content-Disposition: form-data; name="other"\r\n\r\n1',
            `Content-Disposition: form-data; name="file"; filename="a.ndjson"\r\nContent-Type: text/plain\r\n\r\n${text}`,
        );
        assert.deepEqual(formFile(type, body, "file"), { name: "a.ndjson", text });
        assert.deepEqual(formFile('multipart/form-data; boundary="xx"', body, "file")?.text, text);
    });

    it("is not found where there is none", () => {
        assert.equal(formFile(type, form('Content-Disposition: form-data; name="file"\r\n\r\n1'), "file"), undefined);
        assert.equal(formFile("application/json", Buffer.from("{}"), "file"), undefined);
        assert.equal(formFile(type, Buffer.from("nothing"), "file"), undefined);
    });
});
