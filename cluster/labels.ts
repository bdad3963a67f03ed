import type { Host, StackConfig } from "../config";

/** Key of the label of the control plane's node, and of the taint that keeps applications off it. */
export const controlPlaneLabel = "node-role.kubernetes.io/control-plane";
export const controlPlaneTaint = controlPlaneLabel;

/** Label of a node that holds a data disk. */
export function diskLabel(disk: string): string {
    return `disk.test-cluster/${disk}`;
}

/** Keys of the labels, all without a value, that say what a node is: its role, the disks that it holds. */
export function labelsOf(config: StackConfig, host: Host): string[] {
    const disks = config.disks.data.filter((disk) => disk.host === host.name);
    return [`node-role.kubernetes.io/${host.role}`, ...disks.map(({ name }) => diskLabel(name))];
}

/** The taints of a host's node. */
export function taintsOf({ workloads }: Host): { key: string; effect: string }[] {
    return workloads ? [] : [{ key: controlPlaneTaint, effect: "NoSchedule" }];
}
