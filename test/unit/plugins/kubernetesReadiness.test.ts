import * as assert from "node:assert/strict";
import { PropertyMap } from "../../../rehearsal/toolchain/plugins/serve";
import { CallError, StandInEngine } from "./kubernetesEngine";
import { Obj, StandInApiServer } from "./kubernetesServer";

const deploymentType = "kubernetes:apps/v1:Deployment";
const deploymentKey = "/apis/apps/v1/namespaces/default/deployments/web";
const pods = "/api/v1/namespaces/default/pods";

function deployment(annotations: Record<string, string> = {}): PropertyMap {
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata: { name: "web", annotations },
        spec: { replicas: 1, selector: { matchLabels: { app: "web" } } },
    };
}

/** Plays the Deployment controller: one ReplicaSet, with so many ready pods. */
function rollOut(api: StandInApiServer, object: Obj, ready: number): void {
    const metadata = object.metadata as { uid: string; generation: number; annotations?: Record<string, string> };
    metadata.annotations = { ...metadata.annotations, "deployment.kubernetes.io/revision": "1" };
    object.status = {
        observedGeneration: metadata.generation,
        conditions: [
            { type: "Available", status: ready ? "True" : "False", reason: "MinimumReplicas", message: "not enough" },
        ],
    };
    api.put("/apis/apps/v1/namespaces/default/replicasets/web-1", {
        metadata: {
            uid: "rs",
            annotations: { "deployment.kubernetes.io/revision": "1" },
            ownerReferences: [{ uid: metadata.uid }],
        },
        spec: { replicas: 1 },
        status: { readyReplicas: ready },
    });
}

function pod(status: object): Obj {
    return { metadata: { name: "web-1-a", namespace: "default", ownerReferences: [{ uid: "rs" }] }, status };
}

describe("kubernetes plugin's waiting", () => {
    let api: StandInApiServer;
    let engine: StandInEngine;

    beforeEach(async () => {
        api = new StandInApiServer();
        const server = await api.start();
        api.put("/api/v1/namespaces/default", { metadata: {} });
        engine = new StandInEngine();
        await engine.start({
            kubeconfig: {
                "current-context": "c",
                contexts: [{ name: "c", context: { cluster: "c" } }],
                clusters: [{ name: "c", cluster: { server } }],
            },
        });
    });

    afterEach(() => {
        engine.stop();
        api.stop();
    });

    async function failure(call: Promise<unknown>): Promise<CallError> {
        return call.then(
            () => assert.fail("the call did not fail"),
            (error: CallError) => error,
        );
    }

    const statuses = () => engine.logs.filter(({ ephemeral }) => ephemeral).map(({ message }) => message);

    it("shows progress, and ends when the Deployment is available", async () => {
        let looks = 0;
        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, looks++ < 2 ? 0 : 1);
            }
        };
        const { id, outputs } = await engine.up(deploymentType, deployment());
        assert.equal(id, "default/web");
        assert.ok((outputs.status as PropertyMap).conditions);
        assert.ok(statuses().includes("[1/2] Waiting for app ReplicaSet be available (0/1 Pods available)"));
        assert.equal(statuses().at(-1), "");
    });

    it("fails with what the pods say, keeps the object, and waits again on the next run", async () => {
        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, 0);
            }
        };
        const crash = { exitCode: 3, reason: "Error", finishedAt: "2026-01-01T00:00:00Z" };
        api.put(
            `${pods}/web-1-a`,
            pod({
                phase: "Running",
                conditions: [{ type: "Ready", status: "False" }],
                containerStatuses: [
                    {
                        name: "web",
                        ready: false,
                        state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
                        lastState: { terminated: crash },
                    },
                ],
            }),
        );
        const { message, initFailure } = await failure(engine.up(deploymentType, deployment(), { timeout: 0.2 }));
        assert.equal(initFailure?.id, "default/web");
        assert.match(initFailure.reasons[0], /default\/web.* timed out waiting to be Ready/);
        assert.match(message, /\[Pod default\/web-1-a\]: \[CrashLoopBackOff\] back-off 10s; .*exit code 3/);
        assert.match(message, /last lines of container "web":\nlast words of web/);

        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, 1);
            }
        };
        const inputs = await engine.check(deploymentType, deployment());
        const updated = await engine.update(deploymentType, initFailure.id, initFailure.outputs, inputs);
        assert.equal((updated.metadata as PropertyMap).name, "web");
    });

    it("says why a pod is not scheduled, and why an image is not pulled", async () => {
        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, 0);
            }
        };
        const scheduled = { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes fit" };
        api.put(`${pods}/web-1-a`, pod({ phase: "Pending", conditions: [scheduled] }));
        const waiting = { reason: "ImagePullBackOff", message: "no such image" };
        api.put(`${pods}/web-1-b`, {
            ...pod({ phase: "Pending", containerStatuses: [{ name: "web", state: { waiting } }] }),
            metadata: { name: "web-1-b", namespace: "default", ownerReferences: [{ uid: "rs" }] },
        });
        const { message } = await failure(engine.up(deploymentType, deployment(), { timeout: 0.1 }));
        assert.match(message, /\[Pod default\/web-1-a\]: Unschedulable: 0\/3 nodes fit/);
        assert.match(message, /\[Pod default\/web-1-b\]: \[ImagePullBackOff\] no such image/);
        assert.ok(engine.logs.some((log) => log.severity === 2 && log.message.includes("Unschedulable")));
    });

    it("makes a Job anew that has failed, where an annotation asks for it, and none that is complete", async () => {
        const type = "kubernetes:batch/v1:Job";
        const key = "pulumi.com/replaceUnready";
        const job = (annotations: Record<string, string>) => ({
            ...{ apiVersion: "batch/v1", kind: "Job", spec: { backoffLimit: 2 } },
            metadata: { name: "first", annotations },
        });
        let condition = "Failed";
        api.controller = (path, object) => {
            if (path.endsWith("/jobs/first")) object.status = { conditions: [{ type: condition, status: "True" }] };
        };
        const asking = job({ [key]: "true" });
        const { initFailure } = await failure(engine.up(type, asking));
        const replaces = async (wanted: PropertyMap) =>
            (await engine.diff(type, initFailure!.outputs, await engine.check(type, wanted))).replaces;
        assert.deepEqual(await replaces(asking), [`metadata.annotations["${key}"]`]);
        assert.deepEqual(await replaces(job({ [key]: "" })), []);
        condition = "Complete";
        assert.deepEqual(await replaces(asking), []);
        await engine.delete(type, "default/first", initFailure!.outputs);
        assert.deepEqual(await replaces(asking), []);
    });

    it("is skipped where an annotation says so", async () => {
        const { id } = await engine.up(deploymentType, deployment({ "pulumi.com/skipAwait": "true" }));
        assert.equal(id, "default/web");
    });

    it("ends when the engine cancels", async () => {
        const created = failure(engine.up(deploymentType, deployment()));
        while (!statuses().some((status) => status.includes("Deployment controller"))) {
            await new Promise(setImmediate);
        }
        await engine.cancel();
        const { initFailure } = await created;
        assert.match(initFailure?.reasons[0] ?? "", /cancelled/);
    });

    it("takes the annotation's time-out where the resource has none", async () => {
        const inputs = deployment({ "pulumi.com/timeoutSeconds": "1" });
        const { message } = await failure(engine.up(deploymentType, inputs));
        assert.match(message, /timed out/);
    });

    it("finds on a refresh that a Deployment is no longer ready", async () => {
        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, 1);
            }
        };
        const made = await engine.up(deploymentType, deployment());
        api.controller = (key, object) => {
            if (key === deploymentKey) {
                rollOut(api, object, 0);
            }
        };
        const { initFailure } = await failure(engine.readResource(deploymentType, made.id, made.inputs, made.outputs));
        assert.equal(initFailure?.id, "default/web");
        assert.deepEqual(initFailure.inputs, made.inputs);
    });

    it("waits for a StatefulSet's replicas and revision", async () => {
        let looks = 0;
        api.controller = (key, object) => {
            if (key.includes("/statefulsets/")) {
                const isReady = looks++ > 1;
                object.status = {
                    observedGeneration: object.metadata.generation,
                    replicas: 1,
                    readyReplicas: isReady ? 1 : 0,
                    currentReplicas: 1,
                    currentRevision: "r1",
                    updateRevision: "r1",
                };
            }
        };
        const inputs = { ...deployment(), kind: "StatefulSet", metadata: { name: "db" } };
        await engine.up("kubernetes:apps/v1:StatefulSet", inputs);
        assert.ok(statuses().includes("[1/2] Waiting for StatefulSet to create Pods (0/1 Pods ready)"));
    });

    it("waits for a Service's endpoints, but not for a headless one's", async () => {
        const service = (name: string, spec: PropertyMap) => ({
            apiVersion: "v1",
            kind: "Service",
            metadata: { name },
            spec,
        });
        const selector = { app: "web" };
        await engine.up("kubernetes:core/v1:Service", service("headless", { clusterIP: "None", selector }));
        api.put("/api/v1/namespaces/default/endpoints/web", {
            metadata: {},
            subsets: [{ addresses: [{ ip: "10.0.0.1" }], notReadyAddresses: [{ ip: "10.0.0.2" }] }],
        });
        const web = engine.up("kubernetes:core/v1:Service", service("web", { selector }));
        while (!statuses().some((status) => status.startsWith("["))) {
            await new Promise(setImmediate);
        }
        api.put("/api/v1/namespaces/default/endpoints/web", {
            metadata: {},
            subsets: [{ addresses: [{ ip: "10.0.0.1" }] }],
        });
        assert.equal((await web).id, "default/web");
    });

    it("takes a claim as pending whose class waits for the first pod", async () => {
        api.put("/apis/storage.k8s.io/v1/storageclasses/local", {
            metadata: {},
            volumeBindingMode: "WaitForFirstConsumer",
        });
        const claim = {
            apiVersion: "v1",
            kind: "PersistentVolumeClaim",
            metadata: { name: "data" },
            spec: { storageClassName: "local" },
        };
        assert.equal((await engine.up("kubernetes:core/v1:PersistentVolumeClaim", claim)).id, "default/data");
    });
});
