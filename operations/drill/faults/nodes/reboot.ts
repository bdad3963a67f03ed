import { kafkaProbeName } from "../../known/all";
import type { Fault } from "../fault";
import { kafkaHost } from "../hosts";

/** Hosts that are restarted: all on them has to come back by itself. */

export const kafkaReboot: Fault = {
    name: "kafka-reboot",
    what: "The host that Kafka is on is rebooted",
    hosts: kafkaHost,
    goals: { notice: 60, repair: 240, back: { [kafkaProbeName]: 60 } },
    spares: "other hosts",
    break: ({ context, host }) => context.cloud.reboot(host, { force: false }),
};

export const allReboot: Fault = {
    name: "all-reboot",
    what: "All hosts are rebooted at the same moment",
    destructive: "whole cluster",
    goals: { notice: 60, repair: 360 },
    async break({ context }) {
        const { cloud, stack } = context;
        await Promise.all(stack.access.hosts.map(({ name }) => cloud.reboot(name, { force: false })));
    },
};
