import { strict as assert } from "node:assert";
import { disturbed, fateOf, noteEvents, noteNodes, tierOf } from "../../../operations/drill/cluster";
import { Recorder } from "../../../operations/drill/record";
import type { Pod } from "../../../operations/status/kinds";
import { cluster, node, pod, StandInApi } from "../status/standins";

const restarted = (restartCount: number) => ({
    containerStatuses: [
        { name: "main", restartCount, lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } } },
    ],
});
const recorder = () => new Recorder({ drill: "d", what: "", stack: "s" });

describe("the data tier", () => {
    const look = cluster();
    look.pods.forEach((each) => (each.metadata.uid = `uid of ${each.metadata.name}`));
    const { tier, notReady } = tierOf(look);
    const other = (change: (pod: Pod) => Pod[]) =>
        disturbed(
            tier,
            look.pods.flatMap((each) => (each.metadata.name === "mysql-0" ? change(each) : [each])),
        );

    it("is MySQL, Elasticsearch and Nacos", () => {
        assert.deepEqual(Object.keys(tier).sort(), ["logging/elasticsearch-0", "mysql/mysql-0", "nacos/nacos-0"]);
        assert.deepEqual([notReady, other((same) => [same])], [[], []]);
    });

    it("is disturbed by a pod that is gone, or is another by the same name", () => {
        assert.deepEqual(
            other(() => []),
            ["mysql/mysql-0 is gone"],
        );
        assert.deepEqual(
            other((old) => [{ ...old, metadata: { ...old.metadata, uid: "new" } }]),
            ["mysql/mysql-0 is gone"],
        );
    });

    it("is disturbed by an eviction, and by a container that began anew", () => {
        assert.deepEqual(
            other((old) => [{ ...old, status: { ...old.status, reason: "Evicted" } }]),
            ["mysql/mysql-0: Evicted"],
        );
        assert.deepEqual(
            other((old) => [{ ...old, status: { ...old.status, ...restarted(1) } }]),
            ["mysql/mysql-0 began anew: OOMKilled, exit status 137"],
        );
    });

    it("is not ready when a workload of it is not", () => {
        const down = cluster();
        down.workloads.find(({ metadata }) => metadata.name === "nacos")!.status = { readyReplicas: 0 };
        assert.deepEqual(tierOf(down).notReady, ["nacos/nacos: 0 of 1 ready: no pod"]);
    });
});

describe("what the cluster says during a drill", () => {
    it("is an install's fate: who runs, who without a limit, who was evicted and killed", () => {
        const unlimited = pod("d/b", {}, { phase: "Running", ...restarted(2) });
        unlimited.spec.containers[0].resources = {};
        const pods = [
            pod("d/a", {}, { phase: "Running" }),
            unlimited,
            pod("d/c", {}, { phase: "Failed", reason: "Evicted" }),
        ];
        assert.deepEqual(fateOf(pods), { pods: 3, running: 2, unlimited: 1, evicted: 1, restarts: 2 });
    });

    it("is each node's readiness, and that it is short of memory", () => {
        const taken = recorder();
        const short = node("node-02", "False");
        short.status.conditions!.push({ type: "MemoryPressure", status: "True", message: "insufficient memory" });
        noteNodes([node("node-01"), short], 3, taken);
        const failures = taken.record.samples["nodes Ready"].map(({ failure }) => failure);
        assert.deepEqual(failures, [undefined, "node-02 is not Ready: Kubelet stopped posting"]);
        assert.deepEqual(
            taken.record.messages.map(({ from, text }) => `${from}: ${text}`),
            ["node node-02: MemoryPressure: insufficient memory"],
        );
    });

    it("is a warning for all pods of a deployment together, since the drill began", async () => {
        const taken = recorder();
        const event = (name: string, message: string, at = Date.now(), reason = "Evicted") => ({
            metadata: {},
            involvedObject: { kind: "Pod", namespace: "d", name },
            reason,
            message,
            count: 2,
            lastTimestamp: new Date(at).toISOString(),
        });
        const items = [
            event("hog-1-5f6d8c7b9c-abcde", "was using 812345Ki"),
            event("hog-1-5f6d8c7b9c-fghij", "was using 912345Ki"),
            event("hog-2-5f6d8c7b9c-fghij", "long ago", Date.now() - 3_600_000),
            event("hog-3", `sandbox "${"0a".repeat(32)}" failed`),
            event("hog-3", `sandbox "${"1b".repeat(32)}" failed`),
            event("hog-4", "cgroup v1 detected", Date.now(), "CgroupV1"),
        ];
        const api = new StandInApi({ "GET /api/v1/events": () => ({ items }) });
        await noteEvents(api, taken);
        await noteEvents(api, taken);
        assert.deepEqual(
            taken.record.messages.map(({ from, text, count }) => [from, text, count]),
            [
                ["Pod d/hog-1-…", "Evicted: was using …Ki", 4],
                ["Pod d/hog-3", 'Evicted: sandbox "…" failed', 4],
            ],
        );
        assert.match(api.requests[0].path, /fieldSelector=type%3DWarning/);
    });
});
