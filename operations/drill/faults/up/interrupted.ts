import { orphans, sentence } from "../../../orphans";
import { Killed } from "../../runs/pulumi";
import type { Fault, Scene } from "../fault";
import { workers } from "../hosts";
import { patience } from "../repair";
import { onHost, script } from "../script";

/**
 * `pulumi up` that does not come to its end: it makes a released worker anew, and is cut short at each of its steps. Run
 * again it has to go on, whatever half done thing it finds, and nothing may be there twice.
 */

/** Runs of `pulumi up` that there are at most: for a whole cluster it has some thirty steps. */
const most = 50;
const up = ["up", "--yes", "--skip-preview"];
const forgetPending = ["refresh", "--clear-pending-creates", "--yes", "--skip-preview"];

/** What a line of Pulumi's says that it has made, or is about to run on a host; nothing for all other lines. */
export function madeIn(line: string): string | undefined {
    return /^ *[-+]+ +\S+ (\S+) created\b/.exec(line)?.[1];
}

export function begunIn(line: string): string | undefined {
    return /^ *[-+]+ +command:remote:Command (\S+) creating\b/.exec(line)?.[1];
}

/**
 * Runs `pulumi up` until it comes to its end. What a run has made and forgotten is released before the next.
 * @param heard gets each line; `true` kills it there
 * @returns how each run but the last has ended
 * @throws Error when it has not come to its end after 50 runs
 */
export async function untilDone(scene: Scene, heard?: (line: string) => boolean): Promise<string[]> {
    const { context, signal } = scene;
    const ends: string[] = [];
    let killed = false;
    for (;;) {
        try {
            // The first has to see that the host is gone; what came after is in the state, or nowhere.
            const args = ends.length === 0 ? [...up, "--refresh"] : up;
            await context.pulumi(args, patience, signal, heard);
            // What a killed run was making is noted as pending for ever, and is told of by each run after it.
            if (killed) await context.pulumi(forgetPending, patience, signal);
            await context.reread();
            return ends;
        } catch (error) {
            signal?.throwIfAborted();
            ends.push((error as Error).message);
            if (ends.length === most) throw new Error(`${most} times: ${ends.at(-1)}`, { cause: error });
            // Who was killed has left the stack locked.
            if (error instanceof Killed) {
                killed = true;
                await context.pulumi(["cancel", "--yes"], 60, signal);
            }
            await context.reread();
            await orphans(context.cloud, true, context.say);
        }
    }
}

/** The same, killed after each step once; `stepIn` says which a line has made, if any. */
export async function killedAfterEach(scene: Scene, stepIn: (line: string) => string | undefined): Promise<void> {
    const made = new Set<string>();
    const ends = await untilDone(scene, (line) => {
        const step = stepIn(line);
        if (!step || made.has(step)) return false;
        made.add(step);
        return true;
    });
    scene.context.recorder.fact("Killed", `${ends.length} times, after ${[...made].join(", ")}`);
}

/** What a run has made and forgotten: it would be paid for, and be there twice. */
export async function forgotten({ context }: Scene): Promise<string | undefined> {
    const [orphan] = await context.cloud.orphans();
    return orphan && `${sentence(orphan)}, is in the cloud, and the stack knows nothing of it`;
}

/** A worker that is gone, and is to be there once when `pulumi up` has come to its end. */
export const released = {
    hosts: workers,
    spares: "other hosts",
    break: ({ context, host }: Scene) => context.cloud.release(host),
    missing: forgotten,
    // What has no end yet comes to one when it is left alone.
    putBack: async (scene: Scene) => void (await untilDone(scene)),
} as const;

export const upKilled: Fault = {
    ...released,
    name: "up-killed",
    what: "A worker is released, and `pulumi up`, which makes it anew, is killed after each thing that it has made",
    // A dozen things, and half a minute or more for each.
    goals: { notice: 60, repair: 900 },
    repair: {
        what: "pulumi cancel, npm run orphans -- --release, pulumi up --yes, each time",
        run: (scene) => killedAfterEach(scene, madeIn),
    },
};

export const sshCut: Fault = {
    ...released,
    name: "ssh-cut",
    what: "A worker is released, and while `pulumi up` makes it anew, SSH to it and to the master is cut at each step",
    goals: { notice: 60, repair: 600 },
    repair: {
        what: "pulumi up --yes, each time",
        async run(scene) {
            const { context, host } = scene;
            const cut = new Set<string>();
            const ends = await untilDone(scene, (line) => {
                const name = begunIn(line);
                if (name && !cut.has(name)) {
                    cut.add(name);
                    void cutOff(scene, [host, context.stack.controlPlane!]);
                }
                return false;
            });
            context.recorder.fact("Cut", `at ${[...cut].join(", ")}; ${ends.length} times it had to be run again`);
        },
    },
};

/** Ends every login on some hosts; one that is not there yet has none. */
async function cutOff({ context }: Scene, hosts: string[]): Promise<void> {
    // The new host has another address.
    await context.reread().catch(() => undefined);
    await Promise.all(hosts.map((host) => onHost(context, host, script("cut-ssh")).catch(() => undefined)));
}
