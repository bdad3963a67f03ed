import { kafkaProbeName } from "../../known/all";
import type { Fault, Scene } from "../fault";
import { any, kafkaHost } from "../hosts";
import { onHost } from "../script";

/** Services of a host that are killed: systemd has to start them again. */

function killed(name: string, service: string, fault: Pick<Fault, "what" | "hosts" | "goals" | "spares">): Fault {
    const state = async ({ context, host }: Scene) => {
        const asked = `systemctl show --property=ActiveState,MainPID --value ${service}`;
        const [pid, active] = (await onHost(context, host, asked)).trim().split("\n").sort();
        return { pid, active };
    };
    return {
        name,
        ...fault,
        async break(scene) {
            scene.was = (await state(scene)).pid;
            // The main process alone: containers' own are of the same unit. Newer systemd calls it --kill-whom too.
            await onHost(scene.context, scene.host, `systemctl kill --signal=KILL --kill-who=main ${service}`);
        },
        async noticed(scene) {
            const { was } = scene;
            const { pid, active } = await state(scene);
            return was && pid !== was ? `systemd: ${service} is ${active}, its process ${was} has ended` : undefined;
        },
        async missing(scene) {
            const { pid, active } = await state(scene);
            const again = active === "active" && pid !== scene.was;
            return again ? undefined : `${service} is ${active}`;
        },
        async putBack({ context, host }) {
            await onHost(context, host, `systemctl reset-failed ${service}; systemctl start ${service}`);
        },
    };
}

export const kubeletKilled = killed("kubelet-killed", "kubelet", {
    what: "A node's kubelet is killed",
    hosts: any,
    goals: { notice: 30, repair: 60 },
    spares: "all",
});

export const containerdKilled = killed("containerd-killed", "containerd", {
    what: "A node's containerd is killed",
    hosts: any,
    goals: { notice: 30, repair: 60 },
    spares: "all",
});

export const dockerKilled = killed("docker-killed", "docker", {
    what: "Docker is killed on the host that Kafka is on",
    hosts: kafkaHost,
    goals: { notice: 30, repair: 120, back: { [kafkaProbeName]: 60 } },
    spares: "all",
});
