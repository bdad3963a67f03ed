import { lookAtCluster } from "./cluster";
import { lookAtHost } from "./host";
import { type Facts, type Probe, probesOf, type Way } from "./probes";
import type { Probed, Row } from "./row";
import { rowsOf } from "./rows";
import type { Stack } from "./stack";
import { within } from "./wait";

/** Seconds between two tries of the same probe. */
const interval = 30;

/** Looks at a stack, once or again and again. */
export class Look {
    private readonly probed = new Map<string, { at: number; result: Probed }>();
    private readonly running = new Map<string, Promise<void>>();

    constructor(
        private readonly stack: Stack,
        private readonly way: Way,
    ) {}

    /** Looks at everything and tries what can be tried; returns when all has an end. */
    async all(): Promise<Row[]> {
        const facts = await this.facts();
        this.start(facts);
        await this.settled();
        return this.rows(facts);
    }

    /** Looks at everything; probes go on behind, every 30 s, and rows have the last that came to its end. */
    async again(): Promise<Row[]> {
        const facts = await this.facts();
        this.start(facts);
        return this.rows(facts);
    }

    /** Returns when no probe runs any more. */
    async settled(): Promise<void> {
        await Promise.all(this.running.values());
    }

    private async facts(): Promise<Facts> {
        const { stack, way } = this;
        const { api } = way;
        const cluster = api
            ? lookAtCluster(api)
            : Promise.reject(new Error("this stack has no cluster yet: pulumi up"));
        const hosts = stack.access.hosts.map(async ({ name }) => {
            const disks = stack.disks.filter(({ host }) => host === name).map((disk) => disk.name);
            return [name, await lookAtHost(way.shell, name, disks, stack.kafka?.host === name)] as const;
        });
        const [clusterLook, hostLooks] = await Promise.all([
            cluster.catch((error: Error) => error),
            Promise.all(hosts),
        ]);
        return { cluster: clusterLook, hosts: Object.fromEntries(hostLooks) };
    }

    private start(facts: Facts): void {
        const wanted = probesOf(this.stack, facts, this.way);
        // What can't be tried now says nothing by how it was.
        for (const name of this.probed.keys()) {
            if (!wanted.some((probe) => probe.name === name)) this.probed.delete(name);
        }
        for (const probe of wanted) {
            const { at = 0 } = this.probed.get(probe.name) ?? {};
            if (this.running.has(probe.name) || Date.now() - at < interval * 1000) continue;
            const end = this.tried(probe).then((result) => {
                this.probed.set(probe.name, { at: Date.now(), result });
                this.running.delete(probe.name);
            });
            this.running.set(probe.name, end);
        }
    }

    private async tried({ what, patience, run }: Probe): Promise<Probed> {
        try {
            const found = await within(patience, run());
            return { what, ...(typeof found === "number" ? { seconds: found } : found) };
        } catch (error) {
            return { what, failure: (error as Error).message };
        }
    }

    private rows(facts: Facts): Row[] {
        const results = Object.fromEntries([...this.probed].map(([name, { result }]) => [name, result]));
        return rowsOf(this.stack, facts, results);
    }
}
