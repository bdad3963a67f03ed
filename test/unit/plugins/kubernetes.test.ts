import * as assert from "node:assert/strict";
import { Secret, isMap, unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { CallError, StandInEngine } from "./kubernetesEngine";
import { StandInApiServer } from "./kubernetesServer";

const configMap = "kubernetes:core/v1:ConfigMap";
const namespace = "kubernetes:core/v1:Namespace";
const secret = "kubernetes:core/v1:Secret";

function settings(data: Record<string, string>, metadata = {}) {
    return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", ...metadata }, data };
}

function space(labels: Record<string, string>, metadata = {}) {
    return { apiVersion: "v1", kind: "Namespace", metadata: { name: "apps", labels, ...metadata } };
}

function kubeconfig(server: string): string {
    return JSON.stringify({
        "current-context": "c",
        contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
        clusters: [{ name: "c", cluster: { server } }],
        users: [{ name: "u", user: { token: "t" } }],
    });
}

describe("kubernetes plugin", () => {
    let api: StandInApiServer;
    let server: string;
    let engine: StandInEngine;

    beforeEach(async () => {
        api = new StandInApiServer();
        server = await api.start();
        api.put("/api/v1/namespaces/default", { metadata: {} });
        engine = new StandInEngine();
        await engine.start({ kubeconfig: new Secret(kubeconfig(server)) });
    });

    afterEach(() => {
        engine.stop();
        api.stop();
    });

    describe("check", () => {
        it("names what has no name, marks it, and keeps the name", async () => {
            const unnamed = { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } };
            const first = await engine.check(configMap, unnamed);
            assert.ok(isMap(first.metadata));
            assert.match(String(first.metadata.name), /^thing-[0-9a-f]{8}$/);
            assert.deepEqual(first.metadata.annotations, { "pulumi.com/autonamed": "true" });
            assert.deepEqual(await engine.check(configMap, unnamed, first), first);
        });

        it("puts namespaced kinds into the default namespace, and cluster-wide ones into none", async () => {
            const placed = await engine.check(configMap, settings({}));
            assert.deepEqual(placed.metadata, { name: "settings", namespace: "default" });
            assert.deepEqual((await engine.check(namespace, space({}))).metadata, { name: "apps", labels: {} });
        });

        it("keeps secrets secret, and hides the data of a Secret even if the program doesn't", async () => {
            const inputs = { ...settings({}), data: { password: new Secret("p"), user: "u" } };
            const checked = await engine.check(configMap, inputs);
            assert.deepEqual(checked.data, { password: new Secret("p"), user: "u" });
            const plain = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "b" } };
            assert.deepEqual((await engine.check(secret, plain)).data, new Secret({ a: "Yg==" }));
        });

        it("leaves unknown names alone", async () => {
            const checked = await engine.check(configMap, settings({}, { name: unknown, namespace: unknown }));
            assert.deepEqual(checked.metadata, { name: unknown, namespace: unknown });
        });

        it("refuses what it can't do", async () => {
            const release = "kubernetes:helm.sh/v3:Release";
            await assert.rejects(engine.check(release, {}), /helm\.sh\/v3:Release is not supported/);
            const waits = settings({}, { annotations: { "pulumi.com/waitFor": "condition=Ready" } });
            await assert.rejects(engine.check(configMap, waits), /waitFor is not supported/);
        });
    });

    describe("create", () => {
        it("creates, and keeps inputs, manager and API version in the state", async () => {
            const { id, inputs, outputs } = await engine.up(configMap, settings({ a: "b" }));
            assert.equal(id, "default/settings");
            assert.deepEqual(outputs.data, { a: "b" });
            assert.deepEqual(outputs.__inputs, inputs);
            assert.equal(outputs.__initialApiVersion, "v1");
            assert.match(String(outputs.__fieldManager), /^pulumi-kubernetes-[0-9a-f]{8}$/);
        });

        it("refuses an object that is already there, and says the ways out", async () => {
            await engine.up(configMap, settings({ a: "b" }));
            await assert.rejects(engine.up(configMap, settings({ a: "c" })), /already exists[^]*pulumi import/);
            assert.deepEqual(api.objects.get("/api/v1/namespaces/default/configmaps/settings")?.data, { a: "b" });
        });

        it("names a field that the kind doesn't have, in a preview too", async () => {
            const inputs = await engine.check(configMap, { ...settings({}), spec: { typo: 1 } });
            await assert.rejects(engine.create(configMap, inputs, { preview: true }), /unknown field "spec.typo"/);
            await assert.rejects(engine.create(configMap, inputs), /unknown field "spec.typo"/);
        });

        it("changes nothing in a preview, and previews without a namespace or a kind that comes later", async () => {
            const inputs = await engine.check(configMap, settings({ a: "b" }));
            const preview = await engine.create(configMap, inputs, { preview: true });
            assert.equal(preview.id, "");
            assert.ok(isMap(preview.outputs.metadata) && preview.outputs.metadata.uid);
            assert.equal(api.objects.size, 1);
            const later = await engine.check(configMap, settings({}, { namespace: "later" }));
            assert.deepEqual((await engine.create(configMap, later, { preview: true })).outputs, later);
            const custom = {
                apiVersion: "example.com/v1",
                kind: "Foo",
                metadata: { name: "foo", namespace: "default" },
            };
            const foo = await engine.create("kubernetes:example.com/v1:Foo", custom, { preview: true });
            assert.deepEqual(foo.outputs, custom);
        });

        it("waits for a namespace that is only about to come", async () => {
            const inputs = await engine.check(configMap, settings({}, { namespace: "later" }));
            const created = engine.create(configMap, inputs);
            while (!engine.logs.some(({ message }) => message.startsWith("Retry #1"))) {
                await new Promise(setImmediate);
            }
            api.put("/api/v1/namespaces/later", { metadata: {} });
            assert.equal((await created).id, "later/settings");
        });
    });

    describe("update", () => {
        it("sets what is new and removes what is gone, whoever wrote it first", async () => {
            const { id, outputs } = await engine.up(namespace, space({ a: "1", b: "1" }));
            const next = await engine.check(namespace, space({ a: "2" }));
            const updated = await engine.update(namespace, id, outputs, next);
            assert.deepEqual(at(updated, "metadata", "labels"), { a: "2" });
            assert.equal(updated.__fieldManager, outputs.__fieldManager);
        });

        it("says which field another manager holds, and how to get out; the state keeps the object", async () => {
            const { id, outputs } = await engine.up(namespace, space({ a: "1" }));
            api.edit("/api/v1/namespaces/apps", "kubectl-edit", { metadata: { labels: { a: "theirs" } } });
            const next = await engine.check(namespace, space({ a: "2" }));
            const error = await failure(engine.update(namespace, id, outputs, next));
            assert.match(error.message, /\.metadata\.labels\.a: conflict with "kubectl-edit"[^]*patchForce/);
            assert.equal(error.initFailure?.id, "apps");
            const forced = space({ a: "2" }, { annotations: { "pulumi.com/patchForce": "true" } });
            const updated = await engine.update(namespace, id, outputs, await engine.check(namespace, forced));
            assert.deepEqual(at(updated, "metadata", "labels"), { a: "2" });
        });

        it("says so when the object is no longer there", async () => {
            const { id, inputs, outputs } = await engine.up(configMap, settings({ a: "b" }));
            api.objects.delete("/api/v1/namespaces/default/configmaps/settings");
            await assert.rejects(
                engine.update(configMap, id, outputs, inputs),
                /no longer there; `pulumi up --refresh`/,
            );
        });
    });

    describe("patch resources", () => {
        const patch = "kubernetes:core/v1:NodePatch";
        const labels = { apiVersion: "v1", kind: "Node", metadata: { name: "n1", labels: { disk: "mysql" } } };

        it("set fields of an object that others own, and give only them up", async () => {
            api.put("/api/v1/nodes/n1", { apiVersion: "v1", kind: "Node", metadata: { labels: { zone: "a" } } });
            const { id, outputs } = await engine.up(patch, labels);
            const node = () => api.objects.get("/api/v1/nodes/n1")?.metadata.labels;
            assert.deepEqual(node(), { zone: "a", disk: "mysql" });
            await engine.delete(patch, id, outputs);
            assert.deepEqual(node(), { zone: "a" });
        });
    });

    describe("read", () => {
        it("shows drift of what the program set, and nothing of what it didn't", async () => {
            const { id, inputs, outputs } = await engine.up(configMap, settings({ a: "b" }));
            const object = api.objects.get("/api/v1/namespaces/default/configmaps/settings");
            Object.assign(object ?? {}, { data: { a: "drift", other: "x" } });
            const found = await engine.readResource(configMap, id, inputs, outputs);
            assert.deepEqual(found.inputs.data, { a: "drift" });
            const difference = await engine.diff(configMap, found.outputs, inputs);
            assert.deepEqual(difference.paths, ["data.a"]);
        });

        it("says that an object is gone", async () => {
            const { id, inputs, outputs } = await engine.up(configMap, settings({ a: "b" }));
            api.objects.clear();
            assert.equal((await engine.readResource(configMap, id, inputs, outputs)).id, "");
        });

        it("imports by namespace and name; what it says needs no change", async () => {
            api.put("/api/v1/namespaces/default/configmaps/old", {
                apiVersion: "v1",
                kind: "ConfigMap",
                metadata: { name: "old", namespace: "default", resourceVersion: "7" },
                data: { a: "b" },
            });
            const { id, inputs, outputs } = await engine.readResource(configMap, "default/old");
            assert.equal(id, "default/old");
            assert.deepEqual(inputs, settings({ a: "b" }, { name: "old", namespace: "default" }));
            assert.equal(
                (await engine.diff(configMap, outputs, await engine.check(configMap, inputs, inputs))).changed,
                false,
            );
        });
    });

    describe("delete", () => {
        it("deletes, waits until the object is gone, and takes one that is gone already", async () => {
            const { id, outputs } = await engine.up(configMap, settings({}));
            await engine.delete(configMap, id, outputs);
            assert.equal(api.objects.has("/api/v1/namespaces/default/configmaps/settings"), false);
            await engine.delete(configMap, id, outputs);
        });
    });

    describe("diff", () => {
        it("replaces a ConfigMap whose data changes: before deletion, unless its name is free to change", async () => {
            const { outputs } = await engine.up(configMap, settings({ a: "b" }));
            const named = await engine.diff(configMap, outputs, await engine.check(configMap, settings({ a: "c" })));
            assert.deepEqual(named, {
                changed: true,
                paths: ["data.a"],
                replaces: ["data.a"],
                deleteBeforeReplace: true,
            });
            const unnamed = { apiVersion: "v1", kind: "ConfigMap", data: { a: "b" } };
            const auto = await engine.up(configMap, unnamed);
            const changed = await engine.check(configMap, { ...unnamed, data: { a: "c" } }, auto.inputs);
            assert.equal((await engine.diff(configMap, auto.outputs, changed)).deleteBeforeReplace, false);
        });

        it("sees no change where only the spelling differs, and leaves ignored paths out", async () => {
            const claim = "kubernetes:core/v1:PersistentVolumeClaim";
            const volume = (storage: string) => ({
                apiVersion: "v1",
                kind: "PersistentVolumeClaim",
                metadata: { name: "data", annotations: { "pulumi.com/skipAwait": "true" } },
                spec: { resources: { requests: { storage } }, storageClassName: "" },
            });
            const { inputs, outputs } = await engine.up(claim, volume("1024Mi"));
            assert.equal(
                (await engine.diff(claim, outputs, await engine.check(claim, volume("1Gi"), inputs))).changed,
                false,
            );
            const bigger = await engine.check(claim, volume("2Gi"), inputs);
            assert.deepEqual((await engine.diff(claim, outputs, bigger)).paths, ["spec.resources.requests.storage"]);
            assert.equal((await engine.diff(claim, outputs, bigger, ["spec.resources"])).changed, false);
        });
    });

    describe("provider configuration", () => {
        const at1 = kubeconfig("https://198.51.100.10:6443");
        const at2 = kubeconfig("https://198.51.100.11:6443");

        it("means another cluster when the kubeconfig points elsewhere, or may", async () => {
            assert.deepEqual((await engine.diffConfig({ kubeconfig: at1 }, { kubeconfig: at2 })).replaces, [
                "kubeconfig",
            ]);
            assert.deepEqual((await engine.diffConfig({ kubeconfig: at1 }, { kubeconfig: unknown })).replaces, [
                "kubeconfig",
            ]);
            const other = at1.replace('"token":"t"', '"token":"new"');
            assert.deepEqual((await engine.diffConfig({ kubeconfig: at1 }, { kubeconfig: other })).replaces, []);
        });

        it("is decided by the cluster's identifier where there is one", async () => {
            const a = { clusterIdentifier: "a", kubeconfig: at1 };
            const stays = await engine.diffConfig(a, { clusterIdentifier: "a", kubeconfig: unknown });
            assert.deepEqual([stays.changed, stays.replaces], [true, []]);
            assert.deepEqual((await engine.diffConfig(a, { clusterIdentifier: "a", kubeconfig: at2 })).replaces, []);
            const moved = await engine.diffConfig(a, { clusterIdentifier: "b", kubeconfig: at1 });
            assert.deepEqual(moved.replaces, ["clusterIdentifier"]);
        });
    });

    describe("an unreachable cluster", () => {
        const dead = kubeconfig("http://127.0.0.1:1");

        async function start(config = {}): Promise<StandInEngine> {
            engine.stop();
            engine = new StandInEngine();
            await engine.start({ kubeconfig: dead, ...config });
            return engine;
        }

        it("is previewed from the state with one warning, and fails what needs it", async () => {
            const made = await engine.up(configMap, settings({ a: "b" }));
            await start();
            const inputs = await engine.check(configMap, settings({ a: "b" }));
            await engine.check(configMap, settings({ a: "b" }));
            assert.equal((await engine.diff(configMap, made.outputs, inputs)).changed, false);
            assert.deepEqual((await engine.create(configMap, inputs, { preview: true })).outputs, inputs);
            assert.equal(engine.logs.filter(({ message }) => message.includes("unreachable")).length, 1);
            const reason = /configured Kubernetes cluster is unreachable: http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED/;
            await assert.rejects(engine.create(configMap, inputs), reason);
            await assert.rejects(engine.update(configMap, made.id, made.outputs, inputs), reason);
            const hint = /PULUMI_K8S_DELETE_UNREACHABLE/;
            await assert.rejects(engine.readResource(configMap, made.id, made.inputs, made.outputs), hint);
            await assert.rejects(engine.delete(configMap, made.id, made.outputs), hint);
        });

        it("lets its objects go with deleteUnreachable", async () => {
            const made = await engine.up(configMap, settings({ a: "b" }));
            await start({ deleteUnreachable: "true" });
            assert.equal((await engine.readResource(configMap, made.id, made.inputs, made.outputs)).id, "");
            await engine.delete(configMap, made.id, made.outputs);
            assert.ok(engine.logs.some(({ message }) => message.includes("Deleting the unreachable resource")));
        });

        it("is also one whose kubeconfig can't be read", async () => {
            await start({ kubeconfig: "no such file" });
            await assert.rejects(engine.create(configMap, settings({})), /failed to parse kubeconfig data/);
        });
    });
});

async function failure(call: Promise<unknown>): Promise<CallError> {
    return call.then(
        () => assert.fail("the call did not fail"),
        (error: CallError) => error,
    );
}

function at(value: unknown, ...path: string[]): unknown {
    return path.reduce<unknown>((found, key) => (found as Record<string, unknown> | undefined)?.[key], value);
}
