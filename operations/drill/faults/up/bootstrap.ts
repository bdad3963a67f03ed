import type { Fault } from "../fault";
import { anotherCluster, reachAnother } from "../repair";
import { forgotten, killedAfterEach, untilDone } from "./interrupted";
import { rebuild } from "./rebuild";

/**
 * What a line of Pulumi's says that it has made, as far as it is a step of its own in making a cluster: the first of each
 * type of the cloud's, each step on a host, and the first object of Kubernetes.
 */
export function stepIn(line: string): string | undefined {
    const [, type, name] = /^ *[-+]+ +(\S+) (\S+) created\b/.exec(line) ?? [];
    if (type?.startsWith("alicloud:")) return type.slice(type.lastIndexOf(":") + 1);
    if (type?.startsWith("kubernetes:")) return "Kubernetes' objects";
    return type === "command:remote:Command" ? name : undefined;
}

export const bootstrapKilled: Fault = {
    ...anotherCluster,
    name: "bootstrap-killed",
    what: "The whole stack is destroyed but for its data disks, and `pulumi up`, which makes it anew, is killed at each step",
    // Some thirty steps, and half a minute or more for each.
    goals: { notice: 120, repair: 1800 },
    break: rebuild.break,
    repair: {
        what: "pulumi cancel, npm run orphans -- --release, pulumi up --yes, each time",
        async run(scene) {
            await killedAfterEach(scene, stepIn);
            await reachAnother(scene);
        },
    },
    missing: forgotten,
    putBack: async (scene) => void (await untilDone(scene)),
};
