import * as assert from "node:assert/strict";
import { chances } from "../../../cluster/scheduler/chances";
import { place } from "../../../cluster/scheduler/schedule";
import type { Node, Pod, PodSpec } from "../../../cluster/scheduler/types";
import { mib, type More, names, node, pod } from "./sample";

/** Where one pod comes to lie, or what each node says against it. */
function verdict(nodes: Node[], one: Pod, others: Pod[] = [], volumes = {}): string | Record<string, string> {
    const { placed, waiting } = place(nodes, [...others, one], { volumes });
    return placed.get(one) ?? waiting.find((waiter) => waiter.pod === one)!.reasons;
}

const where = (spec: Partial<PodSpec>) => verdict([a, b], pod("it", 10, { spec }));
const a = node("a", { labels: { disk: "ssd", cores: "2" } });
const b = node("b", { labels: { disk: "hdd", cores: "8" } });
const nodeAffinity = (term: object): Partial<PodSpec> => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } } },
});

describe("a place for a pod", () => {
    it("is where its requests fit, to the last byte", () => {
        const others = [pod("other", 700, { node: "a" })];
        assert.equal(verdict([a], pod("it", 300), others), "a");
        assert.deepEqual(verdict([a], pod("it", 301), others), { a: "needs 301 MiB of memory, 300 MiB are free" });
        assert.deepEqual(verdict([a], pod("it", 1001)), {
            a: "needs 1001 MiB of memory, the node has 1000 MiB in all",
        });
    });

    it("counts CPU, ephemeral storage and the number of pods too", () => {
        const resources = { requests: { cpu: "2500m", "ephemeral-storage": "20Gi" } };
        assert.deepEqual(verdict([a], pod("it", 0, { spec: { containers: [{ name: "main", resources }] } })), {
            a:
                "needs 2500m of CPU, the node has 2000m in all; " +
                "needs 20480 MiB of ephemeral storage, the node has 10240 MiB in all",
        });
        const full = node("full", { allocatable: { ...a.allocatable, pods: 1 } });
        assert.deepEqual(verdict([full], pod("it", 1), [pod("other", 1)]), { full: "1 of 1 pods are there" });
    });

    it("is no node that is cordoned or tainted, unless that is tolerated", () => {
        const cordoned = node("c", { unschedulable: true });
        const tainted = node("t", { taints: [{ key: "dedicated", value: "db", effect: "NoSchedule" }] });
        assert.deepEqual(verdict([cordoned, tainted], pod("it", 1)), {
            c: "it is cordoned",
            t: "its taint dedicated=db:NoSchedule is not tolerated",
        });
        const tolerant = (toleration: object) => pod("it", 1, { spec: { tolerations: [toleration] } });
        assert.equal(verdict([tainted], tolerant({ key: "dedicated", value: "db" })), "t");
        assert.equal(typeof verdict([tainted], tolerant({ key: "dedicated", value: "web" })), "object");
        assert.equal(typeof verdict([tainted], tolerant({ operator: "Exists", effect: "NoExecute" })), "object");
        assert.equal(verdict([cordoned], tolerant({ operator: "Exists" })), "c");
    });

    it("is one that its selector and its affinity name", () => {
        assert.equal(where({ nodeSelector: { disk: "hdd" } }), "b");
        for (const [operator, values, at] of [
            ["In", ["hdd"], "b"],
            ["NotIn", ["ssd"], "b"],
            ["Gt", ["4"], "b"],
            ["Lt", ["4"], "a"],
        ] as const) {
            const key = operator.endsWith("t") ? "cores" : "disk";
            assert.equal(where(nodeAffinity({ matchExpressions: [{ key, operator, values }] })), at);
        }
        assert.equal(
            where(nodeAffinity({ matchFields: [{ key: "metadata.name", operator: "In", values: ["b"] }] })),
            "b",
        );
        assert.equal(typeof where(nodeAffinity({})), "object");
    });

    it("is where its volume is, and where its port is free", () => {
        const volumes = { "default/data": ["b"] };
        const claim = pod("it", 1, { spec: { volumes: [{ persistentVolumeClaim: { claimName: "data" } }] } });
        assert.equal(verdict([a, b], claim, [], volumes), "b");
        assert.deepEqual(verdict([a], claim, [], volumes), { a: "the volume of data is on another node" });
        const port = (name: string, hostIP?: string) =>
            pod(name, 1, { spec: { containers: [{ name: "main", ports: [{ hostPort: 80, hostIP }] }] } });
        assert.deepEqual(verdict([a], port("it"), [port("other", "127.0.0.1")]), { a: "its port 80 is taken" });
        assert.equal(verdict([a], port("it", "127.0.0.2"), [port("other", "127.0.0.1")]), "a");
    });

    it("is on a node that there is", () => {
        assert.deepEqual(verdict([a], pod("it", 1, { node: "z" })), { z: "there is no such node" });
    });

    it("prefers the emptier node, and one whose taints it tolerates", () => {
        assert.equal(verdict([a, b], pod("it", 1), [pod("other", 500, { node: "a" })]), "b");
        const shunned = node("s", { taints: [{ key: "old", effect: "PreferNoSchedule" }] });
        assert.equal(verdict([shunned, a], pod("it", 1)), "a");
        assert.equal(verdict([shunned], pod("it", 1)), "s");
    });

    it("keeps replicas apart", () => {
        const replica = (name: string) => pod(name, 100, { owner: "ReplicaSet web" });
        const others = [pod("big", 300, { node: "b" }), replica("one"), replica("two")];
        assert.deepEqual(names(place([a, b], others).placed), { big: "b", one: "a", two: "b" });
    });
});

describe("pods and each other", () => {
    const beside = (which: "podAffinity" | "podAntiAffinity", app: string): Partial<PodSpec> => {
        const term = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: { app } } };
        return { affinity: { [which]: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
    };

    it("keep away from each other, whoever says so", () => {
        const shy = pod("shy", 1, { spec: beside("podAntiAffinity", "loud") });
        assert.deepEqual(verdict([a], shy, [pod("loud", 1)]), { a: "must not be beside default/loud" });
        assert.deepEqual(verdict([a], pod("loud", 1), [shy]), { a: "must not be beside default/shy" });
        assert.equal(verdict([a], pod("loud", 1, { namespace: "other" }), [shy]), "a");
    });

    it("wait for those that they want to be beside, and for nobody if these are like them", () => {
        const friend = pod("friend", 1, { spec: beside("podAffinity", "host") });
        assert.deepEqual(verdict([a], friend), { a: "the pods that it must be beside are not there" });
        assert.equal(verdict([a, b], friend, [pod("host", 600, { node: "b" })]), "b");
        assert.deepEqual(names(place([a, b], [friend, pod("host", 1)]).placed), { host: "a", friend: "a" });
        assert.equal(verdict([a], pod("self", 1, { spec: beside("podAffinity", "self") })), "a");
    });
});

describe("priority", () => {
    const of = (name: string, memory: number, priority: number, more: More = {}) =>
        pod(name, memory, { ...more, spec: { priority, ...more.spec } });

    it("says who comes first, then the given order", () => {
        const { placed } = place([a], [of("low", 600, 1), of("high", 600, 2)]);
        assert.deepEqual(names(placed), { high: "a" });
        const critical = pod("critical", 600, { spec: { priorityClassName: "system-node-critical" } });
        assert.deepEqual(names(place([a], [of("low", 600, 1), critical]).placed), { critical: "a" });
        assert.deepEqual(names(place([a], [of("first", 600, 1), of("second", 600, 1)]).placed), { first: "a" });
    });

    it("puts out the fewest and the least important", () => {
        const others = [
            of("p1", 300, 1, { node: "a" }),
            of("p2", 300, 2, { node: "a" }),
            of("p3", 300, 3, { node: "a" }),
        ];
        const result = place([a], [...others, of("high", 400, 9)]);
        assert.deepEqual(
            result.preempted.map(({ name }) => name),
            ["p1"],
        );
        assert.equal(result.preemptors.get(others[0])!.name, "high");
        assert.deepEqual(names(result.placed), { p2: "a", p3: "a", high: "a" });
        assert.deepEqual(
            result.waiting.map(({ pod }) => pod.name),
            ["p1"],
        );
    });

    it("takes the node whose most important victim is the least important, then fewer, then younger ones", () => {
        const choice = (onA: Pod[], onB: Pod[]) => place([a, b], [...onA, ...onB, of("high", 900, 9)]).placed;
        const at = (name: string, memory: number, priority: number, node: string) =>
            of(name, memory, priority, { node });
        assert.equal(names(choice([at("x", 600, 5, "a")], [at("y", 600, 4, "b")])).high, "b");
        assert.equal(names(choice([at("x", 600, 4, "a")], [at("y", 300, 4, "b"), at("z", 300, 1, "b")])).high, "a");
        assert.equal(names(choice([at("x", 600, 4, "a")], [at("y", 600, 4, "b")])).high, "b");
    });

    it("puts out nobody of the same priority, nor where that does not help, nor against its policy", () => {
        const low = of("low", 600, 1, { node: "a" });
        const nobody = (one: Pod) => assert.deepEqual(place([a], [low, one]).preempted, []);
        nobody(of("equal", 600, 1));
        nobody(of("big", 1001, 9));
        nobody(of("elsewhere", 600, 9, { spec: { nodeSelector: { disk: "hdd" } } }));
        nobody(of("never", 600, 9, { spec: { preemptionPolicy: "Never" } }));
    });

    it("lets come back elsewhere what a controller makes anew, and nothing else", () => {
        const small = node("b", { allocatable: { ...a.allocatable, memory: 300 * mib } });
        for (const [owner, expected] of [
            ["Deployment low", { high: "a", low: "b" }],
            ["Pod low", { high: "a" }],
        ] as const) {
            const low = of("low", 300, 1, { node: "a", owner });
            const { placed, preempted } = place([a, small], [low, of("high", 800, 9)]);
            assert.deepEqual([names(placed), preempted], [expected, [low]]);
        }
    });
});

describe("lots between equally good nodes", () => {
    it("are drawn by whoever is asked, and the first node's by default", () => {
        assert.deepEqual(names(place([a, b], [pod("it", 1)]).placed), { it: "a" });
        assert.deepEqual(names(place([a, b], [pod("it", 1)], { choose: (_, equal) => equal[1] }).placed), { it: "b" });
    });

    it("are told from what is certain", () => {
        const picky = pod("picky", 600, { spec: { nodeSelector: { disk: "ssd" } } });
        const { always, sometimes } = chances([a, b], [pod("it", 500), picky, pod("big", 2000)]);
        assert.deepEqual(
            [always, sometimes].map((pods) => pods.map(({ name }) => name)),
            [["big"], ["picky"]],
        );
    });
});
