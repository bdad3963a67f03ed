import { type Filled, fits, objections, type Surroundings } from "./filters";
import { comesBack, priority } from "./owner";
import { preemptions } from "./preemption";
import { scores } from "./scores";
import type { Node, Placement, Pod } from "./types";

/** What a placement depends on beside nodes and pods. */
export interface PlaceOptions {
    /** Volumes that lie on certain nodes: by claim, `namespace/name`, the names of these. */
    volumes?: Record<string, string[]>;
    /** Among nodes that are equally good, which; the first in the given order by default. */
    choose?: (pod: Pod, equal: string[]) => string;
}

/**
 * Finds a place for every pod, as the default scheduler of Kubernetes 1.36 would. Pods with a `node` or a
 * `spec.nodeName` are there already. The others come by priority, then in the given order; who finds no place puts out
 * pods of lower priority, where that helps, or waits and is tried again when something has changed. Who is put out
 * comes back into the queue if it has a controller that makes it anew.
 *
 * Modelled: requests (CPU, memory, ephemeral storage, number of pods), cordons, taints, node selector and required node
 * affinity, host ports, volumes that lie on nodes, required affinity and anti-affinity between pods; of the scores all
 * that are on by default but images; preemption with its policy and its choice of victims.
 *
 * Not modelled: disruption budgets, `topologySpreadConstraints` of the pod's own (the default spreading of replicas is,
 * by owner rather than by selectors), namespace selectors, extended resources and device claims, limits of volumes a
 * node, volumes that are yet to be made, pod groups, scheduling gates, other schedulers and profiles, results that
 * the scheduler reuses for equal pods, retries before the queue is empty, and the kubelet's own refusals.
 */
export function place(nodes: Node[], pods: Pod[], options: PlaceOptions = {}): Placement {
    const home = ({ node, spec }: Pod) => spec.nodeName ?? node;
    const bound = pods.flatMap((pod) => {
        const at = home(pod);
        return at === undefined ? [] : [[pod, at] as const];
    });
    return settle(
        nodes,
        new Map(bound),
        pods.filter((pod) => home(pod) === undefined),
        options,
    );
}

/** Finds places for `pods` beside those that are bound already, by pod the name of the node, the oldest first. */
export function settle(nodes: Node[], bound: Map<Pod, string>, pods: Pod[], options: PlaceOptions): Placement {
    const run = new Run(nodes, bound, options);
    run.place(pods);
    return run.result();
}

class Run {
    private readonly nodes: Filled[];
    private readonly volumes: Record<string, string[]>;
    private readonly choose: NonNullable<PlaceOptions["choose"]>;
    private readonly placed = new Map<Pod, string>();
    private readonly since = new Map<Pod, number>();
    private readonly preemptors = new Map<Pod, Pod>();
    private readonly nominated = new Map<Pod, Filled>();
    private waiting: Pod[] = [];
    private readonly nowhere: Placement["waiting"] = [];
    private count = 0;

    constructor(
        nodes: Node[],
        bound: Map<Pod, string>,
        { volumes = {}, choose = (_, [first]) => first }: PlaceOptions,
    ) {
        this.nodes = nodes.map((node) => ({ node, pods: [] }));
        this.volumes = volumes;
        this.choose = choose;
        for (const [pod, name] of bound) {
            const at = this.nodes.find(({ node }) => node.name === name);
            if (at) this.put(pod, at);
            else this.nowhere.push({ pod, reasons: { [name]: "there is no such node" } });
        }
    }

    /** In rounds, as long as one changes something: a pod may wait for another that comes after it. */
    place(pods: Pod[]): void {
        let queue = ordered(pods);
        for (let changed = true; changed; queue = ordered(this.waiting)) {
            changed = false;
            this.waiting = [];
            for (let pod = queue.shift(); pod; pod = queue.shift()) {
                if (this.putOnBest(pod)) {
                    changed = true;
                    continue;
                }
                const victims = this.makeRoom(pod);
                if (victims.length === 0) {
                    this.waiting.push(pod);
                    continue;
                }
                changed = true;
                // The room is kept for it, but not from pods that are more important, should they wait.
                const first = this.waiting.filter((other) => priority(other) > priority(pod));
                this.waiting = this.waiting.filter((other) => !first.includes(other));
                queue = ordered([...first, pod, ...queue, ...victims.filter(comesBack)]);
            }
        }
    }

    private around(): Surroundings {
        return { nodes: this.nodes, volumes: this.volumes };
    }

    private putOnBest(pod: Pod): boolean {
        const candidates = this.nodes.filter((at) => fits(pod, at, this.around()));
        if (candidates.length === 0) return false;
        const nominated = candidates.find((at) => at === this.nominated.get(pod));
        const values = nominated ? [] : scores(pod, candidates, this.nodes);
        const highest = Math.max(...values);
        const best = candidates.filter((_, index) => values[index] === highest);
        this.put(pod, nominated ?? this.one(pod, best));
        return true;
    }

    /** Puts out others where that gives the pod a place; returns who they were. */
    private makeRoom(pod: Pod): Pod[] {
        const ways = preemptions(pod, this.around(), (other) => this.since.get(other)!);
        if (ways.length === 0) return [];
        const at = this.one(
            pod,
            ways.map((way) => way.at),
        );
        const { victims } = ways.find((way) => way.at === at)!;
        at.pods = at.pods.filter((other) => !victims.includes(other));
        for (const victim of victims) {
            this.placed.delete(victim);
            this.preemptors.set(victim, pod);
        }
        this.nominated.set(pod, at);
        return victims;
    }

    private one(pod: Pod, equal: Filled[]): Filled {
        if (equal.length === 1) return equal[0];
        const chosen = this.choose(
            pod,
            equal.map(({ node }) => node.name),
        );
        return equal.find(({ node }) => node.name === chosen)!;
    }

    private put(pod: Pod, at: Filled): void {
        at.pods.push(pod);
        this.placed.set(pod, at.node.name);
        this.since.set(pod, this.count++);
    }

    result(): Placement {
        const around = this.around();
        const reasons = (pod: Pod) =>
            Object.fromEntries(
                this.nodes.map((at) => [
                    at.node.name,
                    objections(pod, at, around)
                        .map(({ text }) => text)
                        .join("; "),
                ]),
            );
        return {
            placed: this.placed,
            waiting: [...this.nowhere, ...this.waiting.map((pod) => ({ pod, reasons: reasons(pod) }))],
            preempted: [...this.preemptors.keys()],
            preemptors: this.preemptors,
        };
    }
}

/** As the scheduler's queue: by priority, else as given. */
const ordered = (pods: Pod[]): Pod[] => [...pods].sort((a, b) => priority(b) - priority(a));
