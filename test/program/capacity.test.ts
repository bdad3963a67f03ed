import * as assert from "node:assert/strict";
import { demands } from "../../apps/demands";
import type { Demand } from "../../cluster/capacity/ask";
import { kubeadmDemands } from "../../cluster/capacity/system";
import { volumesOf } from "../../cluster/capacity/volumes";
import { stackConfig } from "../sample";
import { run, type Deployment } from "./engine";
import { podMakers, runsOf } from "./workloads";

/** What a resource or a demand asks for, in one form. */
interface Ask {
    replicas: unknown;
    labels: unknown;
    containers: unknown[];
    initContainers: unknown[];
    claims: unknown[];
    /** What else decides about its place. */
    where: Record<string, unknown>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
function asked(replicas: unknown, labels: unknown, pod: any): Ask {
    const { nodeName, nodeSelector, affinity, tolerations, priorityClassName, priority, overhead, resources } = pod;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    const only = ({ name, resources, restartPolicy, ports = [] }: any) => ({
        ...{ name, resources, restartPolicy },
        hostPorts: ports.filter(({ hostPort }: { hostPort?: number }) => hostPort),
    });
    const claims = (pod.volumes ?? [])
        .filter((volume: { persistentVolumeClaim?: object }) => volume.persistentVolumeClaim)
        .map((volume: { persistentVolumeClaim: { claimName: string } }) => volume.persistentVolumeClaim.claimName);
    return {
        ...{ replicas, labels, claims },
        containers: pod.containers.map(only),
        initContainers: (pod.initContainers ?? []).map(only),
        where: { nodeName, nodeSelector, affinity, tolerations, priorityClassName, priority, overhead, resources },
    };
}

/** Everything that the program makes pods by, whatever the namespace, by `Kind namespace/name`. */
function registered(deployment: Deployment): Record<string, Ask> {
    return Object.fromEntries(
        podMakers(deployment).map(({ kind, inputs: { metadata, spec } }) => {
            const name = kind === "Job" ? metadata.name.replace(/-[0-9a-f]{8}$/, "") : metadata.name;
            const replicas = kind === "DaemonSet" ? "per node" : kind.endsWith("Job") ? 1 : spec.replicas;
            const { metadata: { labels = {} } = {}, spec: pod } = runsOf(kind, spec).template;
            return [`${kind} ${metadata.namespace}/${name}`, asked(replicas, labels, pod)];
        }),
    );
}

function planned(all: Demand[]): Record<string, Ask> {
    return Object.fromEntries(
        all.map(({ kind, namespace, name, replicas, labels, spec }) => [
            `${kind} ${namespace}/${name}`,
            asked(replicas, labels, spec),
        ]),
    );
}

for (const stack of ["dev", "local"]) {
    describe(`the capacity of the ${stack} stack`, () => {
        let deployment: Deployment;
        const config = stackConfig(stack);
        const made = new Set(kubeadmDemands(config).map(({ name }) => name));
        const plan = planned(demands(config).filter(({ name }) => !made.has(name)));
        before(async () => {
            deployment = await run({ stack });
        });

        it("is planned for each workload that the program makes, and for no other", () => {
            const resources = registered(deployment);
            assert.ok(Object.keys(resources).length >= 9);
            assert.deepEqual(Object.keys(plan).sort(), Object.keys(resources).sort());
        });

        it("is planned for what they ask: replicas, requests, limits, place and priority", () => {
            const resources = registered(deployment);
            for (const [title, ask] of Object.entries(plan)) assert.deepEqual(resources[title], ask, title);
        });

        it("counts on data disks that the volumes of these claims are on", () => {
            const volumes = Object.keys(volumesOf(config, demands(config))).map((id) => id.split("/")[1]);
            for (const [title, { claims }] of Object.entries(plan))
                for (const claim of claims) assert.ok(volumes.includes(String(claim)), title);
        });

        it("is shown before any resource, and suffices", () => {
            const [table, ...others] = deployment.messages;
            assert.match(table.text, /^Capacity: requests may be 85 %.*\n/);
            assert.match(table.text, /^node-02 +ecs\.c6\.xlarge /m);
            assert.match(
                table.text,
                /^without node-02: .*mysql,\s+elasticsearch, mysql-backup, logstash wait for data disks/ms,
            );
            // The stack itself is the first.
            assert.deepEqual([table.severity, table.resources, others], ["info", 1, []]);
            assert.equal(deployment.error, undefined);
        });
    });
}

describe("a stack that is short of room", () => {
    it("with one node lost is told so, and is no mistake", async () => {
        const change = { "test-cluster:nacos": { memory: "3Gi" }, "test-cluster:kafka": { memory: "512Mi" } };
        const { messages, error } = await run({ change });
        assert.equal(error, undefined);
        const [warning] = messages.filter(({ severity }) => severity === "warn");
        assert.match(
            warning.text,
            /^capacity: without node-01: .*no room for mysql-backup, filebeat, logstash; .*makes room for nacos/,
        );
        assert.equal(warning.resources, 1);
    });
});
