import { type Context } from "../../../operations/drill/drill";
import { Recorder } from "../../../operations/drill/record";
import { Undo } from "../../../operations/drill/undo";
import type { Asked } from "../../../operations/status/api";
import type { Pod } from "../../../operations/status/kinds";
import type { Shell } from "../../../operations/status/ssh";
import { cluster, node, stack, StandInApi } from "../status/standins";
import { Leases } from "./leases";

interface Made {
    metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string | null> };
    spec: {
        validationActions?: string[];
        replicas?: number;
        template?: { spec: Pod["spec"] & { priorityClassName?: string } };
    };
}

const gibibyte = 2 ** 30;
const json = ({ body }: Asked) => JSON.parse(body ?? "{}") as Made;
const refuse = (message: string) => ({ status: 403, body: JSON.stringify({ message }) });

/** Stands in for a stack with all applications, its guardrails and its hosts, for a drill that eats memory. */
export class Stand {
    /** What holds the cluster; a test takes it away. */
    guardrails = true;
    /** Whether the data tier goes when the install eats. */
    fragile = false;
    /** Whether MySQL answers nobody. */
    down = false;
    /** Hosts without protection: as long as there are any, no pod is deleted. */
    private readonly bare = new Set<string>();
    readonly leases = new Leases();
    /** Hosts that hear nothing until the cloud restarts them. */
    readonly hung = new Set<string>();
    /** Milliseconds by which the drill's clock is ahead. */
    skipped = 0;
    /** What was told to whoever watches. */
    readonly said: string[] = [];
    readonly namespaces = new Map<string, Made & { quota: boolean; deployments: Made[] }>();
    readonly binding: Made = { metadata: { name: "guardrails-priority" }, spec: { validationActions: ["Deny"] } };
    /** Host and first words of what was run there. */
    readonly scripts: string[] = [];
    private readonly rows: { number: number; content: string }[] = [];
    private readonly configs = new Map<string, string>();
    private readonly look = cluster();

    constructor() {
        this.look.pods.forEach((pod) => (pod.metadata.uid = `uid ${pod.metadata.name}`));
        this.look.nodes = [node("master"), node("node-01")];
    }

    /** The way to it, in which a second takes a hundredth. */
    context(flags: string[] = [], signal: AbortSignal = new AbortController().signal): Context {
        const hosts = ["master", "node-01"].map((name) => ({ name, publicAddress: "", hostKey: "" }));
        const of = { ...stack(), access: { hosts, operatorKey: "" }, nacosPassword: "secret" };
        return {
            stack: of,
            api: this.api(),
            shell: { run: this.run.bind(this) } as unknown as Shell,
            cloud: { reboot: this.reboot.bind(this) } as unknown as Context["cloud"],
            pulumi: async () => "",
            reread: async () => undefined,
            reach: async () => ({ sql: () => this.sql.bind(this), nacos: this.nacos(), close: () => undefined }),
            rest: async (seconds) => {
                signal.throwIfAborted();
                await new Promise((resolve) => setTimeout(resolve, seconds * 10));
                signal.throwIfAborted();
            },
            recorder: new Recorder({ drill: "avalanche", what: "", stack: "local" }, () => Date.now() + this.skipped),
            undo: new Undo(5),
            signal,
            short: true,
            flags: new Set(flags),
            say: (text) => void this.said.push(text),
        };
    }

    /** Whether the install eats now. */
    get eating(): boolean {
        return this.hogs().length > 0;
    }

    private hogs(): Pod[] {
        return [...this.namespaces].flatMap(([namespace, { deployments, quota }]) =>
            // Where there is a quota, pods without a limit are refused.
            (quota ? [] : deployments).map(({ metadata, spec }) => ({
                metadata: { name: `${metadata.name}-5f6d8c7b9c-abcde`, namespace, uid: metadata.name },
                spec: { ...spec.template!.spec, nodeName: "node-01" },
                status: { phase: "Running" },
            })),
        );
    }

    private pods(): Pod[] {
        const gone = this.fragile && this.eating;
        return [...this.look.pods.filter(({ metadata }) => !gone || metadata.name !== "mysql-0"), ...this.hogs()];
    }

    private api(): StandInApi {
        const { look } = this;
        const place = "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings";
        const ofKind = (...names: string[]) => look.workloads.filter(({ metadata }) => names.includes(metadata.name));
        const made = () => this.namespaces.get("drill-avalanche")!;
        return new StandInApi({
            ...this.leases.replies(),
            "GET /readyz": () => "ok",
            "GET /api/v1/nodes": () => ({ items: look.nodes }),
            "GET /api/v1/pods": () => ({ items: this.pods() }),
            "GET /apis/apps/v1/statefulsets": () => ({ items: ofKind("mysql", "elasticsearch") }),
            "GET /apis/apps/v1/deployments": () => ({ items: ofKind("nacos", "logstash", "kibana") }),
            "GET /apis/apps/v1/daemonsets": () => ({ items: ofKind("filebeat") }),
            "GET /apis/metrics.k8s.io/.*": () => ({ items: [] }),
            "GET /api/v1/events": () => ({ items: [] }),
            "GET /api/v1/namespaces/[^/]+/services/.*": () => ({ spec: { clusterIP: "10.96.0.1" } }),
            "GET /api/v1/namespaces": () => ({ items: [...this.namespaces.values()] }),
            "POST /api/v1/namespaces": (asked) => {
                const namespace = json(asked);
                this.namespaces.set(namespace.metadata.name, { ...namespace, quota: false, deployments: [] });
                return namespace;
            },
            "DELETE /api/v1/namespaces/[^/]+": () => (this.bare.size === 0 && this.namespaces.clear(), {}),
            "POST /api/v1/namespaces/drill-avalanche/resourcequotas": () => ((made().quota = true), {}),
            "POST /apis/apps/v1/namespaces/drill-avalanche/deployments": (asked) => this.admit(json(asked), made()),
            [`GET ${place}`]: () => ({ items: [this.binding] }),
            [`PATCH ${place}/guardrails-priority`]: (asked) => {
                const { metadata, spec } = json(asked);
                this.binding.metadata.annotations = metadata.annotations;
                this.binding.spec = spec;
                if (Object.values(metadata.annotations!)[0] === null) delete this.binding.metadata.annotations;
                return {};
            },
        });
    }

    private admit(deployment: Made, namespace: { metadata: Made["metadata"]; quota: boolean; deployments: Made[] }) {
        const off = "guardrails.test-cluster/off" in (namespace.metadata.labels ?? {});
        const refuses = this.binding.spec.validationActions!.includes("Deny");
        if (this.guardrails && !off && !namespace.quota) {
            return refuse(
                `deployments.apps "${deployment.metadata.name}" is forbidden: the namespace has no ResourceQuota`,
            );
        }
        if (refuses && deployment.spec.template!.spec.priorityClassName) return refuse("that priority is the system's");
        namespace.deployments.push(deployment);
        return deployment;
    }

    /** What is in /run goes with it. */
    private async reboot(host: string) {
        this.hung.delete(host);
        this.bare.delete(host);
    }

    private async run(host: string, script: string) {
        if (this.hung.has(host)) return { stdout: "", failure: `${host} gave no answer over SSH` };
        const word = ["awk", "mysql", "systemd-run", "drill-kubelet"].find((each) => script.includes(each)) ?? "";
        if (word !== "awk") this.scripts.push(`${host} ${word}`);
        if (word === "systemd-run") this.bare.add(host);
        if (word === "drill-kubelet") this.bare.delete(host);
        const used = this.eating && host !== "master" ? 7.5 : 3;
        if (script.startsWith("cat ")) return { stdout: "kind: KubeletConfiguration\n" };
        return { stdout: word === "awk" ? `memory ${used * gibibyte} ${8 * gibibyte}\n` : "" };
    }

    private async sql(statement: string, [number, content]: unknown[] = []) {
        if (this.down || (this.fragile && this.eating)) throw new Error("connect ECONNREFUSED");
        const row = { number: number as number, content: content as string };
        if (statement.startsWith("INSERT")) return void this.rows.push(row);
        return statement.includes("WHERE") ? this.rows.filter((each) => each.number === number) : this.rows;
    }

    private nacos(): StandInApi {
        const key = (fields: URLSearchParams) => fields.get("dataId")!;
        const form = ({ body }: Asked) => new URLSearchParams(body);
        return new StandInApi({
            "POST /nacos/v3/auth/user/login": () => ({ accessToken: "token" }),
            "POST /nacos/v3/admin/cs/config": (asked) => {
                this.configs.set(key(form(asked)), form(asked).get("content")!);
                return { code: 0 };
            },
            "GET /nacos/v3/client/cs/config": (_, query) => ({
                code: 0,
                data: { content: this.configs.get(key(query)) },
            }),
            "DELETE /nacos/v3/admin/cs/config": (_, query) => (this.configs.delete(key(query)), { code: 0 }),
        });
    }

    /** What a drill has left behind. */
    left(): unknown[] {
        const { binding } = this;
        const actions = binding.metadata.annotations
            ? ["kept"]
            : binding.spec.validationActions!.filter((is) => is !== "Deny");
        const claims = this.leases.one ? ["claim"] : [];
        return [...this.namespaces.keys(), ...this.configs.keys(), ...this.bare, ...actions, ...claims];
    }
}
