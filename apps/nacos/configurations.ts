import * as pulumi from "@pulumi/pulumi";
import { apiServer } from "../../cluster/kubeconfig";
import type { Connection } from "./api";
import { configurationProvider, type Declared, type Inputs } from "./provider";

/** One for all, so that it is serialised once. */
const provider = configurationProvider();

/** A configuration in Nacos, which is changed only as long as nobody else does. */
export class NacosConfiguration extends pulumi.dynamic.Resource {
    constructor(
        name: string,
        inputs: pulumi.Inputs & Record<keyof Inputs, unknown>,
        opts: pulumi.CustomResourceOptions,
    ) {
        super(provider, name, inputs, { ...opts, additionalSecretOutputs: ["connection"] });
    }
}

/**
 * Publishes the team's configurations.
 * @param overwrite also where somebody changed one by hand
 */
export function configurations(
    declared: Declared[],
    overwrite: boolean,
    connection: pulumi.Output<Connection>,
    opts: pulumi.CustomResourceOptions,
): NacosConfiguration[] {
    return declared.map(
        (configuration) =>
            new NacosConfiguration(
                `${configuration.namespace}/${configuration.group}/${configuration.dataId}`,
                { ...configuration, overwrite, connection: pulumi.secret(connection) },
                opts,
            ),
    );
}

/** How the operator's machine reaches Nacos: as the administrator of the Kubernetes API, and of Nacos. */
export function connection(
    kubeconfig: pulumi.Output<string>,
    password: pulumi.Output<string>,
): pulumi.Output<Connection> {
    return pulumi.all([kubeconfig, password]).apply(([text, password]) => connectionOf(text, password));
}

/** The same from a kubeconfig's text. */
export function connectionOf(kubeconfig: string, password: string): Connection {
    return { ...apiServer(kubeconfig), password };
}
