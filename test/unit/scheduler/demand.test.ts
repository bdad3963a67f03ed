import * as assert from "node:assert/strict";
import { limits, requests, scoredRequests, unbounded } from "../../../cluster/scheduler/demand";
import type { Container, PodSpec } from "../../../cluster/scheduler/types";

const mib = 2 ** 20;

const container = (name: string, requests?: Record<string, string>, more: Partial<Container> = {}): Container => ({
    name,
    resources: { requests, ...more.resources },
    ...(more.restartPolicy && { restartPolicy: more.restartPolicy }),
});

const memory = (spec: PodSpec) => requests(spec).memory / mib;

describe("what a pod asks for", () => {
    it("is the sum of its containers", () => {
        const spec = {
            containers: [
                container("a", { cpu: "250m", memory: "100Mi", "ephemeral-storage": "1Gi" }),
                container("b", { cpu: "1.1", memory: "28Mi" }),
            ],
        };
        assert.deepEqual(requests(spec), { cpu: 1350, memory: 128 * mib, storage: 1024 * mib });
    });

    it("is nothing where nothing is named, but is not compared as nothing", () => {
        const spec = { containers: [{ name: "a" }, container("b", { cpu: "0", memory: "64Mi" })] };
        assert.deepEqual(requests({ containers: [{ name: "a" }] }), { cpu: 0, memory: 0, storage: 0 });
        assert.deepEqual(scoredRequests(spec, true), { cpu: 100, memory: 264 * mib, storage: 0 });
    });

    it("counts a limit where there is no request", () => {
        const spec = { containers: [{ name: "a", resources: { limits: { cpu: "2", memory: "1Gi" } } }] };
        assert.deepEqual(requests(spec), { cpu: 2000, memory: 1024 * mib, storage: 0 });
    });

    it("is an init container's where that needs more than all others together", () => {
        const init = (text: string) => [container("before", { memory: text })];
        const containers = [container("a", { memory: "100Mi" }), container("b", { memory: "100Mi" })];
        assert.equal(memory({ containers, initContainers: init("150Mi") }), 200);
        assert.equal(memory({ containers, initContainers: init("300Mi") }), 300);
        assert.equal(memory({ containers, initContainers: [...init("300Mi"), ...init("250Mi")] }), 300);
    });

    it("counts a sidecar beside the containers, and beside the init containers after it", () => {
        const sidecar = container("beside", { memory: "50Mi" }, { restartPolicy: "Always" });
        const big = container("big", { memory: "300Mi" });
        const containers = [container("a", { memory: "100Mi" })];
        assert.equal(memory({ containers, initContainers: [sidecar] }), 150);
        assert.equal(memory({ containers, initContainers: [sidecar, big] }), 350);
        assert.equal(memory({ containers, initContainers: [big, sidecar] }), 300);
    });

    it("is what the pod names itself, with its overhead on top", () => {
        const containers = [container("a", { cpu: "100m", memory: "100Mi" })];
        const spec = { containers, resources: { requests: { memory: "200Mi" } }, overhead: { memory: "16Mi" } };
        assert.deepEqual(requests(spec), { cpu: 100, memory: 216 * mib, storage: 0 });
        assert.equal(memory({ containers, resources: { limits: { memory: "1Gi" } } }), 100);
        assert.equal(memory({ containers: [{ name: "a" }], resources: { limits: { memory: "1Gi" } } }), 1024);
    });

    it("is compared without what the pod names itself, until it has its place", () => {
        const spec = {
            containers: [container("a", { cpu: "100m", memory: "100Mi" })],
            resources: { requests: { memory: "200Mi" } },
        };
        assert.equal(scoredRequests(spec, false).memory, 100 * mib);
        assert.equal(scoredRequests(spec, true).memory, 200 * mib);
    });
});

describe("a pod's limits", () => {
    const bounded: Container = { name: "a", resources: { limits: { memory: "1Gi" }, requests: { memory: "512Mi" } } };
    const open: Container = { name: "b", resources: { requests: { memory: "64Mi" } } };
    const bare: Container = { name: "c" };

    it("are the sum of those that there are, with overhead only on top of one", () => {
        const overhead = { cpu: "10m", memory: "8Mi" };
        const spec = { containers: [bounded, open], overhead };
        assert.deepEqual(limits(spec), { cpu: 0, memory: 1032 * mib, storage: 0 });
    });

    it("are missing by the container's name", () => {
        const spec = { containers: [bounded, open], initContainers: [bare] };
        assert.deepEqual(unbounded(spec), { request: ["c"], limit: ["c", "b"] });
        assert.deepEqual(unbounded({ ...spec, resources: { limits: { memory: "2Gi" } } }), { request: [], limit: [] });
    });
});
