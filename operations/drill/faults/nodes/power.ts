import type { Fault, Scene } from "../fault";
import { master, workers } from "../hosts";
import { anotherCluster, pulumi, pulumiToAnother, upRefresh } from "../repair";

/** Hosts without power, and hosts that are gone. */

/** Starts the host, if it is there and has not started already. */
async function powerOn({ context, host }: Scene): Promise<void> {
    if ((await context.cloud.status(host)) !== "Running") await context.cloud.start(host);
}

const powerOff = ({ context, host }: Scene) => context.cloud.stop(host, { force: true });

export const workerOff: Fault = {
    name: "worker-off",
    what: "A worker loses its power",
    hosts: workers,
    goals: { notice: 60, repair: 240 },
    spares: "other hosts",
    break: powerOff,
    repair: upRefresh,
    putBack: powerOn,
};

export const workerReleased: Fault = {
    name: "worker-released",
    what: "A worker is released in the cloud; its data disks stay",
    hosts: workers,
    goals: { notice: 60, repair: 240 },
    spares: "other hosts",
    break: ({ context, host }) => context.cloud.release(host),
    repair: upRefresh,
};

export const masterOff: Fault = {
    name: "master-off",
    what: "The master loses its power, and with it the Kubernetes API",
    hosts: master,
    goals: { notice: 60, repair: 240 },
    spares: "other hosts",
    break: powerOff,
    repair: {
        // The host alone: a refresh of all would forget the cluster's objects while the API does not answer.
        what: "pulumi up --refresh --yes --target '**:Instance::MASTER'",
        run: (scene) => {
            const target = `**alicloud:ecs/instance:Instance::${scene.host}`;
            return pulumi(scene, ["up", "--refresh", "--yes", "--skip-preview", "--target", target]);
        },
    },
    putBack: powerOn,
};

export const masterReleased: Fault = {
    ...anotherCluster,
    name: "master-released",
    what: "The master is released in the cloud, and with it the cluster",
    hosts: master,
    goals: { notice: 60, repair: 360 },
    break: ({ context, host }) => context.cloud.release(host),
    repair: {
        what: upRefresh.what,
        run: (scene) => pulumiToAnother(scene, ["up", "--refresh", "--yes", "--skip-preview"]),
    },
};
