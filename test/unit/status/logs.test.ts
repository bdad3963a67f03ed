import { strict as assert } from "node:assert";
import { Elasticsearch } from "../../../operations/status/elasticsearch";
import type { Pod } from "../../../operations/status/kinds";
import { logProbe } from "../../../operations/status/logs";
import { pod, StandInApi, StandInShell } from "./standins";

const pods = "/api/v1/namespaces/logging/pods";
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
    });
    const shell = new StandInShell({});
    shell.run = async (host, script) => {
        shell.runs.push({ host, script });
        const asked = [...running.values()].filter(({ line }) => /^JSON=.*/m.exec(script)![0].includes(line));
        const there = late-- > 0 ? [] : asked.filter(({ node }) => !lost.includes(node));
        const hits = there.map(({ line }) => ({ _source: { message: line } }));
        return { stdout: `${JSON.stringify({ hits: { hits } })}\n4000\n` };
    };
    return { api, running, shell };
}

const probe = ({ api, shell }: ReturnType<typeof logging>, seconds = 3, signal = new AbortController().signal) =>
    logProbe(api, new Elasticsearch(shell, "master"), filebeat, seconds, signal);
const created = ({ requests }: StandInApi) => requests.filter(({ method }) => method === "POST").slice(0, 2);

describe("a log line's way into Elasticsearch", () => {
    it("is gone from every node of Filebeat's, by pods of its image that are deleted afterwards", async () => {
        const stack = logging([], 1);
        const { api, running } = stack;
        const seconds = await probe(stack);
        assert.ok(seconds > 0 && seconds < 3, String(seconds));
        const bodies = created(api).map(({ asked }) => JSON.parse(asked.body!) as Pod);
        assert.deepEqual(
            bodies.map(({ spec }) => [spec.nodeName, spec.containers[0].image]),
            filebeat.map(({ spec }) => [spec.nodeName, "image:1"]),
        );
        assert.equal(running.size, 0);
    });

    it("fails naming the node whose line does not arrive, and deletes the pods all the same", async () => {
        const stack = logging(["node-02"]);
        await assert.rejects(probe(stack, 0.3), /^Error: node-02: its line was not in Elasticsearch within 0\.3 s$/);
        assert.equal(stack.running.size, 0);
    });

    it("asks Elasticsearch for all lines at once, on the host that kubectl is on, not more than once a second", async () => {
        const stack = logging(["node-02"]);
        const began = Date.now();
        await assert.rejects(probe(stack, 1.2));
        const most = 1 + (Date.now() - began) / 1000;
        assert.ok(stack.shell.runs.length <= most, `${stack.shell.runs.length} times, not ${most}`);
        const [{ host, script }] = stack.shell.runs;
        assert.equal(host, "master");
        assert.match(script, /^METHOD=POST\nPLACE='\/logs\/_search\?size=2'$/m);
        for (const { asked } of created(stack.api)) {
            const [, line] = /echo (\w+)/.exec(asked.body!)!;
            assert.ok(script.includes(line), line);
        }
    });

    it("fails with the reason of a pod that prints nothing", async () => {
        const stack = logging();
        const { api } = stack;
        const signal = AbortSignal.timeout(1);
        api.replies[`GET ${pods}/[^/]+/log`] = () => ({ status: 400, body: "waiting to start" });
        await assert.rejects(probe(stack, 3, signal), /node-01: .*: p: Pending; node-02: .*: p: Pending$/);
        api.replies[`GET ${pods}/[^/]+`] = () => ({ status: 404, body: "{}" });
        await assert.rejects(probe(stack, 3, signal), /node-01: .*: it is gone \(404\)/);
    });

    it("fails with Elasticsearch's words when it knows no logs", async () => {
        const stack = logging();
        const failure = `{"error":{"root_cause":[{"reason":"no such index [logs]"}]}}`;
        stack.shell.run = async () => ({ stdout: "", failure });
        await assert.rejects(probe(stack), /^Error: node-01: no such index \[logs\]; node-02: no such index \[logs\]$/);
        assert.equal(stack.running.size, 0);
    });

    it("ends early when nobody waits, its pods deleted", async () => {
        const stack = logging(["node-01", "node-02"]);
        const end = new AbortController();
        const ended = assert.rejects(probe(stack, 20, end.signal), /ended by Ctrl-C/);
        end.abort(new Error("ended by Ctrl-C"));
        await ended;
        assert.equal(stack.running.size, 0);
    });

    it("deletes the pods that an earlier look had to leave, and no others", async () => {
        const stack = logging();
        const { api } = stack;
        const aged = (name: string, seconds: number) => ({
            metadata: { name, creationTimestamp: new Date(Date.now() - seconds * 1000).toISOString() },
        });
        api.replies[`GET ${pods}`] = () => ({ items: [aged("old", 400), aged("new", 10)] });
        await probe(stack);
        const deleted = api.requests.filter(({ method }) => method === "DELETE").map(({ path }) => path);
        assert.ok(deleted.includes(`${pods}/old?gracePeriodSeconds=0`));
        assert.ok(!deleted.some((path) => path.includes("/new")));
    });
});
