import * as assert from "node:assert/strict";
import { withoutNode } from "../../../cluster/scheduler/loss";
import { place } from "../../../cluster/scheduler/schedule";
import type { Pod } from "../../../cluster/scheduler/types";
import { names, node, pod } from "./sample";

const nodes = [node("a"), node("b")];

function lose(pods: Pod[], lost: string) {
    const loss = withoutNode(nodes, place(nodes, pods), pods, lost);
    return {
        back: loss.back.map(({ pod, node }) => `${pod.name} on ${node}`),
        gone: loss.gone.map(({ name }) => name),
        waiting: Object.fromEntries(loss.waiting.map(({ pod, reasons }) => [pod.name, reasons])),
        preempted: loss.preempted.map(({ pod, by }) => `${pod.name} by ${by.name}`),
        placed: names(loss.placement.placed),
    };
}

describe("a node that is lost", () => {
    it("gives its pods to the others, the most important first", () => {
        const pods = [
            pod("low", 300, { node: "a", spec: { priority: 1 } }),
            pod("high", 300, { node: "a", spec: { priority: 2 } }),
            pod("there", 500, { node: "b", spec: { priority: 3 } }),
        ];
        assert.deepEqual(lose(pods, "a"), {
            back: ["high on b"],
            gone: [],
            waiting: { low: { b: "needs 300 MiB of memory, 200 MiB are free" } },
            preempted: [],
            placed: { there: "b", high: "b" },
        });
    });

    it("lets its important pods put out others", () => {
        const pods = [
            pod("high", 600, { node: "a", spec: { priority: 2 } }),
            pod("low", 600, { node: "b", spec: { priority: 1 } }),
        ];
        const { back, preempted, waiting } = lose(pods, "a");
        assert.deepEqual([back, preempted, Object.keys(waiting)], [["high on b"], ["low by high"], ["low"]]);
    });

    it("takes with it what belongs to it, and what nothing makes anew", () => {
        const pods = [
            pod("agent", 10, { node: "a", owner: "DaemonSet agent" }),
            pod("static", 10, { owner: "Node a", spec: { nodeName: "a" } }),
            pod("pinned", 10, { spec: { nodeName: "a" } }),
            pod("bare", 10, { node: "a", owner: "Pod bare" }),
            pod("web", 10, { node: "a" }),
        ];
        const { gone, back, waiting } = lose(pods, "a");
        assert.deepEqual([gone, back, waiting], [["agent", "static", "pinned", "bare"], ["web on b"], {}]);
    });

    it("keeps those waiting that waited before, and whose volume was on it", () => {
        const claim = { volumes: [{ persistentVolumeClaim: { claimName: "data" } }] };
        const pods = [pod("data", 10, { spec: claim }), pod("big", 2000)];
        const options = { volumes: { "default/data": ["a"] } };
        const loss = withoutNode(nodes, place(nodes, pods, options), pods, "a", options);
        assert.deepEqual(
            loss.waiting.map(({ pod, reasons }) => [pod.name, reasons.b]),
            [
                ["data", "the volume of data is on another node"],
                ["big", "needs 2000 MiB of memory, the node has 1000 MiB in all"],
            ],
        );
    });
});
