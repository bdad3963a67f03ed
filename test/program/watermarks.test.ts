import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { one, run, type Deployment } from "./engine";
import { container, environment, workload } from "./workloads";

describe("the watch over the nodes' watermarks", () => {
    let deployment: Deployment;
    let changed: Deployment;
    const watch = (of = deployment) => workload(of, "logging", "watermarks");
    before(async () => {
        deployment = await run();
        const image = "registry.example.com/elasticsearch:1.2.3";
        changed = await run({
            change: {
                "test-cluster:capacity": { watermarks: { requests: 90, used: 70 } },
                "test-cluster:elk": { elasticsearch: { image } },
            },
        });
    });

    it("has the configuration's marks, and an image that the stack has anyway", () => {
        const of = (deployment: Deployment) => {
            const { image, ...rest } = container(watch(deployment), "watermarks");
            return { image: image as string, marks: environment(rest) };
        };
        const server = container(workload(deployment, "logging", "elasticsearch"), "elasticsearch");
        assert.deepEqual(of(deployment), { image: server.image, marks: { MARK_REQUESTED: "85", MARK_USED: "85" } });
        assert.deepEqual(of(changed), {
            image: "registry.example.com/elasticsearch:1.2.3",
            marks: { MARK_REQUESTED: "90", MARK_USED: "70" },
        });
    });

    it("may list nodes and pods, read kubelets' figures and make events of nodes, and no more", () => {
        assert.deepEqual(one(deployment, "ClusterRole", "watermarks").inputs.rules, [
            { apiGroups: [""], resources: ["nodes", "pods"], verbs: ["list"] },
            { apiGroups: [""], resources: ["nodes/stats"], verbs: ["get"] },
        ]);
        const { metadata, rules } = one(deployment, "Role", "watermarks").inputs;
        assert.equal(metadata.namespace, "default");
        assert.deepEqual(rules, [{ apiGroups: [""], resources: ["events"], verbs: ["create"] }]);
        const account = { kind: "ServiceAccount", name: "watermarks", namespace: "logging" };
        for (const kind of ["ClusterRoleBinding", "RoleBinding"]) {
            const { roleRef, subjects } = one(deployment, kind, "watermarks").inputs;
            assert.deepEqual([roleRef.name, subjects], ["watermarks", [account]], kind);
        }
        assert.equal(watch().pod.serviceAccountName, "watermarks");
    });

    it("runs scripts that are all there", () => {
        const { metadata, data } = one(deployment, "ConfigMap", "watermarks").inputs;
        const volume = watch().pod.volumes.find(({ name }: { name: string }) => name === "scripts");
        assert.equal(volume.configMap.name, metadata.name);
        const files = fs.readdirSync(path.join(__dirname, "../../apps/watermarks/scripts"));
        assert.deepEqual(Object.keys(data).sort(), files.sort());
        const { command, startupProbe, readinessProbe, livenessProbe } = container(watch(), "watermarks");
        const called = [command, ...[startupProbe, readinessProbe, livenessProbe].map(({ exec }) => exec.command)];
        for (const [shell, script] of called) {
            assert.equal(shell, "/bin/bash");
            assert.ok(files.includes(path.basename(script)), script);
        }
    });
});
