import type { Stack } from "../../../status/stack";
import type { Fault, Scene } from "../fault";
import { workers } from "../hosts";
import { released, untilDone } from "./interrupted";

/**
 * A cloud that does not do what it is asked, and a mirror that gives nothing, while a released worker is made anew. No real
 * cloud can be told to fail: these are for a stack in the rehearsal region, whose control address takes such orders.
 */

const rehearsed = (stack: Stack) => (stack.control ? workers(stack) : []);

/** An order through the region's control address (rehearsal/cloud/control.ts). @throws Error with its answer */
async function order({ context: { stack } }: Scene, method: string, place: string, body?: object): Promise<void> {
    const asked = { method, body: body && JSON.stringify(body), signal: AbortSignal.timeout(10_000) };
    const answer = await fetch(`${stack.control}${place}`, asked);
    if (!answer.ok) throw new Error(`the region's control address: ${method} ${place}: ${await answer.text()}`);
}

export const cloudRefuses: Fault = {
    ...released,
    name: "cloud-refuses",
    what: "A worker is released; to `pulumi up` the cloud says that it is throttled, has no stock, and loses an answer",
    hosts: rehearsed,
    goals: { notice: 60, repair: 480 },
    async break(scene) {
        scene.context.undo.later("what was ordered of the cloud", 30, () => order(scene, "DELETE", "/faults"));
        await released.break(scene);
    },
    repair: {
        what: "pulumi up --refresh --yes, until the cloud does it",
        async run(scene) {
            const faults = [
                { action: "*", throttle: true, count: 5 },
                { action: "RunInstances", refuse: { code: "OperationDenied.NoStock", message: "out of stock" } },
                { action: "RunInstances", loseAnswer: true },
                { action: "AttachDisk", loseAnswer: true },
            ];
            for (const fault of faults) await order(scene, "POST", "/faults", fault);
            const ends = await untilDone(scene);
            scene.context.recorder.fact("Refused", ends.join("; ") || "Pulumi's provider went on by itself");
        },
    },
};

/** Seconds that it gives nothing. */
const away = 60;
const mirror = (scene: Scene, down: boolean) => order(scene, "POST", "/mirror", { down });

export const mirrorDown: Fault = {
    ...released,
    name: "mirror-down",
    what: "A worker is released, and while `pulumi up` makes it anew, the mirror of packages and images gives nothing",
    hosts: rehearsed,
    goals: { notice: 60, repair: 480 },
    async break(scene) {
        scene.context.undo.later("the mirror", 30, () => mirror(scene, false));
        await mirror(scene, true);
        await released.break(scene);
    },
    repair: {
        what: `pulumi up --refresh --yes; the mirror is back after ${away} s`,
        async run(scene) {
            const { recorder, say } = scene.context;
            const back = setTimeout(() => {
                mirror(scene, false).then(
                    () => say("the mirror is back"),
                    (error: Error) => say(error.message),
                );
            }, away * 1000);
            try {
                const ends = await untilDone(scene);
                recorder.fact("Without the mirror", ends.join("; ") || "`pulumi up` waited for it");
            } finally {
                clearTimeout(back);
            }
        },
    },
};
