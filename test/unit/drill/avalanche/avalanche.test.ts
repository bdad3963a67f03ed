import { strict as assert } from "node:assert";
import { avalanche } from "../../../../operations/drill/avalanche/avalanche";
import { tidy } from "../../../../operations/drill/avalanche/tidy";
import { type DrillRecord, passed } from "../../../../operations/drill/record";
import { runDrill } from "../../../../operations/drill/run";
import { verdict } from "../../../../operations/drill/report/text";
import { html } from "../../../../operations/drill/report/html";
import type { Undo } from "../../../../operations/drill/undo";
import { waitFor } from "../../../../operations/status/wait";
import type { StandInApi } from "../../status/standins";
import { Stand } from "../stand";

const missed = ({ wants }: DrillRecord) => wants.filter(({ met }) => !met).map(({ what }) => what);
const phases = (record: DrillRecord) => record.phases.map(({ name }) => name);

describe("the avalanche", () => {
    it("passes on a stack that refuses the install, and holds it when the guardrails are off", async () => {
        const stand = new Stand();
        const record = await runDrill(avalanche, stand.context());
        assert.deepEqual([record.broken, missed(record)], [undefined, []]);
        assert.equal(passed(record), true);
        assert.deepEqual(phases(record), ["before", "as it is", "removed", "guardrails off", "removed", "after"]);
        assert.deepEqual(
            record.messages.map(({ from, text }) => `${from}: ${text}`),
            ['install: deployments.apps "hog-…" is forbidden: the namespace has no ResourceQuota'],
        );
        const what = [
            "SSH master",
            "SSH node-01",
            "MySQL",
            "Nacos",
            "Kubernetes API",
            "nodes Ready",
            "data tier's pods",
        ];
        assert.deepEqual(Object.keys(record.samples).sort(), what.sort());
        const fact = record.facts.find(({ name }) => name === "Watermark crossed")?.value;
        assert.match(fact!, /^not told; memory was above 85 % from [\d.]+ m?s on$/);
        assert.deepEqual(stand.left(), []);
        assert.match(html(record), /goals were met/);
    });

    it("fails where nothing stops the install", async () => {
        const stand = new Stand();
        stand.guardrails = false;
        const record = await runDrill(avalanche, stand.context());
        assert.deepEqual(missed(record), ["The guardrails stop the install as it is, and say why"]);
        assert.deepEqual(stand.left(), []);
    });

    it("fails where the data tier goes, and says what has become of it", async () => {
        const stand = new Stand();
        stand.fragile = true;
        const context = stand.context();
        // The probes must see it: they come once or twice a second.
        const rest = context.rest;
        context.rest = async (seconds) => {
            await rest(seconds);
            const seen = () =>
                Object.values(context.recorder.record.samples)
                    .flat()
                    .filter(({ failure }) => failure);
            if (stand.eating) await waitFor(async () => seen().length > 2, 10, "no probe failed");
        };
        const record = await runDrill(avalanche, context);
        assert.ok(missed(record).includes("MySQL takes a row and gives it back"), missed(record).join());
        const tier = record.wants.find(({ what }) => what.startsWith("MySQL's, Elasticsearch's"))!;
        assert.deepEqual([tier.met, tier.got], [false, "mysql/mysql-0 is gone"]);
        assert.deepEqual(stand.left(), []);
    });

    it("takes every protection away when it is told to, and puts each back", async () => {
        const stand = new Stand();
        const record = await runDrill(avalanche, stand.context(["without-protection"]));
        assert.equal(record.broken, undefined);
        assert.deepEqual(phases(record), ["before", "taken away", "without protection", "removed", "after"]);
        const of = (word: string) => stand.scripts.filter((script) => script.endsWith(word)).sort();
        assert.deepEqual(of("systemd-run"), ["master systemd-run", "node-01 systemd-run"]);
        const last = stand.scripts.slice(stand.scripts.findLastIndex((script) => script.endsWith("systemd-run")) + 1);
        assert.ok(["master", "node-01"].every((host) => last.includes(`${host} drill-kubelet`)));
        assert.deepEqual(stand.left(), []);
    });

    it("restarts a host that hangs through the cloud, once, and puts everything back on it", async () => {
        const stand = new Stand();
        const context = stand.context(["without-protection"]);
        const { rest, recorder } = context;
        let jumps = 3;
        context.rest = async (seconds) => {
            await rest(seconds);
            const now = recorder.record.phases.at(-1)!.name;
            if (now === "without protection" && stand.eating) stand.hung.add("node-01");
            if (now !== "removed" || jumps-- <= 0) return;
            stand.skipped += 25_000;
            // The other host answers all the while.
            const from = recorder.now();
            const answered = async () => recorder.record.samples["SSH master"].at(-1)!.at >= from;
            await waitFor(answered, 10, "master was not tried");
        };
        const record = await runDrill(avalanche, context);
        assert.equal(record.broken, undefined);
        const told = record.messages.filter(({ from }) => from === "cloud");
        assert.deepEqual(
            told.map(({ text }) => text.replace(/\d+ s/, "… s")),
            ["node-01 heard nothing for … s and was restarted through the cloud"],
        );
        assert.deepEqual(record.facts.find(({ name }) => name === "Restart")?.value, told[0].text);
        assert.ok(stand.said.includes(told[0].text.replace("was", "is being")), stand.said.join());
        assert.deepEqual(missed(record), ["node-01 answers over SSH"]);
        const repair = record.wants.find(({ what }) => what.startsWith("Everything is as before"))!;
        assert.match(`${repair.wanted} ${repair.got}`, /^within 10 min 0 s after (7|8)\d s$/);
        assert.match(verdict(record), /1 of \d+ goals were missed/);
        assert.deepEqual(stand.left(), []);
    });

    it("makes the install as it is told to", async () => {
        const context = new Stand().context(["burstable"]);
        const asked = (context.api as StandInApi).requests;
        await runDrill(avalanche, context);
        const made = asked.filter(({ method, path }) => method === "POST" && path.endsWith("/deployments"));
        assert.ok(made.length > 0 && made.every(({ asked }) => asked.body!.includes('"requests":{"memory":"16Mi"}')));
    });

    it("puts everything back when it is interrupted", async () => {
        for (const flags of [[], ["without-protection"]]) {
            const stand = new Stand();
            const end = new AbortController();
            const running = runDrill(avalanche, stand.context(flags, end.signal));
            await waitFor(async () => stand.eating, 10, "the install did not begin");
            end.abort(new Error("ended by Ctrl-C"));
            const record = await running;
            assert.equal(record.broken, "ended by Ctrl-C");
            assert.deepEqual([stand.left(), missed(record)], [[], []]);
        }
    });

    it("comes to its end where MySQL does not: that is a goal that was missed", async () => {
        const context = new Stand().context();
        const reach = context.reach;
        context.reach = async (addresses) => {
            const services = await reach(addresses);
            const sql = services.sql("");
            const dead = (statement: string) => statement.startsWith("SELECT number, content");
            return {
                ...services,
                sql: () => async (statement, values) => {
                    if (dead(statement)) throw new Error("connect ECONNREFUSED");
                    return sql(statement, values);
                },
            };
        };
        const record = await runDrill(avalanche, context);
        assert.equal(record.broken, undefined);
        assert.deepEqual(missed(record), ["No row that MySQL took is lost"]);
        assert.match(record.wants.find(({ met }) => !met)!.got, /^not compared: connect ECONNREFUSED$/);
    });

    it("leaves what is not its own, whatever its label", async () => {
        const stand = new Stand();
        const labels = { "test-cluster/drill": "avalanche" };
        stand.namespaces.set("team", { metadata: { name: "team", labels }, spec: {}, quota: true, deployments: [] });
        const context = stand.context();
        const deleted: string[] = [];
        const request = context.api.request.bind(context.api);
        context.api.request = (method, path, asked) => {
            if (method === "DELETE") deleted.push(path);
            return request(method, path, asked);
        };
        await runDrill(avalanche, context);
        const lease = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/test-cluster-drill";
        assert.deepEqual([...new Set(deleted)].sort(), ["/api/v1/namespaces/drill-avalanche", lease]);
    });

    it("leaves what tidying up puts back, when it is killed", async () => {
        const stand = new Stand();
        const end = new AbortController();
        const context = stand.context(["without-protection"], end.signal);
        const steps: [string, () => Promise<void>][] = [];
        const later = (what: string, _: number, run: () => Promise<void>) => void steps.push([what, run]);
        context.undo = { later, all: async () => [] } as unknown as Undo;
        const running = runDrill(avalanche, context);
        await waitFor(async () => stand.eating, 10, "the install did not begin");
        end.abort(new Error("killed"));
        await running;
        // What goes with the process that is killed.
        for (const [what, run] of steps) if (/probes|claim/.test(what)) await run();
        assert.deepEqual(stand.left(), ["drill-avalanche", "known", "master", "node-01", "kept"]);
        await tidy(stand.context());
        assert.deepEqual(stand.left(), ["known"], "the next drill overwrites what it knows by");
    });

    it("is tidied up on a host that hangs, too, by a restart through the cloud", async () => {
        const stand = new Stand();
        stand.hung.add("node-01");
        // A clock on which a minute takes less than a second.
        await tidy(stand.context(), () => Date.now() * 100);
        assert.deepEqual([...stand.hung], []);
        const restart = stand.said.find((text) => text.endsWith("restarted through the cloud"));
        assert.match(restart ?? "", /^node-01 heard nothing for \d+ /);
    });

    it("does not begin while another drill has the stack, and leaves it alone", async () => {
        const stand = new Stand();
        const end = new AbortController();
        const first = runDrill(avalanche, stand.context([], end.signal));
        await waitFor(async () => stand.eating, 10, "the install did not begin");
        const second = await runDrill(avalanche, stand.context());
        assert.match(second.broken!, /^a drill has run on this stack since 2\d{3}-.*, process \d+ on /);
        assert.deepEqual([stand.eating, phases(second)], [true, []]);
        end.abort(new Error("ended by Ctrl-C"));
        await first;
        assert.deepEqual(stand.left(), []);
    });

    it("does not begin on a stack that is not well", async () => {
        const stand = new Stand();
        stand.fragile = true;
        stand.namespaces.set("other", {
            metadata: { name: "other" },
            spec: {},
            quota: false,
            deployments: [{ metadata: { name: "hog" }, spec: { template: { spec: { containers: [] } } } }],
        });
        const context = stand.context();
        // The namespace is somebody else's, so it is not tidied away.
        const request = context.api.request.bind(context.api);
        context.api.request = (method, path, asked) =>
            path.includes("labelSelector")
                ? Promise.resolve({ status: 200, body: '{"items":[]}' })
                : request(method, path, asked);
        const record = await runDrill(avalanche, context);
        assert.match(record.broken!, /^the stack is not well before the drill: /);
        assert.deepEqual(phases(record), ["before"]);
    });
});
