import * as assert from "node:assert/strict";
import { Secret, decode, encode, unknown } from "../../../rehearsal/toolchain/plugins/serve";
import { connection, parseKubeconfig } from "../../../rehearsal/toolchain/plugins/kubernetes/api/kubeconfig";
import { difference } from "../../../rehearsal/toolchain/plugins/kubernetes/changes/difference";
import { immutableFields } from "../../../rehearsal/toolchain/plugins/kubernetes/changes/immutable";
import { parseQuantity } from "../../../rehearsal/toolchain/plugins/kubernetes/changes/quantity";
import { prune } from "../../../rehearsal/toolchain/plugins/kubernetes/changes/shape";
import { uniqueName } from "../../../rehearsal/toolchain/plugins/kubernetes/names";
import { normalize, parseId, toManifest, toProperties } from "../../../rehearsal/toolchain/plugins/kubernetes/object";

const mutable = { enableConfigMapMutable: true, enableSecretMutable: true };

describe("plugin values", () => {
    it("survive the wire with their marks", () => {
        const properties = { s: new Secret({ deep: [1, unknown] }), u: unknown, n: null, t: [true, "x", 1.5] };
        assert.deepEqual(decode(encode(properties)), properties);
    });
});

describe("kubernetes plugin's parts", () => {
    it("reads quantities", () => {
        assert.deepEqual(["500m", "1Gi", "2k", "1e3", 4].map(parseQuantity), [0.5, 1024 ** 3, 2000, 1000, 4]);
        assert.equal(parseQuantity("many"), undefined);
    });

    it("finds differences by path, in maps and lists", () => {
        const old = { spec: { a: 1, list: [{ x: 1 }, { x: 2 }], gone: true } };
        const next = { spec: { a: 1, list: [{ x: 3 }], added: "y", "dotted.key": unknown } };
        assert.deepEqual(difference(old, next, []), {
            "spec.list[0].x": "update",
            "spec.list[1]": "delete",
            "spec.gone": "delete",
            "spec.added": "add",
            'spec["dotted.key"]': "add",
        });
    });

    it("replaces for a field that is immutable, lies in one, or holds one", () => {
        const immutable = ["spec.selector", "spec.containers.image"];
        const kinds = (old: object, next: object) => Object.values(difference(old as never, next as never, immutable));
        assert.deepEqual(kinds({ spec: { selector: { a: "1" } } }, { spec: { selector: { a: "2" } } }), [
            "update-replace",
        ]);
        const image = (name: string) => ({ spec: { containers: [{ image: name }] } });
        assert.deepEqual(kinds(image("a"), image("b")), ["update-replace"]);
        assert.deepEqual(kinds({}, image("b")), ["add-replace"]);
        assert.deepEqual(kinds({ spec: {} }, { spec: { other: 1 } }), ["add"]);
    });

    it("knows the immutable fields of a kind", () => {
        const fields = (apiVersion: string, kind: string, more = {}) =>
            immutableFields({ apiVersion, kind, ...more }, mutable);
        assert.ok(fields("apps/v1", "StatefulSet").includes("spec.volumeClaimTemplates"));
        assert.ok(!fields("apps/v1", "StatefulSet").some((field) => field.startsWith("spec.template")));
        assert.ok(fields("v1", "PersistentVolume").includes("spec.local"));
        assert.ok(fields("rbac.authorization.k8s.io/v1", "RoleBinding").includes("roleRef"));
        assert.ok(!fields("v1", "ConfigMap").includes("data"));
        assert.ok(fields("v1", "ConfigMap", { immutable: true }).includes("data"));
        assert.deepEqual(fields("example.com/v1", "Foo"), ["metadata.name", "metadata.namespace"]);
    });

    it("leaves out of a live object what the inputs don't name, and keeps their way of saying it", () => {
        const live = { spec: { replicas: 2, added: "by the server", resources: { limits: { cpu: "1" } } }, status: {} };
        const inputs = {
            spec: { replicas: 1, command: [], env: [{ value: "" }], resources: { limits: { cpu: "1000m" } } },
        };
        assert.deepEqual(prune({ ...live, spec: { ...live.spec, env: [{}] } }, inputs), {
            spec: { replicas: 2, command: [], env: [{ value: "" }], resources: { limits: { cpu: "1000m" } } },
        });
        assert.deepEqual(prune({ data: {} }, { data: { key: "removed" } }), { data: {} });
    });

    it("normalizes Secrets and read-only metadata", () => {
        const metadata = { name: "s", uid: "1", creationTimestamp: null };
        const secret = { apiVersion: "v1", kind: "Secret", metadata, data: { a: "YQ==\n" }, stringData: { b: "b" } };
        assert.deepEqual(normalize(secret), {
            apiVersion: "v1",
            kind: "Secret",
            metadata: { name: "s" },
            data: { a: "YQ==", b: "Yg==" },
        });
    });

    it("writes the dashed keys of a CustomResourceDefinition as Kubernetes does", () => {
        const properties = { schema: { x_kubernetes_preserve_unknown_fields: true, my_key: 1 } };
        const manifest = { schema: { "x-kubernetes-preserve-unknown-fields": true, my_key: 1 } };
        assert.deepEqual(toManifest(properties), manifest);
        assert.deepEqual(toProperties(manifest), properties);
    });

    it("gives the same name for the same seed, and another for none", () => {
        const seed = new Uint8Array([1, 2, 3]);
        assert.equal(uniqueName("a-", seed), uniqueName("a-", seed));
        assert.notEqual(uniqueName("a-"), uniqueName("a-"));
        assert.match(uniqueName("a-"), /^a-[0-9a-f]{8}$/);
    });

    it("reads ids", () => {
        assert.deepEqual(parseId("ns/name"), { namespace: "ns", name: "name" });
        assert.deepEqual(parseId("name"), { name: "name" });
        assert.throws(() => parseId("a/b/c"), /"a\/b\/c" is not the id of a Kubernetes object/);
    });

    it("reads a kubeconfig, and says what it lacks", () => {
        const config = parseKubeconfig(`
current-context: c
contexts: [{name: c, context: {cluster: k, user: u, namespace: apps}}]
clusters: [{name: k, cluster: {server: "https://198.51.100.10:6443/", certificate-authority-data: UEVN}}]
users: [{name: u, user: {token: t}}]
`);
        const { server, ca, token, namespace } = connection(config, {});
        assert.deepEqual([server, String(ca), token, namespace], ["https://198.51.100.10:6443", "PEM", "t", "apps"]);
        assert.throws(() => connection(config, { context: "x" }), /no context "x"; it has c/);
        assert.throws(() => parseKubeconfig("no file"), /neither the path of an existing file/);
        const exec = { ...config, users: [{ name: "u", user: { exec: { command: "x" } } }] };
        assert.throws(() => connection(exec, {}), /logs in by exec; use a client certificate or a token/);
    });
});
