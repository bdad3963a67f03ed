import { strict as assert } from "node:assert";
import type { Pod } from "../../../operations/status/kinds";
import { logProbe } from "../../../operations/status/logs";
import { pod, StandInApi } from "./standins";

const pods = "/api/v1/namespaces/logging/pods";
const search = "POST /api/v1/namespaces/logging/services/elasticsearch:9200/proxy/logs/_search";
const filebeat = ["node-01", "node-02"].map((nodeName): Pod => {
    const made = pod(`logging/filebeat-${nodeName}`, {});
    return { ...made, spec: { ...made.spec, nodeName } };
});

/** Stands in for a cluster that runs pods and Elasticsearch that gets their lines, but for those of lost nodes. */
function logging(lost: string[] = [], late = 0) {
    const running = new Map<string, { node: string; line: string; image: string }>();
    const name = (path: string) => path.split("/").at(6)!.split("?")[0];
    const api: StandInApi = new StandInApi({
        [`GET ${pods}`]: () => ({ items: [] }),
        [`POST ${pods}`]: ({ body }) => {
            const { metadata, spec } = JSON.parse(body!) as Pod & { spec: { containers: { command: string[] }[] } };
            const [{ image = "", command }] = spec.containers;
            running.set(metadata.name, { node: spec.nodeName!, line: command[2].replace("echo ", ""), image });
            return {};
        },
        [`GET ${pods}/[^/]+/log`]: () => {
            const found = running.get(name(api.requests.at(-1)!.path));
            return found ? `${found.line}\n` : { status: 404, body: "" };
        },
        [`GET ${pods}/[^/]+`]: () => ({
            metadata: { name: "p" },
            spec: { containers: [] },
            status: { phase: "Pending" },
        }),
        [`DELETE ${pods}/[^/]+`]: () => {
            running.delete(name(api.requests.at(-1)!.path));
            return {};
        },
        [search]: ({ body }) => {
            const { query } = JSON.parse(body!) as { query: { match: { message: string } } };
            const found = [...running.values()].find(({ line }) => line === query.match.message);
            return { hits: { hits: found && late-- <= 0 && !lost.includes(found.node) ? [{}] : [] } };
        },
    });
    return { api, running };
}

const probe = (api: StandInApi, seconds = 3, signal = new AbortController().signal) =>
    logProbe(api, filebeat, seconds, signal);
const created = ({ requests }: StandInApi) => requests.filter(({ method }) => method === "POST").slice(0, 2);

describe("a log line's way into Elasticsearch", () => {
    it("is gone from every node of Filebeat's, by pods of its image that are deleted afterwards", async () => {
        const { api, running } = logging([], 2);
        const seconds = await probe(api);
        assert.ok(seconds > 0 && seconds < 3, String(seconds));
        const bodies = created(api).map(({ asked }) => JSON.parse(asked.body!) as Pod);
        assert.deepEqual(
            bodies.map(({ spec }) => [spec.nodeName, spec.containers[0].image]),
            filebeat.map(({ spec }) => [spec.nodeName, "image:1"]),
        );
        assert.equal(running.size, 0);
    });

    it("fails naming the node whose line does not arrive, and deletes the pods all the same", async () => {
        const { api, running } = logging(["node-02"]);
        await assert.rejects(probe(api, 0.3), /^Error: node-02: its line was not in Elasticsearch within 0\.3 s$/);
        assert.equal(running.size, 0);
    });

    it("fails with the reason of a pod that prints nothing", async () => {
        const { api } = logging();
        const signal = AbortSignal.timeout(1);
        api.replies[`GET ${pods}/[^/]+/log`] = () => ({ status: 400, body: "waiting to start" });
        await assert.rejects(probe(api, 3, signal), /node-01: .*: p: Pending; node-02: .*: p: Pending$/);
        api.replies[`GET ${pods}/[^/]+`] = () => ({ status: 404, body: "{}" });
        await assert.rejects(probe(api, 3, signal), /node-01: .*: it is gone \(404\)/);
    });

    it("fails with Elasticsearch's words when it knows no logs", async () => {
        const { api } = logging();
        api.replies[search] = () => ({
            status: 404,
            body: JSON.stringify({ error: { reason: "no such index [logs]" } }),
        });
        await assert.rejects(probe(api), /node-01: POST .*_search: 404 no such index \[logs\]; node-02/);
    });

    it("ends early when nobody waits, its pods deleted", async () => {
        const { api, running } = logging(["node-01", "node-02"]);
        const end = new AbortController();
        const ended = assert.rejects(probe(api, 20, end.signal), /ended by Ctrl-C/);
        end.abort(new Error("ended by Ctrl-C"));
        await ended;
        assert.equal(running.size, 0);
    });

    it("deletes the pods that an earlier look had to leave, and no others", async () => {
        const { api } = logging();
        const aged = (name: string, seconds: number) => ({
            metadata: { name, creationTimestamp: new Date(Date.now() - seconds * 1000).toISOString() },
        });
        api.replies[`GET ${pods}`] = () => ({ items: [aged("old", 400), aged("new", 10)] });
        await probe(api);
        const deleted = api.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
        assert.ok(deleted.includes(`${pods}/old?gracePeriodSeconds=0`));
        assert.ok(!deleted.some((path) => path.includes("/new")));
    });
});
