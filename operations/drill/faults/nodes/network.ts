import { ask } from "../../../status/api";
import type { Fault, Scene } from "../fault";
import { workers } from "../hosts";
import { later, notLater, onHost, script } from "../script";

const timer = "heal";

/** The address by which the cluster's nodes reach the master. */
async function masterAddress({ context }: Scene): Promise<string> {
    const { api, stack } = context;
    interface Addresses {
        status: { addresses: { type: string; address: string }[] };
    }
    const { status } = await ask<Addresses>(api, "GET", `/api/v1/nodes/${stack.controlPlane}`);
    return status.addresses.find(({ type }) => type === "InternalIP")!.address;
}

export const nodeCutOff: Fault = {
    name: "node-cut-off",
    what: "A worker and the master do not reach each other",
    hosts: workers,
    goals: { notice: 90, repair: 120 },
    spares: "other hosts",
    async break(scene) {
        const { context, host } = scene;
        const master = await masterAddress(scene);
        await onHost(context, host, later(timer, script("heal")));
        await onHost(context, host, script("heal") + script("cut", { MASTER: master }));
    },
    repair: {
        what: "the network is whole again",
        run: async ({ context, host }) => void (await onHost(context, host, script("heal") + notLater(timer))),
    },
};
