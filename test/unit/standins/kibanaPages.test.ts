import * as assert from "node:assert/strict";

import { savedObjectsFile } from "../../../apps/elk/savedObjects";
import { Elasticsearch } from "../../../rehearsal/standins/kibana/elasticsearch";
import { markup } from "../../../rehearsal/standins/kibana/markup";
import { Objects } from "../../../rehearsal/standins/kibana/objects";
import { kibana } from "../../../rehearsal/standins/kibana/server";
import { rangeOf } from "../../../rehearsal/standins/kibana/time";
import { importObjects } from "../../../rehearsal/standins/kibana/transfer";
import { TestElasticsearch, empty, testElasticsearch } from "./elasticsearch";
import { TestServer, serve } from "./server";

const hostile = `<script>alert(1)</script></td></table>"'&<img src=x onerror=alert(1)>`;
const bucket = (key: number | string, doc_count: number, groups?: object[]) => ({
    ...{ key, doc_count },
    ...(groups && { group: { buckets: groups } }),
});

describe("the pages of Kibana's stand-in", () => {
    let elasticsearch: TestElasticsearch;
    let objects: Objects;
    let server: TestServer;

    beforeEach(async () => {
        elasticsearch = await testElasticsearch();
        const client = new Elasticsearch(elasticsearch.url);
        objects = new Objects(client);
        const stand = kibana(client, objects);
        server = await serve(stand.handler);
        stand.start();
    });
    afterEach(() => Promise.all([server.close(), elasticsearch.close()]));

    const load = () => importObjects(objects, savedObjectsFile(), true);
    async function page(path: string) {
        const response = await fetch(`${server.url}${path}`);
        return { status: response.status, url: response.url, text: await response.text(), headers: response.headers };
    }

    it("begin with the search page, and say on each that this is a stand-in", async () => {
        const first = await page("/");
        assert.equal(new URL(first.url).pathname, "/app/discover");
        assert.match(first.text, /No data view has been imported/);
        for (const path of ["/app/discover", "/app/dashboards", "/app/nothing"])
            assert.match((await page(path)).text, /Stand-in for Kibana/);
        assert.equal((await page("/app/nothing")).status, 404);
    });

    it("search in the data view, for the query, in the range of time, newest first", async () => {
        await load();
        await page("/app/discover?q=message:error&range=6h");
        const [{ index, body }] = elasticsearch.searches;
        assert.equal(index, "logs*");
        assert.deepEqual(body.sort, [{ "@timestamp": { order: "desc", unmapped_type: "date" } }]);
        const [{ range }, { query_string }] = body.query.bool.filter;
        assert.equal(range["@timestamp"].lte - range["@timestamp"].gte, 6 * 3600 * 1000);
        assert.equal(query_string.query, "message:error");
        assert.equal(body.aggs.time.date_histogram.fixed_interval, "360000ms");
    });

    it("show the lines that were found with the saved search's columns", async () => {
        await load();
        const source = {
            "@timestamp": "2026-01-02T03:04:05.678Z",
            kubernetes: { namespace: "nacos", "pod.name": "nacos-0" },
            message: "started",
        };
        const hits = { total: { value: 1234 }, hits: [{ _id: "1", _source: source }] };
        const buckets = [bucket(Date.UTC(2026, 0, 2, 3), 3), bucket(Date.UTC(2026, 0, 2, 4), 1231)];
        elasticsearch.answer.body = { hits, aggregations: { time: { buckets } } };
        const { text } = await page("/app/discover");
        for (const part of ["2026-01-02 03:04:05.678", '<td class="short" data-name="namespace">nacos</td>', "nacos-0"])
            assert.ok(text.includes(part), part);
        assert.match(text, /1,234 lines/);
        assert.match(text, /The newest 1 of them/);
        assert.equal(text.match(/<rect /g)?.length, 2);
    });

    it("let nothing in a log line, a name or a query be read as HTML", async () => {
        await load();
        const source = { "@timestamp": hostile, kubernetes: { namespace: hostile }, message: hostile, [hostile]: 1 };
        const hits = { total: { value: 1 }, hits: [{ _id: "1", _source: source }] };
        const groups = [bucket(hostile, 1)];
        const buckets = [bucket(hostile, 1, groups)];
        elasticsearch.answer.body = { hits, aggregations: { time: { buckets }, segment: { buckets } } };
        const query = encodeURIComponent(`"><b>${hostile}`);
        for (const path of [
            `/app/discover?q=${query}`,
            "/app/dashboards/view/cluster-logs",
            `/app/dashboards/view/${query}`,
        ]) {
            const { text, headers } = await page(path);
            assert.ok(!/<script>alert|<img|<b>|onerror=alert\(1\)>/.test(text), path);
            assert.ok(text.includes("&lt;script&gt;alert(1)&lt;/script&gt;"), path);
            assert.match(headers.get("content-security-policy")!, /default-src 'none'.*script-src 'sha256-/);
        }
    });

    it("show a query's mistake beside the query", async () => {
        await load();
        elasticsearch.answer = {
            status: 400,
            body: { error: { root_cause: [{ reason: "Failed to parse query [a:(]" }] } },
        };
        const { status, text } = await page("/app/discover?q=a:(");
        assert.equal(status, 200);
        assert.match(text, /value="a:\("/);
        assert.match(text, /class="problem">Failed to parse query \[a:\(\]/);
    });

    it("list the dashboards, and show one's panels with what their visualizations ask", async () => {
        await load();
        assert.match((await page("/app/dashboards")).text, /href="\/app\/dashboards\/view\/cluster-logs">Cluster logs/);
        const buckets = [bucket(Date.UTC(2026, 0, 2), 5, [bucket("a", 3), bucket("b", 2)])];
        elasticsearch.answer.body = { ...empty, aggregations: { segment: { buckets } } };
        const { text } = await page("/app/dashboards/view/cluster-logs");
        assert.match(text, /Log volume by namespace[\s\S]*Errors by pod/);
        assert.match(text, /<option value="1h" selected>/);
        const asked = elasticsearch.searches.map(({ body }) => body);
        const volume = asked.find((body) => body.aggs.segment.date_histogram)!;
        assert.equal(volume.aggs.segment.aggs.group.terms.field, "kubernetes.namespace");
        const errors = asked.find((body) => body.aggs.segment.terms)!;
        assert.equal(errors.aggs.segment.terms.field, "kubernetes.pod.name");
        assert.match(errors.query.bool.filter[1].query_string.query, /error OR exception/);
        assert.equal((await page("/app/dashboards/view/nothing")).status, 404);
    });

    it("say what a panel can't show, and show the others", async () => {
        await load();
        const document = elasticsearch.documents.get("visualization:log-volume")!;
        document.visualization = { title: "Map", visState: JSON.stringify({ type: "tile_map", aggs: [] }) };
        elasticsearch.documents.delete("visualization:errors-by-pod");
        const { status, text } = await page("/app/dashboards/view/cluster-logs");
        assert.equal(status, 200);
        assert.match(text, /does not show this kind of panel/);
        assert.match(text, /What this panel shows is not there/);
    });

    it("say when Elasticsearch does not answer", async () => {
        await load();
        await elasticsearch.close();
        const { status, text } = await page("/app/discover");
        assert.equal(status, 503);
        assert.match(text, /no answer from Elasticsearch/);
    });
});

describe("pieces of those pages", () => {
    it("escape every value that is no markup", () => {
        const inner = markup`<i>${"<&>"}</i>`;
        assert.equal(
            markup`<p title="${`"'`}">${[inner, undefined, 1, "<"]}</p>`.html,
            `<p title="&quot;&#39;"><i>&lt;&amp;&gt;</i>1&lt;</p>`,
        );
    });

    it("take the range that is asked for, else the dashboard's, else an hour", () => {
        assert.equal(rangeOf("7d", "now-1h").name, "7d");
        assert.equal(rangeOf(null, "now-24h").name, "24h");
        assert.equal(rangeOf("x", "now/d").name, "1h");
    });
});
