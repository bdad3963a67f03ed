import * as ecs from "@pulumi/alicloud/ecs";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { hostAddress } from "../config/rules";
import type { Host, StackConfig } from "../config";
import type { Catalog } from "./catalog";
import { userData } from "./firstboot";
import { cloudName, ownTags } from "./names";
import type { Network } from "./network";
import { sshKey, type SshKey } from "./secrets";
import { script } from "./shell";
import { step } from "./step";

/** A host of the stack and the way to it. */
export interface ClusterHost {
    config: Host;
    /** Private address, known before the instance is. */
    address: string;
    publicAddress: pulumi.Output<string>;
    instance: ecs.Instance;
    key: SshKey;
    /** How steps reach it: by its public address, its identity verified. */
    connection: pulumi.Input<command.types.input.remote.ConnectionArgs>;
    /** First boot has finished. */
    prepared: command.remote.Command;
}

/** The ECS instances, which prepare themselves at first boot, all at once. */
export class Hosts extends pulumi.ComponentResource {
    readonly all: ClusterHost[];
    /** What the operator logs in with. */
    readonly operatorKey: SshKey;

    constructor(
        name: string,
        config: StackConfig,
        catalog: Catalog,
        network: Network,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("test-cluster:cluster:Hosts", name, {}, opts);
        this.operatorKey = sshKey("operator", { parent: this });
        const keyPair = new ecs.EcsKeyPair(
            "operator",
            { keyPairName: cloudName(config), publicKey: this.operatorKey.publicKey, tags: ownTags(config) },
            { parent: this, deleteBeforeReplace: true },
        );
        this.all = config.hosts.map((host, index) => {
            const address = host.address ?? hostAddress(config.network.hosts, index);
            const key = sshKey(`${host.name}-identity`, { parent: this });
            const instance = new ecs.Instance(
                host.name,
                {
                    instanceName: cloudName(config, host.name),
                    hostName: host.name,
                    imageId: catalog.imageId,
                    instanceType: catalog.instanceTypes[host.name],
                    availabilityZone: config.zone,
                    vswitchId: network.vswitchId,
                    securityGroups: [network.securityGroupId],
                    privateIp: address,
                    keyName: keyPair.keyPairName,
                    internetChargeType: "PayByTraffic",
                    internetMaxBandwidthOut: host.publicBandwidthMbps,
                    systemDiskCategory: "cloud_essd",
                    systemDiskSize: host.systemDiskGiB,
                    instanceChargeType: "PostPaid",
                    userData: pulumi
                        .all([key.privateKey, key.publicKey])
                        .apply(([privateKey, publicKey]) =>
                            pulumi.secret(userData(config, { host, hostKey: { privateKey, publicKey } })),
                        ),
                    forceDelete: true,
                    // One that was switched off is started by the next `pulumi up --refresh`.
                    status: "Running",
                    tags: { ...ownTags(config), host: host.name },
                },
                {
                    parent: this,
                    dependsOn: network.rules,
                    // The provider updates user data in place, where it has no effect before a new first boot.
                    replaceOnChanges: ["userData"],
                    // Name and address are fixed: the old host goes before the new one comes.
                    deleteBeforeReplace: true,
                    // A newer system image is for new hosts only.
                    ignoreChanges: ["imageId"],
                },
            );
            const connection = {
                host: instance.publicIp,
                user: "root",
                privateKey: this.operatorKey.privateKey,
                hostKey: key.publicKey,
                dialErrorLimit: 60,
                perDialTimeout: 5,
            };
            const prepared = step(
                `${host.name}-prepared`,
                { connection, instance },
                { script: script("wait", {}) },
                { parent: instance },
            );
            return { config: host, address, publicAddress: instance.publicIp, instance, key, connection, prepared };
        });
        this.registerOutputs({});
    }

    get controlPlane(): ClusterHost {
        return this.all.find((host) => host.config.role === "control-plane")!;
    }

    get workers(): ClusterHost[] {
        return this.all.filter((host) => host.config.role === "worker");
    }
    /** The one of a name, which the configuration was checked to have. */
    named(name: string): ClusterHost {
        return this.all.find((host) => host.config.name === name)!;
    }
}

/** The host with the disk that backups are kept on. */
export function backupHost({ disks, backup }: StackConfig, hosts: Hosts): ClusterHost {
    return hosts.named(disks.data.find(({ name }) => name === backup.disk)!.host);
}
