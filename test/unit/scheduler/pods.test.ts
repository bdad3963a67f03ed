import { strict as assert } from "node:assert";
import { asking, type Demand } from "../../../cluster/capacity/ask";
import { podsOf } from "../../../cluster/scheduler/pods";
import type { Node, PodSpec } from "../../../cluster/scheduler/types";

const amounts = { cpu: 1000, memory: 2 ** 30, storage: 2 ** 30, pods: 10 };
const node = (name: string, more: Partial<Node> = {}): Node => ({
    ...{ name, labels: {}, taints: [], capacity: amounts, allocatable: amounts },
    ...more,
});
const taints = [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }];
const nodes = [node("a", { taints }), node("b", { unschedulable: true }), node("c", { labels: { disk: "ssd" } })];

const demand = (kind: string, replicas: Demand["replicas"], spec: Partial<PodSpec> = {}) => ({
    ...{ kind, namespace: "space", name: "name", replicas, labels: { app: "name" } },
    spec: { containers: [asking("one", { cpu: "100m", memory: "4Gi" })], ...spec },
});

describe("the pods of a workload", () => {
    it("are as many as its replicas, each with its owner", () => {
        const pods = podsOf(demand("StatefulSet", 2), nodes);
        assert.deepEqual(
            pods.map(({ namespace, name, owner, labels }) => [namespace, name, owner, labels.app]),
            [
                ["space", "name-0", "StatefulSet name", "name"],
                ["space", "name-1", "StatefulSet name", "name"],
            ],
        );
        assert.deepEqual(podsOf(demand("Deployment", 0), nodes), []);
    });

    it("keep their own name where they are made by none", () => {
        assert.deepEqual(
            podsOf(demand("Pod", 1), nodes).map(({ name }) => name),
            ["name"],
        );
    });

    it("are one on each node whose taints they tolerate, cordoned or full, when they are a DaemonSet's", () => {
        const on = (spec: Partial<PodSpec>) =>
            podsOf(demand("DaemonSet", "per node", spec), nodes).map(({ name }) => name);
        assert.deepEqual(on({}), ["name-b", "name-c"]);
        assert.deepEqual(on({ tolerations: [{ operator: "Exists" }] }), ["name-a", "name-b", "name-c"]);
        assert.deepEqual(on({ nodeSelector: { disk: "ssd" } }), ["name-c"]);
    });

    it("have the number that stands for their class", () => {
        const number = (spec: Partial<PodSpec>) =>
            podsOf(demand("Deployment", 1, spec), nodes, { data: 1000, "": 7 })[0].spec.priority;
        assert.equal(number({ priorityClassName: "data" }), 1000);
        assert.equal(number({ priorityClassName: "data", priority: 3 }), 3);
        assert.equal(number({ priorityClassName: "system-node-critical" }), undefined);
        assert.equal(number({}), 7);
    });
});
