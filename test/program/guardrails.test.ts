import * as assert from "node:assert/strict";
import { ownNamespaces as own, share } from "../../apps/demands";
import { hard } from "../../cluster/guardrails/quotas";
import { quantity } from "../../config/quantity";
import { stackConfig } from "../sample";
import { all, one, run, type Deployment } from "./engine";
import { madeBefore } from "./order";
import { workloads, type Container, type Workload } from "./workloads";

for (const stack of ["dev", "local"]) {
    describe(`the guardrails of the ${stack} stack`, () => {
        let deployment: Deployment;
        const config = stackConfig(stack);

        before(async () => (deployment = await run({ stack })));

        it("have a quota and a range of limits for every namespace that the stack makes for itself", () => {
            const made = all(deployment, "Namespace").map(({ inputs }) => String(inputs.metadata.name));
            assert.deepEqual(made.filter((name) => name !== "kube-flannel").sort(), [...own].sort());
            for (const kind of ["ResourceQuota", "LimitRange"]) {
                const bounded = all(deployment, kind).map(({ inputs }) => String(inputs.metadata.namespace));
                assert.deepEqual(bounded.sort(), [...own].sort(), kind);
            }
        });

        it("reckon with what the stack's pods ask for, container by container", () => {
            for (const namespace of own) {
                const demand = share(config, namespace);
                const sum = { cpu: 0, memory: 0, pods: 0 };
                for (const workload of workloads(deployment, namespace)) {
                    const count = workload.kind === "DaemonSet" ? config.hosts.length : (workload.spec.replicas ?? 1);
                    sum.cpu += count * effective(workload, "cpu");
                    sum.memory += count * effective(workload, "memory");
                    sum.pods += count;
                }
                // Three more in `logging` follow a line for `npm run status`; one more in `mysql` is a backup by hand.
                const status = namespace === "logging" ? config.hosts.length : 0;
                if (namespace === "mysql") {
                    sum.cpu += quantity(config.backup.cpu);
                    sum.memory += quantity(config.backup.memory);
                    sum.pods += 1;
                }
                assert.deepEqual(
                    [
                        (demand.requests.cpu / 1000).toFixed(3),
                        demand.requests.memory,
                        demand.limits.memory,
                        demand.pods,
                    ],
                    [
                        (sum.cpu + status * 0.001).toFixed(3),
                        sum.memory + status * 32 * 2 ** 20,
                        sum.memory + status * 32 * 2 ** 20,
                        sum.pods + status,
                    ],
                    namespace,
                );
            }
        });

        it("leave room in a namespace for its largest pod once more, and none for pods where there are none", () => {
            for (const namespace of own) {
                const demand = share(config, namespace);
                const quota = one(deployment, "ResourceQuota", namespace).inputs.spec.hard;
                assert.deepEqual(quota, hard(demand));
                const spare = quantity(quota["limits.memory"]) - demand.limits.memory;
                assert.equal(spare, demand.largest.memory, namespace);
                assert.equal(Number(quota.pods), demand.pods && demand.pods + 1);
            }
            assert.equal(one(deployment, "ResourceQuota", "kafka").inputs.spec.hard.pods, "0");
        });

        it("let no container of a namespace have more than its largest pod", () => {
            for (const namespace of own) {
                const [limit] = one(deployment, "LimitRange", namespace).inputs.spec.limits;
                const sizes = workloads(deployment, namespace)
                    .flatMap(({ containers, initContainers }) => [...containers, ...initContainers])
                    .map(({ resources }) => quantity(resources.limits.memory));
                for (const size of sizes) assert.ok(size <= quantity(limit.max.memory), namespace);
                assert.equal(limit.max === undefined, sizes.length === 0, namespace);
            }
        });

        it("are there before any pod of the applications", () => {
            const needed = [
                ...["PriorityClass", "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicyBinding"],
                ...["FlowSchema"],
            ].flatMap((kind) => all(deployment, kind));
            assert.ok(needed.length >= 12);
            for (const kind of ["StatefulSet", "Deployment", "DaemonSet", "Job", "CronJob"]) {
                for (const resource of all(deployment, kind)) {
                    const { namespace } = resource.inputs.metadata;
                    if (!own.includes(namespace)) continue;
                    const first = madeBefore(deployment, resource);
                    for (const { urn } of [...needed, one(deployment, "ResourceQuota", namespace)])
                        assert.ok(first.has(urn), `${resource.name} does not wait for ${urn}`);
                }
            }
        });

        it("put data before the platform, and the platform before everyone else", () => {
            const tiers = Object.fromEntries(
                own
                    .flatMap((namespace) => workloads(deployment, namespace))
                    .map(({ title, pod }) => [title.split("/")[1].replace(/-[0-9a-f]{8}$/, ""), pod.priorityClassName]),
            );
            const platform = ["logstash", "kibana", "filebeat", "kibana-objects", "watermarks", "mysql-backup"];
            assert.deepEqual(tiers, {
                ...Object.fromEntries(["mysql", "nacos", "elasticsearch"].map((name) => [name, "data"])),
                ...Object.fromEntries(platform.map((name) => [name, "platform"])),
            });
            const { inputs: data } = one(deployment, "PriorityClass", "data");
            const { inputs: below } = one(deployment, "PriorityClass", "platform");
            const { inputs: others } = one(deployment, "PriorityClass", "everyone-else");
            assert.ok(data.value > below.value && below.value > others.value && others.value >= 0);
            assert.ok(data.value < 1_000_000_000, "from there on they are Kubernetes' own");
            assert.deepEqual([others.globalDefault, others.preemptionPolicy], [true, "Never"]);
        });

        it("fail closed, and say in words what to do", () => {
            const bindings = all(deployment, "ValidatingAdmissionPolicyBinding").map(({ inputs }) => inputs.spec);
            const denying = bindings.filter(({ validationActions }) => validationActions[0] === "Deny");
            assert.equal(denying.length, bindings.length - 1);
            for (const { policyName } of denying) {
                const { spec } = one(deployment, "ValidatingAdmissionPolicy", policyName).inputs;
                assert.equal(spec.failurePolicy, "Fail", policyName);
                if (policyName === "guardrails-quota-itself") continue;
                for (const { message } of spec.validations) assert.ok(message, policyName);
            }
        });
    });
}

/** What Kubernetes counts for a pod: its containers together, or its largest init container. */
function effective({ containers, initContainers }: Workload, key: "cpu" | "memory"): number {
    const asked = ({ resources }: Container) => quantity(resources.requests[key]);
    const together = containers.map(asked).reduce((total, each) => total + each, 0);
    return Math.max(together, ...initContainers.map(asked));
}

describe("the guardrails' configuration", () => {
    const exempt = async (change: Record<string, unknown>) => {
        const { spec } = one(await run({ change }), "ValidatingAdmissionPolicy", "guardrails-memory-limit").inputs;
        const [{ values }] = spec.matchConstraints.namespaceSelector.matchExpressions;
        return values as string[];
    };

    it("exempts Kubernetes' own namespaces and flannel's, and those that it names", async () => {
        const always = ["kube-system", "kube-public", "kube-node-lease", "kube-flannel"];
        assert.deepEqual(await exempt({}), always);
        const change = { "test-cluster:guardrails": { systemNamespaces: ["csi"] } };
        assert.deepEqual(await exempt(change), [...always, "csi"]);
    });

    it("does without the mark where Kubernetes serves no policy that makes it", async () => {
        const older = await run({ change: { "test-cluster:kubernetes": { version: "1.35.4" } } });
        assert.deepEqual(all(older, "MutatingAdmissionPolicy"), []);
        const names = all(older, "ValidatingAdmissionPolicy").map(({ name }) => name);
        assert.ok(!names.includes("guardrails-quota"));
        const { spec } = one(older, "ValidatingAdmissionPolicy", "guardrails-quota-itself").inputs;
        assert.equal(spec.matchConstraints.objectSelector, undefined);
    });
});
