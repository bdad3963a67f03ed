import { seeded } from "../../../cluster/scheduler/chances";
import type { Stack } from "../../status/stack";
import type { Drill } from "../drill";

/** A drill, and the host that it is done to where it takes one. */
export interface Drawn {
    drill: Drill;
    host?: string;
}

/**
 * Draws drills and their hosts: the same from the same seed, drills and stack. None comes twice before all have come;
 * those that take the whole cluster down are left out.
 */
export function draw(drills: Drill[], stack: Stack, seed: number, count: number): Drawn[] {
    const random = seeded(seed);
    const one = <T>(from: T[]) => Math.floor(random() * from.length);
    const possible = drills.filter((drill) => !drill.destructive && fits(drill, stack));
    if (possible.length === 0) throw new Error("there is no drill to be drawn");
    let left: Drill[] = [];
    return Array.from({ length: count }, () => {
        if (left.length === 0) left = [...possible];
        const [drill] = left.splice(one(left), 1);
        const hosts = drill.hosts?.(stack);
        return { drill, ...(hosts && { host: hosts[one(hosts)] }) };
    });
}

/** Every drill that can be done to a stack, once; those that take the whole cluster down go last. */
export function inOrder(drills: Drill[], stack: Stack): Drawn[] {
    const possible = drills.filter((drill) => fits(drill, stack));
    const last = possible.filter(({ destructive }) => destructive);
    return [...possible.filter(({ destructive }) => !destructive), ...last].map((drill) => ({ drill }));
}

/** Whether the stack has what the drill needs, and a host that it can be done to, where it takes one. */
export function fits({ hosts, lacks }: Drill, stack: Stack): boolean {
    return lacks?.(stack) === undefined && (!hosts || hosts(stack).length > 0);
}
