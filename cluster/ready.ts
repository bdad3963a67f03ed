import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { Host, StackConfig } from "../config";
import type { Hosts } from "./hosts";
import { controlPlaneTaint, diskLabel, labelsOf, taintsOf } from "./labels";
import { script } from "./shell";
import { step } from "./step";

/** Label changes for a host's node: its role, the disks that it holds, and none of those that it does not. */
export function labels(config: StackConfig, host: string): string {
    const own = labelsOf(
        config,
        config.hosts.find((candidate) => candidate.name === host)!,
    );
    const disks = config.disks.data.map(({ name }) => diskLabel(name));
    const all = [...own.filter((label) => !disks.includes(label)), ...disks];
    return all.map((label) => `${label}${own.includes(label) ? "=" : "-"}`).join(" ");
}

/**
 * Labels and taints the nodes. Comes as soon as all have joined: volumes are found by these labels.
 */
export function nodeLabels(
    config: StackConfig,
    hosts: Hosts,
    opts: pulumi.CustomResourceOptions,
): command.remote.Command {
    const taint = (host: Host) => {
        const [own] = taintsOf(host);
        return own ? `${own.key}:${own.effect}` : `${controlPlaneTaint}-`;
    };
    return onControlPlane("node-labels", hosts, opts, "labels", {
        LABELS: config.hosts.map((host) => `${host.name} ${labels(config, host.name)}`).join("\n"),
        TAINTS: config.hosts
            .filter((host) => host.role === "control-plane" || !host.workloads)
            .map((host) => `${host.name} ${taint(host)}`)
            .join("\n"),
    });
}

/**
 * Waits until every node is Ready and every pod in `namespaces` is, and fails naming what is not and why. Done again when
 * a host was replaced, or one of `again` is another.
 */
export function podsReady(
    name: string,
    namespaces: string[],
    config: StackConfig,
    hosts: Hosts,
    { again, ...opts }: pulumi.CustomResourceOptions & { again?: pulumi.Input<string>[] },
): command.remote.Command {
    const nodes = config.hosts.map((host) => host.name).join(" ");
    return onControlPlane(name, hosts, opts, "ready", { NODES: nodes, NAMESPACES: namespaces.join(" ") }, again);
}

function onControlPlane(
    name: string,
    hosts: Hosts,
    opts: pulumi.CustomResourceOptions,
    file: string,
    given: Record<string, string>,
    again: pulumi.Input<string>[] = [],
) {
    const triggers = [...hosts.all.map((host) => host.instance.id), ...again];
    return step(name, hosts.controlPlane, { script: script(file, given), triggers }, opts);
}
