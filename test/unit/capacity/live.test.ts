import { strict as assert } from "node:assert";
import { clusterOf } from "../../../operations/capacity/cluster";
import type { Api } from "../../../operations/status/api";

const node = {
    metadata: { name: "node-01", labels: { "kubernetes.io/hostname": "node-01" } },
    spec: { taints: [{ key: "t", effect: "NoSchedule" }], unschedulable: true },
    status: {
        capacity: { cpu: "4", memory: "7925980Ki", "ephemeral-storage": "40901312Ki", pods: "110" },
        allocatable: { cpu: "3800m", memory: "7000Mi", "ephemeral-storage": "36Gi", pods: "110" },
    },
};
const pod = (name: string, more: object = {}, owner?: object, phase = "Running") => ({
    metadata: { name, namespace: "n", ...(owner && { ownerReferences: [owner] }) },
    spec: { containers: [{ name: "c" }], nodeName: "node-01", ...more },
    status: { phase },
});

/** A stand-in for the API server; paths that it does not have are not served. */
function api(answers: Record<string, object[]>): Api {
    return {
        request: (_, path) =>
            Promise.resolve(
                answers[path]
                    ? { status: 200, body: JSON.stringify({ items: answers[path] }) }
                    : { status: 503, body: JSON.stringify({ message: "unavailable" }) },
            ),
    };
}

const answers = {
    "/api/v1/nodes": [node],
    "/api/v1/pods": [
        pod("mysql-0", { priority: 5 }, { kind: "StatefulSet", name: "mysql", controller: true }),
        pod("etcd-master", {}, { kind: "Node", name: "master", controller: true }),
        pod("bare"),
        pod("done", {}, { kind: "Job", name: "done", controller: true }, "Succeeded"),
        pod("waits", { nodeName: undefined }, { kind: "ReplicaSet", name: "web-1", controller: true }, "Pending"),
    ],
    "/apis/metrics.k8s.io/v1beta1/nodes": [
        { metadata: { name: "node-01" }, usage: { cpu: "412345678n", memory: "3Gi" } },
    ],
    "/apis/scheduling.k8s.io/v1/priorityclasses": [
        { metadata: { name: "low" }, value: -1, globalDefault: true },
        { metadata: { name: "high" }, value: 10 },
    ],
    "/api/v1/persistentvolumes": [
        {
            metadata: { name: "mysql" },
            spec: {
                claimRef: { namespace: "n", name: "mysql" },
                nodeAffinity: {
                    required: {
                        nodeSelectorTerms: [
                            {
                                matchExpressions: [
                                    { key: "kubernetes.io/hostname", operator: "In", values: ["node-01"] },
                                ],
                            },
                        ],
                    },
                },
            },
        },
        {
            metadata: { name: "disk" },
            spec: {
                claimRef: { namespace: "n", name: "disk" },
                nodeAffinity: {
                    required: {
                        nodeSelectorTerms: [
                            { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "Exists" }] },
                        ],
                    },
                },
            },
        },
        { metadata: { name: "everywhere" }, spec: { claimRef: { namespace: "n", name: "nfs" } } },
    ],
};

describe("a running cluster", () => {
    it("is read as what a placement is reckoned from", async () => {
        const { nodes, pods, used, priorities, volumes } = await clusterOf(api(answers), "dev");
        assert.deepEqual(nodes[0].allocatable, { cpu: 3800, memory: 7000 * 2 ** 20, storage: 36 * 2 ** 30, pods: 110 });
        assert.equal(nodes[0].capacity.memory, 7925980 * 1024);
        assert.equal(nodes[0].unschedulable, true);
        assert.deepEqual(used, { "node-01": { cpu: 412, memory: 3 * 2 ** 30 } });
        assert.deepEqual(priorities, { low: -1, "": -1, high: 10 });
        assert.deepEqual(volumes, { "n/mysql": ["node-01"], "n/disk": ["node-01"] });
        assert.deepEqual(
            pods.map(({ name, owner, node, spec }) => [name, owner, node, spec.nodeName]),
            [
                ["mysql-0", "StatefulSet mysql", "node-01", undefined],
                ["etcd-master", "Node master", undefined, "node-01"],
                ["bare", "", "node-01", undefined],
                ["waits", "ReplicaSet web-1", undefined, undefined],
            ],
        );
    });

    it("can be judged by without metrics, and not without the API", async () => {
        const rest: Record<string, object[]> = { ...answers };
        delete rest["/apis/metrics.k8s.io/v1beta1/nodes"];
        assert.deepEqual((await clusterOf(api(rest), "dev")).used, {});
        await assert.rejects(clusterOf(api({}), "dev"), /503 unavailable/);
    });
});
