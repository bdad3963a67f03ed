import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import type { ClusterHost, Hosts } from "./hosts";
import { quote, script, scriptFile } from "./shell";

/** What is done when a host goes: nothing now; drain and unmount when this resource is deleted. */
export function leave(
    config: StackConfig,
    hosts: Hosts,
    host: ClusterHost,
    mounts: pulumi.Resource[],
    opts: pulumi.CustomResourceOptions,
): command.local.Command {
    return fromOperator(
        `${host.config.name}-leave`,
        hosts,
        {
            HOST: host.config.name,
            HOSTS: config.hosts.map(({ name }) => name).join(" "),
            INSTANCE: host.instance.id,
            ROLE: host.config.role,
            HOST_ADDRESS: host.publicAddress,
            HOST_KEY: host.key.publicKey,
        },
        {
            create: "true",
            delete: scriptFile("operator") + scriptFile("leave"),
            triggers: [host.instance.id],
        },
        { ...opts, dependsOn: [...mounts, host.prepared] },
    );
}

/** What is done before a data disk is detached from a host that stays: nothing now; unmount when this is deleted. */
export function release(
    disk: string,
    attachment: pulumi.Resource & { id: pulumi.Output<string> },
    hosts: Hosts,
    host: ClusterHost,
    opts: pulumi.CustomResourceOptions,
): command.local.Command {
    return fromOperator(
        `release-${disk}`,
        hosts,
        {
            DISK: disk,
            HOST: host.config.name,
            INSTANCE: host.instance.id,
            HOST_ADDRESS: host.publicAddress,
            HOST_KEY: host.key.publicKey,
            UNMOUNT: script("unmount", { DISK: disk }),
        },
        {
            create: "true",
            delete: scriptFile("operator") + scriptFile("release"),
            triggers: [attachment.id],
        },
        { ...opts, dependsOn: [attachment, host.prepared] },
    );
}

/**
 * Marks the cluster as in service once everything has come up: while it is, hosts leave one at a time. The mark goes
 * first when the whole stack goes, or the control plane; a cluster that is dead already takes it along.
 */
export function inService(hosts: Hosts, opts: pulumi.CustomResourceOptions): command.local.Command {
    const mark = "-n kube-system create configmap in-service";
    const marked = "-n kube-system get configmap in-service";
    const unmark = "-n kube-system delete configmap in-service --ignore-not-found";
    const kubectl = (what: string) => `kubectl_on_control_plane 30 ${quote(what)}`;
    return fromOperator(
        "in-service",
        hosts,
        {},
        {
            create: `${scriptFile("operator")}${kubectl(mark)} || ${kubectl(marked)}\n`,
            delete: `${scriptFile("operator")}${kubectl(unmark)} || true\n`,
            triggers: [hosts.controlPlane.instance.id],
        },
        opts,
    );
}

/** A command on the operator's machine that reaches the hosts by SSH. */
function fromOperator(
    name: string,
    { controlPlane, operatorKey }: Hosts,
    environment: Record<string, pulumi.Input<string>>,
    args: Omit<command.local.CommandArgs, "environment" | "interpreter">,
    opts: pulumi.CustomResourceOptions,
): command.local.Command {
    const way = {
        CONTROL_PLANE: controlPlane.publicAddress,
        CONTROL_PLANE_KEY: controlPlane.key.publicKey,
        PRIVATE_KEY: operatorKey.privateKey,
    };
    return new command.local.Command(
        name,
        { ...args, interpreter: ["/bin/bash", "-c"], environment: { ...environment, ...way } },
        { ...opts, deleteBeforeReplace: true },
    );
}
