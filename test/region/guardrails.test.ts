import * as assert from "node:assert/strict";
import { demands, ownNamespaces as own } from "../../apps/demands";
import { offLabel, quotaMark } from "../../cluster/guardrails/labels";
import { shareOf } from "../../cluster/guardrails/quotas";
import { all, run, type Deployment, type Registered } from "../program/engine";
import { stackConfig } from "../sample";
import { ControlPlane, type Said } from "./controlPlane";
import { eventually } from "./support";

/** Everything of the guardrails, in the order in which the API server can take it. */
const guardrailKinds = [
    ...["PriorityClass", "PriorityLevelConfiguration", "FlowSchema"],
    ...["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"],
    ...["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"],
];
const workloadKinds = ["Deployment", "StatefulSet", "DaemonSet", "Job"];
/** As if the time of each had come, once: its job by its template. */
const jobsOf = (schedules: Registered["inputs"][]) =>
    schedules.map(({ metadata, spec }) => ({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { namespace: metadata.namespace, name: metadata.name },
        spec: spec.jobTemplate.spec,
    }));

interface Wish {
    namespace: string;
    limit?: string;
    podLimit?: string;
    priorityClassName?: string;
    labels?: Record<string, string>;
}

let made = 0;

/** A pod that says how much memory it may use, or does not. */
function pod({ namespace, limit, podLimit, priorityClassName, labels }: Wish): object {
    const limited = (memory?: string) => (memory ? { resources: { limits: { memory } } } : {});
    return {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: `hog-${++made}`, namespace, labels },
        spec: {
            priorityClassName,
            ...limited(podLimit),
            containers: [{ name: "hog", image: "registry.invalid/hog:1.0", ...limited(limit) }],
        },
    };
}

/** The same pod by way of a Deployment. */
function deployment(wish: Wish): object {
    const { metadata, spec } = pod(wish) as { metadata: object; spec: object };
    const labels = { app: "hog" };
    return {
        apiVersion: "apps/v1",
        kind: "Deployment",
        metadata,
        spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
}

describe("the guardrails, in a real API server", () => {
    let stack: Deployment;
    let plane: ControlPlane;
    const team = "team";

    const create = (object: object, user = "administrator") =>
        plane.try(user, ["create", "-f", "-"], JSON.stringify(object));
    const admitted = async (object: object) => {
        const { stderr, code } = await create(object);
        assert.equal(code, 0, stderr);
        return stderr;
    };
    const refused = ({ code, stderr }: Said, message: RegExp) => {
        assert.equal(code, 1, "it was let in");
        assert.match(stderr, message);
    };
    const apply = (objects: object[]) =>
        plane.kubectl(
            ["apply", "--server-side", "-f", "-"],
            JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }),
        );
    const objects = (...kinds: string[]) => kinds.flatMap((kind) => all(stack, kind).map(({ inputs }) => inputs));
    const namespace = async (name: string, quota: string) => {
        await plane.kubectl(["create", "namespace", name]);
        await plane.kubectl(["-n", name, "create", "quota", "budget", `--hard=${quota}`]);
        const used = ["-n", name, "get", "quota", "budget", "-o", "jsonpath={.status.used.pods}"];
        await eventually(`${name}'s quota is counted`, 30, async () => (await plane.kubectl(used)) !== "");
    };

    before(async function () {
        this.timeout("5m");
        stack = await run();
        plane = await ControlPlane.start([
            { name: "operator", groups: ["kubeadm:cluster-admins"] },
            { name: "developer", groups: ["developers"] },
        ]);
        const controllers = [
            ...["deployment", "replicaset", "statefulset", "daemonset", "job", "resourcequota", "namespace"],
            ...["serviceaccount", "validatingadmissionpolicy-status"],
        ];
        await plane.add("kube-controller-manager", {
            kubeconfig: plane.kubeconfig(),
            "leader-elect": "false",
            controllers: controllers.map((name) => `${name}-controller`).join(","),
        });
        await plane.kubectl([
            "create",
            "clusterrolebinding",
            "kubeadm:cluster-admins",
            "--clusterrole=cluster-admin",
            "--group=kubeadm:cluster-admins",
        ]);
        await plane.kubectl(["create", "clusterrole", "namespaces", "--verb=*", "--resource=namespaces,pods"]);
        await plane.kubectl([
            "create",
            "clusterrolebinding",
            "developers",
            "--clusterrole=namespaces",
            "--group=developers",
        ]);
        await apply(objects(...guardrailKinds));
        await namespace(team, "requests.memory=1Gi,limits.memory=1Gi,pods=10");
        await eventually("the policies hold", 30, async () => (await create(pod({ namespace: team }))).code === 1);
    });

    after(() => plane?.stop());

    it("are taken as they are, and no policy has an expression that does not fit what it looks at", async () => {
        const policies = all(stack, "ValidatingAdmissionPolicy").map(({ inputs }) => String(inputs.metadata.name));
        assert.equal(policies.length, 7);
        for (const name of policies) {
            const get = ["get", "validatingadmissionpolicy", name, "-o", "jsonpath={.status}"];
            let status = "";
            await eventually(`${name} is checked`, 30, async () => {
                status = await plane.kubectl(get);
                return status.includes("typeChecking");
            });
            assert.doesNotMatch(status, /warning/i, name);
        }
    });

    it("refuse a pod without a memory limit, and say what to do", async () => {
        refused(
            await create(pod({ namespace: team })),
            /container hog has no memory limit: one leak would take the whole node\. Say how much .* resources: \{limits: \{memory: 256Mi\}\}/,
        );
        await admitted(pod({ namespace: team, limit: "64Mi" }));
        await admitted(pod({ namespace: team, podLimit: "64Mi" }));
    });

    it("take the default of a namespace's LimitRange for a limit", async () => {
        await namespace("defaults", "limits.memory=1Gi,pods=10");
        const limits = [{ type: "Container", default: { memory: "64Mi" } }];
        await apply([
            {
                apiVersion: "v1",
                kind: "LimitRange",
                metadata: { name: "own", namespace: "defaults" },
                spec: { limits },
            },
        ]);
        await eventually(
            "the default is known",
            20,
            async () => (await create(pod({ namespace: "defaults" }))).code === 0,
        );
    });

    it("warn at once of a workload whose pods will be refused", async () => {
        const said = await admitted(deployment({ namespace: team }));
        assert.match(
            said,
            /Warning: .*container hog has no memory limit: .* kubectl -n team set resources deployment\/hog-\d+ --limits=memory=256Mi/,
        );
        assert.equal(await admitted(deployment({ namespace: team, limit: "64Mi" })), "");
    });

    it("refuse what has no quota around it, with the command that makes one", async () => {
        await plane.kubectl(["create", "namespace", "bare"]);
        const message =
            /namespace bare has no ResourceQuota for limits\.memory, .*: kubectl -n bare create quota budget --hard=(\S+)/;
        for (const kind of [pod, deployment]) {
            const said = await create(kind({ namespace: "bare", limit: "64Mi" }));
            refused(said, message);
        }
        const { stderr } = await create(pod({ namespace: "bare", limit: "64Mi" }));
        const [, hard] = message.exec(stderr)!;
        await plane.kubectl(["-n", "bare", "create", "quota", "budget", `--hard=${hard}`]);
        await eventually(
            "the quota counts",
            30,
            async () => (await create(pod({ namespace: "bare", limit: "64Mi" }))).code === 0,
        );
    });

    it("are not content with a quota that bounds no memory", async () => {
        await namespace("counting", "pods=10");
        refused(await create(pod({ namespace: "counting", limit: "64Mi" })), /has no ResourceQuota for limits\.memory/);
        await plane.kubectl(["-n", "counting", "create", "quota", "memory", "--hard=limits.memory=1Gi"]);
        const again = async () => (await create(pod({ namespace: "counting", limit: "64Mi" }))).code === 0;
        await eventually("the other one counts", 30, again);
    });

    it("are not deceived by a mark of a quota that is not there", async () => {
        await plane.kubectl(["create", "namespace", "deceiver"]);
        const forged = { [quotaMark]: "deceiver" };
        refused(await create(pod({ namespace: "deceiver", limit: "64Mi", labels: forged })), /guardrails-quota-itself/);
        // Copied from where there is one.
        const copied = { [quotaMark]: team };
        refused(
            await create(pod({ namespace: "deceiver", limit: "64Mi", labels: copied })),
            // Both refuse it; the API server says the one that it asked first, in no certain order.
            /namespace deceiver has no ResourceQuota|guardrails-quota-itself/,
        );
    });

    it("hold a namespace to its quota", async () => {
        refused(await create(pod({ namespace: team, limit: "2Gi" })), /exceeded quota: budget/);
    });

    it("leave the system alone", async () => {
        for (const system of ["kube-system", "kube-flannel"]) {
            if (system !== "kube-system") await plane.kubectl(["create", "namespace", system]);
            await admitted(pod({ namespace: system, priorityClassName: "system-node-critical" }));
        }
    });

    it("keep the high priorities to the stack and the system, whatever their names", async () => {
        const wish = { namespace: team, limit: "64Mi" };
        await plane.kubectl(["create", "priorityclass", "vendor-critical", "--value=1000000000"]);
        await plane.kubectl(["create", "priorityclass", "first-of-mine", "--value=1000"]);
        for (const priorityClassName of ["data", "platform", "system-node-critical", "vendor-critical"]) {
            refused(
                await create(pod({ ...wish, priorityClassName })),
                new RegExp(
                    `priority class ${priorityClassName} has priority \\d+; .* kubectl create priorityclass NAME --value=1000`,
                ),
            );
        }
        refused(
            await create(deployment({ ...wish, priorityClassName: "data" })),
            /priority class data is for the stack's own/,
        );
        await admitted(pod({ ...wish, priorityClassName: "first-of-mine" }));
    });

    it("give everyone else the lowest priority, which puts nobody out", async () => {
        const object = pod({ namespace: team, limit: "64Mi" }) as { metadata: { name: string } };
        await admitted(object);
        const fields = "{.spec.priorityClassName} {.spec.priority} {.spec.preemptionPolicy}";
        const get = ["-n", team, "get", "pod", object.metadata.name, "-o", `jsonpath=${fields}`];
        assert.equal(await plane.kubectl(get), "everyone-else 0 Never");
    });

    it("are switched off for a namespace by an administrator who says why, and for nobody else's asking", async () => {
        await plane.kubectl(["create", "namespace", "off"]);
        const label = (value: string, user: string) =>
            plane.try(user, ["label", "namespace", "off", "--overwrite", `${offLabel}${value}`]);
        refused(
            await label("=drill", "developer"),
            /only an administrator switches .* kubectl label namespace off guardrails\.test-cluster\/off=REASON/,
        );
        refused(
            await create(
                { apiVersion: "v1", kind: "Namespace", metadata: { name: "born-off", labels: { [offLabel]: "x" } } },
                "developer",
            ),
            /only an administrator/,
        );
        refused(await label("=", "operator"), /say why/);
        assert.equal((await label("=drill", "operator")).code, 0);
        await eventually("the label counts", 20, async () => (await create(pod({ namespace: "off" }))).code === 0);
        refused(await create(pod({ namespace: "off", priorityClassName: "data" })), /priority class data/);
        // Other labels of it, and switching on again, are anybody's.
        assert.equal((await plane.try("developer", ["label", "namespace", "off", "color=red"])).code, 0);
        assert.equal((await label("-", "developer")).code, 0);
        await eventually("they hold again", 20, async () => (await create(pod({ namespace: "off" }))).code === 1);
    });

    it("let everything of the stack in, within its quotas", async function () {
        this.timeout("3m");
        const nodes = ["master", "node-01", "node-02"];
        await apply(nodes.map((name) => ({ apiVersion: "v1", kind: "Node", metadata: { name } })));
        const inOwn = (kind: string) => objects(kind).filter(({ metadata }) => own.includes(metadata.namespace));
        await apply(objects("Namespace").filter(({ metadata }) => own.includes(metadata.name)));
        await apply([...inOwn("LimitRange"), ...inOwn("ResourceQuota")]);
        const items = [...workloadKinds.flatMap(inOwn), ...jobsOf(inOwn("CronJob"))];
        const said = await plane.try(
            "administrator",
            ["apply", "--server-side", "-f", "-"],
            JSON.stringify({ apiVersion: "v1", kind: "List", items }),
        );
        assert.equal(said.code, 0, said.stderr);
        assert.equal(said.stderr, "");
        const config = stackConfig("dev");
        // The first run of a schedule asks for what those of its times do; here all times have come, so there is one more.
        const schedules = inOwn("CronJob").map(({ metadata }) => `${metadata.namespace}/${metadata.name}-first`);
        const firsts = inOwn("Job").map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
        const more = (name: string) =>
            firsts.filter((first) => schedules.includes(first) && first.startsWith(`${name}/`)).length;
        const wanted = own.map(
            (name) => [name, shareOf(name, demands(config), nodes.length).pods + more(name)] as const,
        );
        await eventually("every pod is made", 60, async () => {
            for (const [name, count] of wanted) {
                const pods = await plane.kubectl(["-n", name, "get", "pods", "-o", "name"]);
                const events = await plane.kubectl(["-n", name, "get", "events", "-o", "jsonpath={.items[*].message}"]);
                assert.equal(pods.split("\n").filter(Boolean).length, count, `${name}: ${pods} ${events}`);
            }
            return true;
        });
    });

    it("give operators a share of the API server of their own", async () => {
        const debug = "/debug/api_priority_and_fairness/dump_priority_levels";
        const dump = await plane.kubectl(["--as=somebody", "--as-group=kubeadm:cluster-admins", "get", "--raw", debug]);
        assert.match(dump, /^operators,/m);
        const served = await plane.kubectl(["get", "--raw", "/metrics"]);
        const executed =
            /apiserver_flowcontrol_dispatched_requests_total\{flow_schema="operators",priority_level="operators"\} (\d+)/;
        assert.ok(Number(executed.exec(served)?.[1]) > 0, "no request of an operator was counted there");
    });
});
