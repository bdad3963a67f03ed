import { waitFor } from "../../../status/wait";
import { configMapsKind } from "../../known/configMaps";
import type { Fault } from "../fault";
import { patience, pulumi } from "../repair";

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
        async run(scene) {
            await pulumi(scene, ["up", "--yes", "--skip-preview"]);
            // Services have other addresses in another cluster.
            const reached = () =>
                scene.watch.reach().then(
                    () => true,
                    () => false,
                );
            await waitFor(reached, 60, "MySQL and Nacos were not to be reached", scene.signal);
        },
    },
};
