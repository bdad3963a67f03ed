import type { Api } from "../../status/api";
import type { Context } from "../drill";
import type { Watch } from "../watch";
import { uninstall } from "./install";
import type { Restarts } from "./restarts";

/** A run of the avalanche: what its phases share. */
export interface Run {
    context: Context;
    watch: Watch;
    restarts: Restarts;
    phase(name: string, what: string, fault?: boolean): void;
}

/** What is put back with the install's removal, and how long all of it may take. */
export interface Removal {
    /** Seconds. */
    patience: number;
    /** May be called several times. */
    putBack?(): Promise<void>;
}

/** Says to the drill's `undo` that an install is to be removed, before it is made. */
export function removeLater({ context, restarts }: Run, { patience, putBack }: Removal): void {
    const { api, undo } = context;
    undo.later("restarts through the cloud", patience, () => restarts.end());
    undo.later("the install", patience, async () => {
        restarts.begin();
        await clear(api, putBack);
    });
}

/**
 * Removes the install, puts back what was taken away, restarts who hangs, and waits until it is so.
 * @param different what is not as before; the removal alone is waited for when it is not given
 */
export async function remove(
    { context, phase, restarts }: Run,
    { patience, putBack }: Removal,
    different: () => Promise<string | undefined> = async () => undefined,
): Promise<{ seconds: number; different?: string }> {
    const { api, recorder, rest } = context;
    phase("removed", "the install is deleted");
    const began = recorder.now();
    restarts.begin();
    try {
        for (;;) {
            const still = await clear(api, putBack).then(different, (error: Error) => error.message);
            const seconds = recorder.now() - began;
            if (still === undefined || seconds > patience) return { seconds, different: still };
            await rest(1);
        }
    } finally {
        await restarts.end();
    }
}

/** Both at once: a node that is full does not delete its pods before it may evict them again. */
async function clear(api: Api, putBack = async () => {}): Promise<void> {
    await all([uninstall(api), putBack()]);
}

/** Waits until each has come to its end; fails when one has failed. */
export async function all(works: Promise<void>[]): Promise<void> {
    await Promise.allSettled(works);
    await Promise.all(works);
}
