import { configMapsKind } from "../../known/configMaps";
import type { Fault } from "../fault";
import { patience, pulumiToAnother } from "../repair";

export const rebuild: Fault = {
    name: "rebuild",
    what: "The whole stack is destroyed but for its data disks",
    destructive: "whole cluster",
    goals: { notice: 120, repair: 360 },
    takes: { [configMapsKind]: "etcd is on the master's system disk, and the stack makes its own objects anew" },
    break: async ({ context, signal }) =>
        void (await context.pulumi(["destroy", "--exclude-protected", "--yes", "--skip-preview"], patience, signal)),
    repair: {
        what: "pulumi up --yes",
        run: (scene) => pulumiToAnother(scene, ["up", "--yes", "--skip-preview"]),
    },
};
