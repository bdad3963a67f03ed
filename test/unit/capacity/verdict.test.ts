import { strict as assert } from "node:assert";
import * as path from "node:path";
import type { Cluster } from "../../../operations/capacity/cluster";
import { inputs } from "../../../operations/capacity/input";
import { readManifest } from "../../../operations/capacity/manifest";
import { judge } from "../../../operations/capacity/verdict";
import { gi, mi, node, running, threeHosts } from "./cluster";

const chart = (name: string) => readManifest(inputs([path.join(__dirname, "manifests", `${name}.yaml`)]));

interface App {
    replicas?: number;
    request?: string;
    limit?: string;
    more?: string;
}

/** A Deployment of one container. */
function app({ replicas = 1, request, limit, more = "" }: App) {
    const resources = JSON.stringify({
        ...(request && { requests: { memory: request, cpu: "100m" } }),
        ...(limit && { limits: { memory: limit } }),
    });
    return readManifest([
        {
            file: "app.yaml",
            text:
                "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web, namespace: shop }\n" +
                `spec: { replicas: ${replicas}, template: { metadata: { labels: { app: web } }, ` +
                `spec: { ${more} containers: [{ name: web, resources: ${resources} }] } } }\n`,
        },
    ]);
}

describe("the verdict", () => {
    it("is good where everything has a place and a bound", () => {
        const verdict = judge(app({ replicas: 2, request: "256Mi", limit: "512Mi" }), threeHosts());
        assert.deepEqual(verdict.faults, []);
        assert.equal(verdict.asks.requests.memory, 512 * mi);
        assert.equal(verdict.asks.limits.memory, gi);
        const asked = verdict.nodes.map(({ before, after }) => after.requests.memory - before.requests.memory);
        assert.equal(
            asked.reduce((sum, each) => sum + each),
            512 * mi,
        );
    });

    it("names what finds no place, and what each node says against it", () => {
        const { faults, waiting } = judge(app({ replicas: 2, request: "6Gi", limit: "6Gi" }), threeHosts());
        assert.equal(waiting.length, 2);
        assert.match(faults[0], /^No place for shop\/web-0, shop\/web-1 \(master: .*; node-01: .*; node-02: .*\)\.$/);
    });

    it("names what goes above a watermark, by how much", () => {
        const { faults } = judge(app({ request: "4Gi", limit: "4Gi" }), threeHosts());
        assert.match(
            faults.join("\n"),
            /^node-01: memory requests would be 6 GiB, 88 % of the 6\.8 GiB it can give, 225 MiB above the watermark of 85 %\.$/m,
        );
        const limits = judge(app({ request: "1Gi", limit: "10Gi" }), threeHosts()).faults.join("\n");
        assert.match(limits, /memory limits would be \d+ GiB, 1\d\d % .* above the watermark of 150 %/);
        const own = judge(app({ request: "4Gi", limit: "4Gi" }), threeHosts(), { requests: 0.95, limits: 1.5 });
        assert.doesNotMatch(own.faults.join("\n"), /memory requests/);
    });

    it("does not blame a manifest for what was above a watermark before", () => {
        const nodes = [node("a", 4, 8), node("b", 4, 8)];
        const cluster = threeHosts({ nodes, pods: [running("mysql", "a", "6500Mi")], used: {} });
        assert.deepEqual(judge(app({ request: "64Mi", limit: "64Mi" }), cluster).faults, []);
    });

    it("counts what is really used where that is more than what is requested", () => {
        const used = { "node-01": { cpu: 0, memory: 5.5 * gi } };
        const { faults } = judge(app({ request: "1Gi", limit: "1Gi" }), threeHosts({ used }));
        assert.match(faults.join(), /node-01: memory used now and asked in addition would be 6\.5 GiB, 96 %/);
    });

    it("names every container without a limit: nothing holds it", () => {
        const { faults, lines } = judge(app({ request: "64Mi" }), threeHosts());
        assert.deepEqual(lines[0].unbounded, { request: [], limit: ["web"] });
        assert.deepEqual(faults, ["1 container has no memory limit: it may take all the memory of its node."]);
    });

    it("names what of the others would lose its place to it", () => {
        const manifest = app({ request: "4Gi", limit: "4Gi", more: "priorityClassName: high," });
        manifest.priorities.high = 1000;
        // Also where nothing makes it anew, so that it would not even wait.
        for (const owner of ["StatefulSet kibana", ""]) {
            const kibana = { ...running("kibana", "node-01", "4Gi"), owner };
            const cluster = threeHosts({ nodes: [node("node-01", 4, 8)], pods: [kibana], used: {} });
            const { harmed, faults } = judge(manifest, cluster);
            assert.deepEqual(
                harmed.map(({ pod }) => pod),
                ["apps/kibana-0"],
            );
            assert.match(faults[0], /^apps\/kibana-0, which runs now, would lose its place\.$/);
        }
    });

    it("expects nothing to be moved while the only control plane is lost", () => {
        const labels = { "node-role.kubernetes.io/control-plane": "" };
        const stills = (...planes: string[]) => {
            const all = threeHosts().nodes.map((each) => ({
                ...each,
                labels: { ...each.labels, ...(planes.includes(each.name) && labels) },
            }));
            return judge(chart("istio"), threeHosts({ nodes: all })).losses.filter(({ still }) => still);
        };
        assert.deepEqual(stills("master"), [{ node: "master", still: true, waiting: [], harmed: [] }]);
        assert.deepEqual(stills("master", "node-01"), []);
    });

    it("tells who would wait with each node lost, and blames it for others that would", () => {
        const { losses, faults } = judge(chart("istio"), threeHosts());
        const by = Object.fromEntries(losses.map((loss) => [loss.node, loss]));
        assert.deepEqual([by.master.waiting, by.master.harmed], [[], []]);
        assert.equal(by["node-01"].waiting[0].pod, "istio-system/istiod-0");
        assert.equal(by["node-02"].harmed[0].pod, "apps/elasticsearch-0");
        assert.match(faults[0], /^With node-02 lost, apps\/elasticsearch-0 would find no place any more\.$/);
    });

    it("names who finds a place only by chance", () => {
        const pod = (name: string, memory: string, more: string) =>
            `{apiVersion: v1, kind: Pod, metadata: {name: ${name}, namespace: shop}, ` +
            `spec: {${more}, containers: [{name: c, resources: {limits: {memory: ${memory}}}}]}}\n`;
        const bound = "nodeSelector: {kubernetes.io/hostname: node-02}";
        const judged = (first: string) => {
            const text = `${pod("first", first, "priority: 9")}---\n${pod("bound", "5Gi", bound)}`;
            const cluster = threeHosts({ nodes: [node("node-01", 4, 8), node("node-02", 4, 8)], pods: [], used: {} });
            return judge(readManifest([{ file: "shop.yaml", text }]), cluster);
        };
        const { waiting, perhaps, faults } = judged("2Gi");
        assert.deepEqual([waiting, perhaps], [[], ["shop/bound"]]);
        assert.match(faults[0], /^shop\/bound may find no place: the scheduler draws lots/);
        assert.deepEqual(judged("512Mi").faults, []);
    });

    it("knows the runs of a CronJob that is installed anew", () => {
        const run = { ...running("sweep", "node-01", "1Gi"), namespace: "shop", owner: "Job sweep-29398123" };
        const text = `{apiVersion: batch/v1, kind: CronJob, metadata: {name: sweep, namespace: shop}, spec: {jobTemplate:
            {spec: {template: {spec: {containers: [{name: c, resources: {limits: {memory: 64Mi}}}]}}}}}}`;
        const judged = (pod: typeof run) => {
            const cluster = threeHosts({ pods: [pod] });
            return judge(readManifest([{ file: "sweep.yaml", text }]), cluster).lines[0].replaces;
        };
        assert.deepEqual([judged(run), judged({ ...run, owner: "Job sweeper-29398123" })], [true, false]);
    });

    it("puts what runs already out before it is put in anew", () => {
        const old = { ...running("web", "node-01", "4Gi"), namespace: "shop", owner: "ReplicaSet web-5d9c7" };
        const cluster = threeHosts();
        const beside: Cluster = { ...cluster, pods: [...cluster.pods, old] };
        const { lines, nodes } = judge(app({ request: "1Gi", limit: "1Gi" }), beside);
        assert.equal(lines[0].replaces, true);
        assert.equal(
            nodes.reduce((sum, { after }) => sum + after.pods, 0),
            6,
        );
    });
});

describe("well-known charts on three hosts", () => {
    it("Rancher asks for nothing, and is refused for what it is documented to need", () => {
        const { asks, faults, known, unknown, notes } = judge(chart("rancher"), threeHosts());
        assert.deepEqual([asks.pods, asks.requests.memory], [3, 0]);
        assert.equal(known[0].install.name, "Rancher");
        assert.deepEqual(faults, [
            "1 container has no memory limit: it may take all the memory of its node.",
            "Rancher is documented to need 3 nodes with 4 CPU and 16 GB each: none of 3 is so big.",
        ]);
        assert.deepEqual(unknown, [{ apiVersion: "cert-manager.io/v1", kind: "Issuer", names: ["rancher"] }]);
        assert.match(notes[0], /post-delete/);
    });

    it("Rancher fits where it has what it needs, and a limit", () => {
        const manifest = chart("rancher");
        manifest.workloads[0].spec.containers[0].resources = { limits: { memory: "2Gi" }, requests: { memory: "1Gi" } };
        const nodes = ["a", "b", "c"].map((name) => node(name, 4, 16));
        assert.deepEqual(judge(manifest, threeHosts({ nodes, pods: [], used: {} })).faults, []);
    });

    it("kube-prometheus-stack has a pod a node and no limit anywhere; what its operator makes is not known", () => {
        const { lines, unknown, known } = judge(chart("kube-prometheus-stack"), threeHosts());
        assert.deepEqual(
            lines.map(({ pods, unbounded }) => [pods, unbounded.limit.length]),
            [
                [3, 1],
                [1, 3],
                [1, 1],
                [1, 1],
                [1, 1],
            ],
        );
        assert.deepEqual(
            unknown.map(({ kind }) => kind),
            ["Alertmanager", "Prometheus"],
        );
        assert.deepEqual([known.length, known[0].needs, known[0].lacks], [1, "2.7 CPU and 1950 MiB free", undefined]);
    });
});
