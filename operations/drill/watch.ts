import { randomBytes } from "node:crypto";
import { ask } from "../status/api";
import { lookAtCluster, workloadLook } from "../status/cluster";
import { inPod } from "../status/exec";
import { hostLook } from "../status/host";
import { condition, type List, type Node, type Pod } from "../status/kinds";
import { NacosClient } from "../status/nacos";
import { waitFor } from "../status/wait";
import { disturbed, list, nodeProbe, noteEvents, noteNodes, type Tier, tierOf } from "./cluster";
import type { Context } from "./drill";
import type { Want } from "./record";
import { KnownRows, makePlace, removePlace } from "./rows";
import { type Probe, Sampler } from "./sampler";
import { never, quick, quantile, steady } from "./verdict";

/** Seconds that a probe waits. */
const patience = 6;

export const apiProbe = "Kubernetes API";
const tierProbe = "data tier's pods";
const sshProbe = (host: string) => `SSH ${host}`;
const memory = `awk '/^MemTotal:/ {total = $2} /^MemAvailable:/ {free = $2}
    END {printf "memory %.0f %.0f\\n", (total - free) * 1024, total * 1024}' /proc/meminfo`;

/** Looks at a stack from all sides while a drill runs: one for every drill. */
export class Watch {
    /** The pods of all namespaces, as they were last seen. */
    pods: Pod[] = [];
    private sampler?: Sampler;
    private tier: Tier = {};
    /** Workloads that were ready before. */
    private ready = new Set<string>();
    private rows?: KnownRows;
    private data?: { taken: number; lost: number };
    /** Why the rows could not be compared. */
    private unread = "";

    constructor(private readonly context: Context) {}

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
        this.ready = new Set(stack.workloads.filter((id) => workloadLook(cluster, id)?.ready));

        const address = async (name: string, port: number) => {
            const path = `/api/v1/namespaces/${name}/services/${name}`;
            const { spec } = await ask<{ spec: { clusterIP: string } }>(api, "GET", path);
            return `${spec.clusterIP}:${port}`;
        };
        const addresses = { mysql: await address("mysql", 3306), nacos: await address("nacos", 8848) };
        const services = await this.context.reach(addresses);
        undo.later("the way by SSH", 1, async () => services.close());

        const password = randomBytes(16).toString("hex");
        undo.later("the drill's rows in MySQL", 120, () => this.mysql(removePlace));
        await this.mysql(makePlace(password));
        this.rows = new KnownRows(services.sql(password));

        const nacos = new NacosClient(services.nacos, stack.nacosPassword, "/nacos/");
        // The same each time: what a run that was killed has left is overwritten, and then removed.
        const key = { namespace: "public", group: "TEST_CLUSTER_DRILL", dataId: "known" };
        await nacos.login();
        undo.later("the drill's configuration in Nacos", 120, async () => {
            await nacos.login();
            await nacos.remove(key);
        });
        await nacos.publish(key, password);
        const known = async () => (await nacos.read(key)) === password;
        await waitFor(known, 10, "what was published in Nacos can't be read");
        const nacosProbe = async () => {
            if (!(await known())) throw new Error("a client does not get what was published");
        };
        const sampler = new Sampler(this.probes(nacosProbe), recorder);
        this.sampler = sampler;
        undo.later("the probes", 15, () => sampler.stop());
    }

    /** Fails with what is not well in what was seen until now. */
    well(): void {
        const failed = Object.entries(this.context.recorder.record.samples).flatMap(([name, samples]) => {
            const failure = samples.find((sample) => sample.failure)?.failure;
            return failure ? [`${name}: ${failure}`] : [];
        });
        if (failed.length > 0) throw new Error(`the stack is not well before the drill: ${failed.join("; ")}`);
    }

    /** What is not as it was before, by a look of now and the last try of each probe; nothing when all is. */
    async different(): Promise<string | undefined> {
        const { api, stack, recorder } = this.context;
        try {
            const cluster = await lookAtCluster(api);
            const down = stack.workloads.find((id) => this.ready.has(id) && !workloadLook(cluster, id)?.ready);
            if (down) return `${down} is not ready`;
            const node = cluster.nodes.find((each) => condition(each, "Ready")?.status !== "True");
            if (node) return `node ${node.metadata.name} is not Ready`;
        } catch (error) {
            return (error as Error).message;
        }
        const tried = Object.entries(recorder.record.samples).filter(([name]) => name !== tierProbe);
        const failing = tried.find(([, all]) => all.at(-1)?.failure);
        return failing && `${failing[0]}: ${failing[1].at(-1)?.failure}`;
    }

    /** Ends the looking, and compares the known data. It does not fail: a stack that is down by now has missed its goals. */
    async end(): Promise<void> {
        await noteEvents(this.context.api, this.context.recorder).catch(() => undefined);
        await this.sampler?.stop();
        try {
            this.data = await this.rows?.compare();
        } catch (error) {
            this.unread = `: ${(error as Error).message}`;
        }
    }

    /** The goals that every drill has which breaks nothing on purpose but what it says. */
    wants(): Want[] {
        const { stack, recorder } = this.context;
        const { record } = recorder;
        const { taken = 0, lost = 0 } = this.data ?? {};
        return [
            quick(record, apiProbe, "The Kubernetes API answers (get nodes)", 2),
            ...stack.access.hosts.map(({ name }) => never(record, sshProbe(name), `${name} answers over SSH`)),
            never(record, "MySQL", "MySQL takes a row and gives it back"),
            never(record, "Nacos", "Nacos gives a client its configuration"),
            steady(record, nodeProbe, "Every node is Ready"),
            steady(record, tierProbe, "MySQL's, Elasticsearch's and Nacos' pods are neither evicted nor restarted"),
            {
                what: "No row that MySQL took is lost",
                wanted: "0 lost",
                got: this.data ? `${lost} of ${taken} lost` : `not compared${this.unread}`,
                met: taken > 0 && lost === 0,
            },
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
        const { stack, api, recorder } = this.context;
        const nodes = async () => {
            const at = recorder.now();
            noteNodes(await list<Node>(api, "/api/v1/nodes"), at, recorder);
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

    private async mysql(sql: string): Promise<void> {
        const { shell, stack } = this.context;
        const place = { host: stack.controlPlane!, namespace: "mysql", pod: "mysql-0", container: "mysql" };
        const client = "mysql --defaults-file=/run/mysqld/client.cnf";
        await inPod(shell, place, `${client} <<'SQL'\n${sql}\nSQL\n`, 20);
    }
}
