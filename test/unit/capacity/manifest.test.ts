import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { inputs } from "../../../operations/capacity/input";
import { readManifest } from "../../../operations/capacity/manifest";
import { requests } from "../../../cluster/scheduler/demand";

const read = (text: string, namespace?: string) => readManifest([{ file: "app.yaml", text }], namespace);
const template = (name: string) =>
    `template: { metadata: { labels: { app: ${name} } }, spec: { containers: [{ name: c }] } }`;
const workload = (apiVersion: string, kind: string, spec: string) =>
    `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${kind.toLowerCase()}, namespace: n }\nspec: { ${spec} }\n`;

describe("a manifest", () => {
    it("may have every kind of workload", () => {
        const { workloads, notes, unknown } = read(
            [
                workload("apps/v1", "Deployment", `replicas: 3, ${template("a")}`),
                workload("apps/v1", "StatefulSet", template("a")),
                workload("apps/v1", "DaemonSet", template("a")),
                workload("apps/v1", "ReplicaSet", `replicas: 0, ${template("a")}`),
                workload("v1", "ReplicationController", `replicas: 2, ${template("a")}`),
                workload("v1", "Pod", "containers: [{ name: c }]"),
                workload("batch/v1", "Job", `parallelism: 4, completions: 2, ${template("a")}`),
                workload("batch/v1", "CronJob", `jobTemplate: { spec: { parallelism: 2, ${template("a")} } }`),
            ].join("---\n"),
        );
        assert.deepEqual(
            workloads.map(({ kind, namespace, name, replicas }) => [kind, namespace, name, replicas]),
            [
                ["Deployment", "n", "deployment", 3],
                ["StatefulSet", "n", "statefulset", 1],
                ["DaemonSet", "n", "daemonset", "per node"],
                ["ReplicaSet", "n", "replicaset", 0],
                ["ReplicationController", "n", "replicationcontroller", 2],
                ["Pod", "n", "pod", 1],
                ["Job", "n", "job", 2],
                ["CronJob", "n", "cronjob", 2],
            ],
        );
        assert.deepEqual(workloads[0].labels, { app: "a" });
        assert.deepEqual(notes, [
            "CronJob cronjob lets its runs overlap (concurrencyPolicy Allow): one run is counted.",
        ]);
        assert.deepEqual(unknown, []);
        assert.deepEqual(
            read(
                workload(
                    "batch/v1",
                    "CronJob",
                    `concurrencyPolicy: Forbid, jobTemplate: { spec: { ${template("a")} } }`,
                ),
            ).notes,
            [],
        );
    });

    it("may be JSON, and lists in lists", () => {
        const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [{ name: "c" }] } };
        const list = (items: object[], kind = "List") => ({ apiVersion: "v1", kind, items });
        const { workloads } = read(JSON.stringify(list([pod, list([pod], "PodList")]), null, 2), "mine");
        assert.deepEqual(
            workloads.map(({ namespace, name }) => `${namespace}/${name}`),
            ["mine/p", "mine/p"],
        );
    });

    it("tells custom resources and misspelt kinds apart from what makes no pods", () => {
        const { workloads, unknown } = read(
            [
                "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }",
                "# nothing but a remark",
                "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: g }",
                "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: h }",
                "apiVersion: apps/v1\nkind: Deploymnet\nmetadata: { name: d }",
                "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: r }\nrules: []",
            ].join("\n---\n"),
        );
        assert.deepEqual(workloads, []);
        assert.deepEqual(unknown, [
            { apiVersion: "gateway.networking.k8s.io/v1", kind: "Gateway", names: ["g", "h"] },
            { apiVersion: "apps/v1", kind: "Deploymnet", names: ["d"] },
        ]);
    });

    it("takes numbers and empty fields as charts write them", () => {
        const { workloads } = read(`
apiVersion: v1
kind: Pod
metadata:
  name: p
  labels:
spec:
  initContainers:
  containers:
    - name: a
      resources: { limits: { memory: 134217728, cpu: 0.5 }, requests: { cpu: 100m } }
    - name: b
      resources:
`);
        const [a, b] = workloads[0].spec.containers;
        assert.deepEqual(a.resources, { limits: { memory: "134217728", cpu: "0.5" }, requests: { cpu: "100m" } });
        assert.equal(b.resources, undefined);
        assert.equal(workloads[0].spec.initContainers, undefined);
        // A limit is the request too where there is none.
        const { cpu, memory } = requests(workloads[0].spec);
        assert.deepEqual([cpu, memory], [100, 2 ** 27]);
    });

    it("may bound a pod as a whole: its limit is a request only where no container has one", () => {
        const asked = (own: string) => {
            const spec = `{ resources: { limits: { memory: 1Gi } }, containers: [{ name: c, resources: ${own} }] }`;
            const { workloads } = read(`apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec: ${spec}\n`);
            return requests(workloads[0].spec).memory / 2 ** 20;
        };
        assert.deepEqual([asked("{}"), asked("{ requests: { memory: 64Mi } }")], [1024, 64]);
    });

    it("follows autoscalers: at least their minimum, and says how far they may go", () => {
        const scaler = workload(
            "autoscaling/v2",
            "HorizontalPodAutoscaler",
            "minReplicas: 2, maxReplicas: 5, scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: deployment }",
        );
        const { workloads, notes } = read(`${scaler}---\n${workload("apps/v1", "Deployment", template("a"))}`);
        assert.equal(workloads[0].replicas, 2);
        assert.deepEqual(notes, ["Deployment deployment may be scaled to 5 by its autoscaler: 2 counted."]);
    });

    it("leaves out hooks that an install does not run, and keeps those that it does", () => {
        const hook = (when: string) =>
            `apiVersion: v1\nkind: Pod\nmetadata: { name: ${when}, annotations: { helm.sh/hook: "${when}" } }\n` +
            "spec: { containers: [{ name: c }] }\n";
        const { workloads, notes } = read(["test", "post-delete", "pre-install"].map(hook).join("---\n"));
        assert.deepEqual(
            workloads.map(({ name }) => name),
            ["pre-install"],
        );
        assert.match(notes.join(), /Pod test is a hook \(test\) that an install does not run: not counted/);
    });

    it("says what of its wishes is not reckoned", () => {
        const { notes } = read(
            "apiVersion: v1\nkind: Pod\nmetadata: { name: p }\n" +
                "spec: { containers: [{ name: c, resources: { limits: { memory: 1Gi, nvidia.com/gpu: 1 } } }] }\n",
        );
        assert.deepEqual(notes, ["It asks for nvidia.com/gpu: whether there is enough of that is not checked."]);
    });

    it("brings priorities", () => {
        const { priorities } = read(
            "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: { name: high }\nvalue: 9\nglobalDefault: true\n",
        );
        assert.deepEqual(priorities, { high: 9, "": 9 });
    });
});

describe("a bad manifest", () => {
    const wrong = (text: string, message: RegExp) => assert.throws(() => read(text), { name: "BadManifest", message });
    const good = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n";

    it("is told with document, line and what is wrong: syntax", () => {
        wrong(`${good}---\na: 1\nb: [1\n---\n${good}`, /^app\.yaml, document 2, line 6: no YAML: /);
        wrong("a: b: c", /^app\.yaml, document 1, line 1: no YAML: /);
    });

    it("is told with document, line and what is wrong: content", () => {
        wrong(
            `${good}---\njust text\n`,
            /document 2, line 5: no object of Kubernetes: it must have apiVersion and kind/,
        );
        wrong("kind: Pod", /document 1, line 1: Pod: apiVersion is missing/);
        const pod = (containers: string) =>
            `apiVersion: v1\nkind: Pod\nmetadata: { name: p }\nspec:\n  containers:\n${containers}`;
        wrong(pod("    []"), /line 5: Pod p: spec\.containers a pod needs a container/);
        wrong(pod("    - image: x"), /line 6: Pod p: spec\.containers\[0\]\.name is missing/);
        wrong(
            `# remark\n---\n${pod("    - name: a\n      resources:\n        limits:\n          memory: 1gb\n")}`,
            /document 1, line 11: Pod p: spec\.containers\[0\]\.resources\.limits\.memory "1gb" is no quantity/,
        );
        wrong(
            workload("apps/v1", "Deployment", `replicas: -1, ${template("a")}`),
            /line 4: Deployment deployment: spec\.replicas/,
        );
        const inList = `apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: { name: p }\n  spec: {}\n`;
        wrong(inList, /line 7: Pod p: spec\.containers is missing/);
    });
});

describe("what is named to be read", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "capacity-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));

    it("may be a file or a folder, of which all manifests are read", () => {
        fs.mkdirSync(path.join(dir, "base"));
        for (const name of ["b.yml", "base/a.yaml", "c.json", "README.md"])
            fs.writeFileSync(path.join(dir, name), name);
        assert.deepEqual(
            inputs([dir]).map(({ text }) => text),
            ["b.yml", "base/a.yaml", "c.json"],
        );
        assert.deepEqual(inputs([path.join(dir, "README.md")])[0].text, "README.md");
    });

    it("must have something in it", () => {
        assert.throws(() => inputs([dir]), /no \.yaml, \.yml or \.json in it/);
        assert.throws(() => inputs([path.join(dir, "none.yaml")]), /ENOENT/);
    });
});
