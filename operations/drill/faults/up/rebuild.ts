import type { Fault } from "../fault";
import { anotherCluster, patience, pulumiToAnother } from "../repair";

export const rebuild: Fault = {
    ...anotherCluster,
    name: "rebuild",
    what: "The whole stack is destroyed but for its data disks",
    goals: { notice: 120, repair: 360 },
    break: async ({ context, signal }) =>
        void (await context.pulumi(["destroy", "--exclude-protected", "--yes", "--skip-preview"], patience, signal)),
    repair: {
        what: "pulumi up --yes",
        run: (scene) => pulumiToAnother(scene, ["up", "--yes", "--skip-preview"]),
    },
};
