import { quantity } from "../../config/quantity";
import type { Amounts, Container, PodSpec } from "./types";

type What = "requests" | "limits";

/** What a pod asks for as the scheduler reckons it; nothing named counts as nothing. */
export const requests = (spec: PodSpec): Amounts => effective(spec, "requests");

/**
 * What a pod may use at most. A container without a limit adds nothing, although it may use all that there is: see
 * `unbounded` for those.
 */
export const limits = (spec: PodSpec): Amounts => effective(spec, "limits");

/** The containers that name no memory to reserve, and those that name no bound of what they use. */
export function unbounded(spec: PodSpec): { request: string[]; limit: string[] } {
    const containers = [...(spec.initContainers ?? []), ...spec.containers];
    const without = (what: What) =>
        // What the pod names itself bounds all of its containers.
        named(spec, what, "memory") === undefined
            ? containers.filter((container) => named(container, what, "memory") === undefined).map(({ name }) => name)
            : [];
    return { request: without("requests"), limit: without("limits") };
}

/** What the scheduler's scores take for a container that names no request: see `scoredRequests`. */
const unnamed: Partial<Amounts> = { cpu: 100, memory: 200 * 2 ** 20 };

/**
 * The requests by which the scheduler compares nodes, not by which a pod fits: each container without a request counts
 * as 100m of CPU and 200 MiB, so that pods that ask for nothing are not heaped on one node. Of a pod that is looking
 * for a place, the scheduler does not see here what the pod names itself; of one that has its place, it does.
 */
export function scoredRequests(spec: PodSpec, placed: boolean): Amounts {
    if (!placed) return effective({ ...spec, resources: undefined }, "requests", unnamed);
    if (!spec.resources) return effective(spec, "requests", unnamed);
    const all = requests(spec);
    const withDefaults = effective(spec, "requests", unnamed);
    return each((kind) => all[kind] || withDefaults[kind]);
}

/** The amounts, by the names that a manifest has for them. */
const resources = { cpu: "cpu", memory: "memory", storage: "ephemeral-storage" } as const;

const each = (of: (kind: keyof Amounts) => number): Amounts => ({
    cpu: of("cpu"),
    memory: of("memory"),
    storage: of("storage"),
});
const plus = (a: Amounts, b: Amounts) => each((kind) => a[kind] + b[kind]);

export const none: Amounts = { cpu: 0, memory: 0, storage: 0 };

/** Of each kind, the more. */
export const most = (a: Amounts, b: Amounts): Amounts => each((kind) => Math.max(a[kind], b[kind]));

export const total = (amounts: Amounts[]): Amounts => amounts.reduce(plus, none);

/** A quantity as it was written; a limit without a request is the request too, as the API server makes it. */
function named({ resources: own }: Pick<Container, "resources">, what: What, kind: keyof Amounts): string | undefined {
    const name = resources[kind];
    return own?.[what]?.[name] ?? (what === "requests" ? own?.limits?.[name] : undefined);
}

/** A quantity in whole millicores or bytes, rounded up. */
function amount(text: string | undefined, kind: keyof Amounts): number {
    // To 15 digits first: 1.1 times 1000 is a little more than 1100.
    return text === undefined ? 0 : Math.ceil(Number((quantity(text) * (kind === "cpu" ? 1000 : 1)).toPrecision(15)));
}

/**
 * Init containers run one after the other, each beside the sidecars that were started before it; then all containers
 * run beside all sidecars. The pod needs the most of these, or what it names itself, and its overhead on top.
 */
function effective(spec: PodSpec, what: What, missing: Partial<Amounts> = {}): Amounts {
    const of = (container: Container) =>
        each((kind) => {
            const text = named(container, what, kind);
            return text === undefined ? (missing[kind] ?? 0) : amount(text, kind);
        });
    let sidecars = none;
    let starting = sidecars;
    for (const container of spec.initContainers ?? []) {
        const one = plus(sidecars, of(container));
        starting = most(starting, one);
        if (container.restartPolicy === "Always") sidecars = one;
    }
    const containers = most(starting, spec.containers.map(of).reduce(plus, sidecars));
    return each((kind) => {
        const own = podLevel(spec, what, kind, containers[kind]);
        // Nothing is put on top of a limit that there is not.
        return what === "requests" || own > 0 ? own + amount(spec.overhead?.[resources[kind]], kind) : own;
    });
}

/** What the pod names itself stands for its containers'; a limit stands for a request that none of them names. */
function podLevel(spec: PodSpec, what: What, kind: keyof Amounts, containers: number): number {
    if (kind === "storage") return containers;
    const own = spec.resources?.[what]?.[kind];
    if (own !== undefined) return amount(own, kind);
    const all = [...(spec.initContainers ?? []), ...spec.containers];
    const limit = what === "requests" && !all.some((one) => named(one, what, kind) !== undefined);
    return limit && spec.resources?.limits?.[kind] !== undefined
        ? amount(spec.resources.limits[kind], kind)
        : containers;
}
