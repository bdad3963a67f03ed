import { strict as assert } from "node:assert";
import { lookAtCluster, podReason, workloadLook } from "../../../operations/status/cluster";
import { quantity } from "../../../config/quantity";
import { ago, cluster, pod, StandInApi, workload } from "./standins";

describe("what Kubernetes says", () => {
    const lists = {
        "GET /readyz": () => "ok",
        "GET /api(s/apps)?/v1/(nodes|pods|namespaces|.*sets|deployments)": () => ({ items: [] }),
        "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings": () => ({ items: [] }),
    };

    it("is asked for at once, and does not need metrics", async () => {
        const look = await lookAtCluster(new StandInApi(lists));
        assert.deepEqual([look.nodes, look.pods, look.workloads, look.metrics], [[], [], [], { nodes: [], pods: [] }]);
    });

    it("is which policies hold, and in which namespaces they are switched off", async () => {
        const annotations = { "test-cluster/drill-kept": '["Deny"]' };
        const kept = { metadata: { name: "guardrails-priority", annotations } };
        const off = { metadata: { name: "hogs", labels: { "guardrails.test-cluster/off": "drill" } } };
        const api = new StandInApi({
            "GET /readyz": () => "ok",
            "GET /api/v1/namespaces": (_, query) => ({
                items: query.get("labelSelector") === "guardrails.test-cluster/off" ? [off] : [],
            }),
            "GET /apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings": () => ({
                items: [{ metadata: { name: "guardrails-quota" } }, kept],
            }),
            "GET /api(s/apps)?/v1/(nodes|pods|.*sets|deployments)": () => ({ items: [] }),
        });
        const { guardrails } = await lookAtCluster(api);
        assert.deepEqual(guardrails, {
            ...{ holding: ["guardrails-quota", "guardrails-priority"], warning: ["guardrails-priority"], off: [off] },
        });
    });

    it("is a failure when the API server is not ready, naming its checks", async () => {
        const readyz = () => ({
            status: 500,
            body: "[+]ping ok\n[-]etcd failed: reason withheld\nreadyz check failed",
        });
        const api = new StandInApi({ ...lists, "GET /readyz": readyz });
        await assert.rejects(lookAtCluster(api), /it is not ready: \[-\]etcd failed: reason withheld/);
    });

    it("is a workload's readiness, since when, and what its pods use of their limits", () => {
        const look = workloadLook(cluster(), "mysql/mysql")!;
        assert.equal(look.ready, true);
        assert.deepEqual(look.since, ago(90));
        assert.deepEqual(look.memory, { used: 600 * 2 ** 20, of: 2 ** 30 });
        assert.deepEqual([look.cpu?.used.toFixed(3), look.cpu?.of], ["0.120", 1]);
        assert.equal(workloadLook(cluster(), "mysql/other"), undefined);
    });

    it("is no limit where one container has none", () => {
        const all = cluster();
        all.pods[0].spec.containers.push({ name: "beside" });
        assert.equal(workloadLook(all, "mysql/mysql")?.memory?.of, undefined);
    });

    it("is how many are ready, and why one is not", () => {
        const all = cluster();
        const status = { desiredNumberScheduled: 3, numberReady: 2 };
        all.workloads = [
            workload("logging/filebeat", status),
            workload("nacos/nacos", {}, 0),
            workload("mysql/gone", {}),
        ];
        all.pods = [pod("logging/filebeat-x", { app: "filebeat" }, { conditions: [], phase: "Pending" })];
        const look = workloadLook(all, "logging/filebeat")!;
        assert.deepEqual([look.ready, look.reason], [false, "2 of 3 ready: filebeat-x on node-02: Pending"]);
        assert.equal(workloadLook(all, "nacos/nacos")?.reason, "it is scaled to none");
        assert.equal(workloadLook(all, "mysql/gone")?.reason, "0 of 1 ready: no pod");
    });

    it("is the reason of a pod that is not ready: its container's last words, or why it has no node", () => {
        const reason = (status: Parameters<typeof pod>[2]) =>
            podReason(pod("mysql/mysql-0", {}, { conditions: [], ...status }));
        const refused = { terminated: { reason: "Error", exitCode: 1, message: "REFUSED: this disk has\nmore" } };
        const waiting = { waiting: { reason: "CrashLoopBackOff", message: "back-off 40s" } };
        assert.equal(
            reason({ containerStatuses: [{ name: "mysql", state: waiting, lastState: refused }] }),
            "mysql-0 on node-02: mysql: CrashLoopBackOff, Error, REFUSED: this disk has",
        );
        const done = { name: "schema", state: { terminated: { reason: "Completed", exitCode: 0 } } };
        const killed = { name: "mysql", lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } } };
        assert.equal(
            reason({ initContainerStatuses: [done], containerStatuses: [killed] }),
            "mysql-0 on node-02: mysql: OOMKilled",
        );
        const unscheduled = { type: "PodScheduled", status: "False", message: "0/3 nodes are available" };
        assert.equal(reason({ conditions: [unscheduled] }), "mysql-0 on node-02: 0/3 nodes are available");
        assert.equal(podReason(pod("mysql/mysql-0", {})), undefined);
    });

    it("is in quantities", () => {
        assert.deepEqual(
            ["250m", "1", "12345678n", "2Gi", "614400Ki", "1e3"].map(quantity).map((n) => Number(n.toFixed(3))),
            [...[0.25, 1, 0.012, 2 ** 31, 629145600, 1000]],
        );
        assert.ok(Number.isNaN(quantity(undefined)) && Number.isNaN(quantity("much")));
    });
});
