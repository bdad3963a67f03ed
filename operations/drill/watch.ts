import { randomBytes } from "node:crypto";
import { type Api, ask } from "../status/api";
import { lookAtCluster, workloadLook } from "../status/cluster";
import { hostLook } from "../status/host";
import type { List, Node, Pod } from "../status/kinds";
import { NacosClient } from "../status/nacos";
import { waitFor } from "../status/wait";
import { disturbed, list, nodeProbe, noteEvents, noteNodes, notReady, type Tier, tierOf } from "./cluster";
import type { Context, Services } from "./drill";
import { compared, type Compared, type Known } from "./known/known";
import type { Want } from "./record";
import { asRoot, KnownRows, makePlace, removePlace } from "./rows";
import { type Probe, Sampler } from "./sampler";
import { kept, never, quick, quantile, steady } from "./verdict";

/** Seconds that a probe waits. */
const patience = 6;

export const apiProbe = "Kubernetes API";
const tierProbe = "data tier's pods";
export const rowsKind = "row that MySQL took";
export const sshProbe = (host: string) => `SSH ${host}`;
const memory = `awk '/^MemTotal:/ {total = $2} /^MemAvailable:/ {free = $2}
    END {printf "memory %.0f %.0f\\n", (total - free) * 1024, total * 1024}' /proc/meminfo`;

/** What a drill looks at beside what every drill does. */
export interface Beside {
    known: Known[];
    probes: Probe[];
}

/** Looks at a stack from all sides while a drill runs: one for every drill. */
export class Watch {
    /** The pods of all namespaces, as they were last seen. */
    pods: Pod[] = [];
    /** What has become of known data, by its kind; when it has ended. */
    readonly data: Record<string, Compared> = {};
    private sampler?: Sampler;
    private tier: Tier = {};
    /** The node of each pod of the tier. */
    private tierNodes: Record<string, string | undefined> = {};
    private services?: Services;
    /** Workloads that were ready before. */
    private ready = new Set<string>();
    private rows?: KnownRows;

    constructor(
        private readonly context: Context,
        private readonly beside: Beside = { known: [], probes: [] },
    ) {}

    /**
     * Writes known data and begins to look.
     * @throws Error when the stack is not well: what is down already can't be drilled
     */
    async begin(): Promise<void> {
        const { stack, api, undo, recorder } = this.context;
        const cluster = await lookAtCluster(api);
        const { tier, notReady } = tierOf(cluster);
        if (notReady.length > 0) throw new Error(`the stack is not well before the drill: ${notReady.join("; ")}`);
        this.tier = tier;
        const nodes = cluster.pods.map(({ metadata, spec }) => [
            `${metadata.namespace}/${metadata.name}`,
            spec.nodeName,
        ]);
        this.tierNodes = Object.fromEntries(nodes) as Record<string, string | undefined>;
        this.ready = new Set(stack.workloads.filter((id) => workloadLook(cluster, id)?.ready));

        await this.reach();
        undo.later("the way by SSH", 1, async () => this.services?.close());

        const password = randomBytes(16).toString("hex");
        undo.later("the drill's rows in MySQL", 120, async () => void (await asRoot(this.context, removePlace)));
        await asRoot(this.context, makePlace(password));
        this.rows = new KnownRows((statement, values) => this.services!.sql(password)(statement, values));

        let nacos = this.nacos();
        // The same each time: what a run that was killed has left is overwritten, and then removed.
        const key = { namespace: "public", group: "TEST_CLUSTER_DRILL", dataId: "known" };
        await nacos.login();
        undo.later("the drill's configuration in Nacos", 120, async () => {
            nacos = this.nacos();
            await nacos.login();
            await nacos.remove(key);
        });
        await nacos.publish(key, password);
        const known = async () => (await nacos.read(key)) === password;
        await waitFor(known, 10, "what was published in Nacos can't be read");
        const nacosProbe = async () => {
            try {
                if (!(await known())) throw new Error("a client does not get what was published");
            } catch (error) {
                // A Nacos that was made anew knows no earlier login.
                nacos = this.nacos();
                await nacos.login().catch(() => undefined);
                throw error;
            }
        };
        for (const each of this.beside.known) {
            undo.later(`the drill's ${each.kind}`, 120, () => each.remove());
            await each.write();
        }
        const sampler = new Sampler(this.probes(nacosProbe), recorder);
        this.sampler = sampler;
        undo.later("the probes", 15, () => sampler.stop());
    }

    /** Opens the way to what serves in the cluster, or opens it anew where it leads elsewhere by now. */
    async reach(): Promise<void> {
        const address = async (name: string, port: number) => {
            const path = `/api/v1/namespaces/${name}/services/${name}`;
            const { spec } = await ask<{ spec: { clusterIP: string } }>(this.context.api, "GET", path);
            return `${spec.clusterIP}:${port}`;
        };
        const addresses = { mysql: await address("mysql", 3306), nacos: await address("nacos", 8848) };
        this.services?.close();
        this.services = await this.context.reach(addresses);
    }

    /** Fails with what is not well in what was seen until now. */
    well(): void {
        const failed = Object.entries(this.context.recorder.record.samples).flatMap(([name, samples]) => {
            const failure = samples.find((sample) => sample.failure)?.failure;
            return failure ? [`${name}: ${failure}`] : [];
        });
        if (failed.length > 0) throw new Error(`the stack is not well before the drill: ${failed.join("; ")}`);
    }

    /**
     * What is not as it was before, by a look of now and the last try of each probe; nothing when all is.
     * @param since second before which a try says nothing
     */
    async different(since = 0): Promise<string | undefined> {
        const { api, stack, recorder } = this.context;
        try {
            const cluster = await lookAtCluster(api);
            const down = stack.workloads.find((id) => this.ready.has(id) && !workloadLook(cluster, id)?.ready);
            if (down) return `${down} is not ready`;
            const node = notReady(cluster.nodes);
            if (node) return node;
        } catch (error) {
            return (error as Error).message;
        }
        const tried = Object.entries(recorder.record.samples).filter(([name]) => name !== tierProbe);
        const old = tried.find(([, all]) => (all.at(-1)?.at ?? 0) < since);
        if (old) return `${old[0]}: no answer yet`;
        const failing = tried.find(([, all]) => all.at(-1)?.failure);
        return failing && `${failing[0]}: ${failing[1].at(-1)?.failure}`;
    }

    /** Ends the looking, and compares the known data. It does not fail: a stack that is down by now has missed its goals. */
    async end(): Promise<void> {
        await noteEvents(this.context.api, this.context.recorder).catch(() => undefined);
        await this.sampler?.stop();
        const rows = { compare: async () => (await this.rows?.compare()) ?? { taken: 0, lost: 0 } };
        this.data[rowsKind] = await compared(rows, 1);
        for (const each of this.beside.known) this.data[each.kind] = await compared(each, 5);
    }

    /** What has become of the data tier's pods that are not on these nodes; undefined when all of them are. */
    disturbedBeside(nodes: string[]): string[] | undefined {
        const spared = Object.entries(this.tier).filter(([id]) => !nodes.includes(this.tierNodes[id] ?? ""));
        return spared.length > 0 ? disturbed(Object.fromEntries(spared), this.pods) : undefined;
    }

    /** The goals that every drill has which breaks nothing on purpose but what it says. */
    wants(): Want[] {
        const { stack, recorder } = this.context;
        const { record } = recorder;
        return [
            quick(record, apiProbe, "The Kubernetes API answers (get nodes)", 2),
            ...stack.access.hosts.map(({ name }) => never(record, sshProbe(name), `${name} answers over SSH`)),
            never(record, "MySQL", "MySQL takes a row and gives it back"),
            never(record, "Nacos", "Nacos gives a client its configuration"),
            steady(record, nodeProbe, "Every node is Ready"),
            steady(record, tierProbe, "MySQL's, Elasticsearch's and Nacos' pods are neither evicted nor restarted"),
            kept(rowsKind, this.data[rowsKind]),
        ];
    }

    /** The largest share of its memory that any of these hosts used since a moment. */
    fullest(hosts: string[], since = 0): number {
        const { memory } = this.context.recorder.record;
        const all = hosts.flatMap((host) => (memory[host] ?? []).filter(({ at }) => at >= since));
        return quantile(
            all.map(({ used, of }) => used / of),
            1,
        );
    }

    private probes(nacos: () => Promise<void>): Probe[] {
        const { stack, recorder } = this.context;
        const nodes = async () => {
            const at = recorder.now();
            // That of now: a cluster that was made anew has another.
            noteNodes(await list<Node>(this.context.api, "/api/v1/nodes"), at, recorder);
        };
        const hosts = stack.access.hosts.map(({ name }) => ({
            name: sshProbe(name),
            every: 2,
            patience,
            run: () => this.host(name),
        }));
        return [
            { name: apiProbe, every: 0.5, patience, run: nodes },
            ...hosts,
            { name: "MySQL", every: 1, patience, run: () => this.rows!.write() },
            { name: "Nacos", every: 1, patience, run: nacos },
            { name: tierProbe, every: 2, patience, run: () => this.look() },
            ...this.beside.probes,
        ];
    }

    /** A login like any other, which says how much memory is used there. */
    private async host(name: string): Promise<void> {
        const { shell, recorder } = this.context;
        const at = recorder.now();
        const { stdout, failure } = await shell.run(name, memory, patience);
        if (failure) throw new Error(failure);
        const { used, of = 0 } = hostLook(stdout).memory ?? { used: 0 };
        if (of > 0) recorder.memory(name, { at, used, of });
    }

    /** All pods, and what the cluster warns of. An API that does not answer has a probe of its own, and is no loss here. */
    private async look(): Promise<void> {
        const { api, recorder } = this.context;
        const pods = await api.request("GET", "/api/v1/pods").catch(() => undefined);
        if (pods?.status !== 200) return;
        this.pods = (JSON.parse(pods.body) as List<Pod>).items;
        await noteEvents(api, recorder).catch(() => undefined);
        const ways = disturbed(this.tier, this.pods);
        if (ways.length > 0) throw new Error(ways.join("; "));
    }

    /** Nacos as it is reached now, with the password of now. */
    private nacos(): NacosClient {
        const api: Api = { request: (method, path, asked) => this.services!.nacos.request(method, path, asked) };
        return new NacosClient(api, this.context.stack.nacosPassword, "/nacos/");
    }
}
