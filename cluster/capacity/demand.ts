import { quantity } from "../../config/quantity";
import type { Amounts, Container, PodSpec } from "./types";

type Kind = "requests" | "limits";

const zero = (): Amounts => ({ cpu: 0, memory: 0, storage: 0 });

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
    const without = (kind: Kind) =>
        containers.filter((container) => !named(container, kind, "memory")).map(({ name }) => name);
    return {
        request: spec.resources && named(spec, "requests", "memory") ? [] : without("requests"),
        limit: spec.resources && named(spec, "limits", "memory") ? [] : without("limits"),
    };
}

/** A quantity as it was written; a limit without a request is the request too, as the API server makes it. */
function named(
    { resources }: Pick<Container, "resources">,
    kind: Kind,
    resource: "cpu" | "memory" | "ephemeral-storage",
): string | undefined {
    return resources?.[kind]?.[resource] ?? (kind === "requests" ? resources?.limits?.[resource] : undefined);
}

/** A list of resources as amounts; CPU is rounded up to whole millicores. */
function amounts(of: (resource: "cpu" | "memory" | "ephemeral-storage") => string | undefined): Amounts {
    const read = (resource: Parameters<typeof of>[0], times: number) => {
        const text = of(resource);
        // Rounded before it is rounded up: 1.1 * 1000 is a little more than 1100.
        return text === undefined ? 0 : Math.ceil(Number((quantity(text) * times).toPrecision(15)));
    };
    return { cpu: read("cpu", 1000), memory: read("memory", 1), storage: read("ephemeral-storage", 1) };
}

const combined = (a: Amounts, b: Amounts, how: (a: number, b: number) => number): Amounts => ({
    cpu: how(a.cpu, b.cpu),
    memory: how(a.memory, b.memory),
    storage: how(a.storage, b.storage),
});
const plus = (a: Amounts, b: Amounts) => combined(a, b, (a, b) => a + b);
const most = (a: Amounts, b: Amounts) => combined(a, b, Math.max);

/**
 * Init containers run one after the other, each beside the sidecars that were started before it; then all containers
 * beside all sidecars. The pod needs the most of these, or what it names itself, and its overhead on top.
 */
function effective(spec: PodSpec, kind: Kind): Amounts {
    const of = (container: Container) => amounts((resource) => named(container, kind, resource));
    let sidecars = zero();
    let starting = zero();
    for (const container of spec.initContainers ?? []) {
        if (container.restartPolicy === "Always") {
            sidecars = plus(sidecars, of(container));
            starting = most(starting, sidecars);
        } else starting = most(starting, plus(sidecars, of(container)));
    }
    const running = spec.containers.map(of).reduce(plus, sidecars);
    const own = { ...most(starting, running) };
    if (named(spec, kind, "cpu") !== undefined) own.cpu = amounts((name) => named(spec, kind, name)).cpu;
    if (named(spec, kind, "memory") !== undefined) own.memory = amounts((name) => named(spec, kind, name)).memory;
    return plus(
        own,
        amounts((resource) => spec.overhead?.[resource]),
    );
}
