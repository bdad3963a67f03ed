import { strict as assert } from "node:assert";
import { knownIn, readInstalls } from "../../../operations/capacity/installs";
import { readManifest } from "../../../operations/capacity/manifest";
import { node, threeHosts } from "./cluster";

const pod = (image: string, labels: Record<string, string> = {}) =>
    readManifest([
        {
            file: "pod.yaml",
            text: JSON.stringify({
                ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "p", labels } },
                spec: { containers: [{ name: "c", image }] },
            }),
        },
    ]);
const names = (manifest: ReturnType<typeof pod>) => knownIn(manifest, threeHosts()).map(({ install }) => install.name);

describe("known installs", () => {
    it("each say what they need, where that is written and when it was seen", () => {
        const installs = readInstalls();
        assert.deepEqual(
            installs.map(({ name }) => name),
            ["Rancher", "Istio", "KubeSphere", "Longhorn", "kube-prometheus-stack", "GitLab", "ECK"],
        );
        for (const { name, nodes, together, free, url, seen } of installs) {
            assert.ok(nodes ?? together ?? free, name);
            assert.match(url, /^https:\/\//);
            assert.match(seen, /^20\d\d-\d\d-\d\d$/);
        }
    });

    it("are known by image, whatever the registry, the tag and the digest are", () => {
        assert.deepEqual(names(pod("rancher/rancher:v2.12.0")), ["Rancher"]);
        assert.deepEqual(names(pod("registry.example.com:5000/mirror/rancher/rancher@sha256:0123")), ["Rancher"]);
        assert.deepEqual(names(pod("longhornio/longhorn-manager:v1.9.0")), ["Longhorn"]);
        assert.deepEqual(names(pod("rancher/rancher-agent:v2.12.0")), []);
        assert.deepEqual(names(pod("notrancher/rancher:v1")), []);
    });

    it("are known by the chart's label and by name", () => {
        assert.deepEqual(names(pod("x", { "helm.sh/chart": "eck-operator-2.16.0" })), ["ECK"]);
        assert.deepEqual(names(pod("x", { chart: "rancher-2.12.0-rc.1" })), ["Rancher"]);
        assert.deepEqual(names(pod("x", { "app.kubernetes.io/name": "istiod" })), ["Istio"]);
        assert.deepEqual(names(pod("x", { "helm.sh/chart": "gitlab-runner-0.70.0" })), []);
    });

    it("are known by a custom resource", () => {
        const text = "apiVersion: elasticsearch.k8s.elastic.co/v1\nkind: Elasticsearch\nmetadata: { name: logs }\n";
        assert.deepEqual(names(readManifest([{ file: "es.yaml", text }])), ["ECK"]);
    });

    it("are held against the nodes, as big as they are sold", () => {
        const lacks = (sizes: [number, number][]) => {
            const nodes = sizes.map(([cpus, memory], i) => node(`n${i}`, cpus, memory));
            return knownIn(pod("longhornio/longhorn-manager"), threeHosts({ nodes }))[0].lacks;
        };
        const [small, big]: [number, number][] = [
            [2, 4],
            [4, 4],
        ];
        assert.equal(lacks([big, big, big]), undefined);
        assert.equal(lacks([big, small, big]), "2 of 3 are so big");
        assert.equal(lacks([small, small, small]), "none of 3 is so big");
    });

    it("are held against all nodes together, and against what nobody has requested", () => {
        const [gitlab] = knownIn(pod("x", { "helm.sh/chart": "gitlab-8.0.0" }), threeHosts());
        assert.equal(gitlab.needs, "8 CPU and 30 GB in the cluster");
        assert.equal(gitlab.lacks, "all nodes together have 10 CPU and 19 GiB");
        const [kubesphere] = knownIn(pod("kubesphere/ks-installer:v3.4.1"), threeHosts());
        assert.deepEqual([kubesphere.needs, kubesphere.lacks], ["1 CPU and 2 GB free", undefined]);
        const full = threeHosts({ nodes: [node("master", 2, 4)], pods: threeHosts().pods.slice(0, 2) });
        assert.match(
            knownIn(pod("kubesphere/ks-installer:v3.4.1"), full)[0].lacks!,
            /1\.3 CPU and 0 MiB are free|are free/,
        );
    });
});
