import * as ecs from "@pulumi/alicloud/ecs";
import * as command from "@pulumi/command";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { createHash, X509Certificate } from "node:crypto";
import type { Host, StackConfig } from "../config";
import { flannelImages } from "./addons";
import type { DataDisks } from "./disks";
import { EtcdBackups } from "./etcd/backups";
import { files } from "./firstboot";
import type { ClusterHost, Hosts } from "./hosts";
import { auditPolicy, initConfiguration, joinConfiguration, kubeadmPatches, kubeletConfiguration } from "./kubeadm";
import { apiServer } from "./kubeconfig";
import { leave, release } from "./leave";
import { encryptionKey, sshKey, type SshKey } from "./secrets";
import { script, scriptFile } from "./shell";
import { foldersOf } from "./storage";
import { step } from "./step";

/** Kubernetes on the hosts: control plane, then all workers at once, by kubeadm. */
export class Kubernetes extends pulumi.ComponentResource {
    readonly kubeconfig: pulumi.Output<string>;
    readonly provider: kubernetes.Provider;
    /** Known in every preview; another one is another cluster. */
    readonly identifier: string;
    /** By disk name: mounted on its host. */
    readonly mounts: Record<string, command.remote.Command> = {};
    /** The workers' joins, which a workload that runs anywhere needs. */
    readonly joins: command.remote.Command[];
    /** Its etcd's. */
    readonly backups: EtcdBackups;
    private readonly joinKey: SshKey;

    /** @param backupKey that backups of etcd are sealed with */
    constructor(
        name: string,
        private readonly config: StackConfig,
        private readonly hosts: Hosts,
        disks: DataDisks,
        backupKey: pulumi.Output<string>,
        opts?: pulumi.ComponentResourceOptions,
    ) {
        super("test-cluster:cluster:Kubernetes", name, {}, opts);
        this.joinKey = sshKey("join", { parent: this });
        const leaves = hosts.all.map((host) =>
            leave(config, hosts, host, this.mountsOf(host, disks), { parent: this }),
        );
        this.backups = new EtcdBackups(config, hosts, this.mounts[config.backup.disk], backupKey, {
            parent: this,
        });
        const controlPlane = this.initialise(hosts.controlPlane, leaves[hosts.all.indexOf(hosts.controlPlane)]);
        this.kubeconfig = pulumi.secret(controlPlane.stdout);
        this.joins = hosts.workers.map((host) => this.join(host, leaves[hosts.all.indexOf(host)]));
        this.identifier = clusterIdentifier(config, hosts.controlPlane.config);
        this.provider = new kubernetes.Provider(
            name,
            {
                kubeconfig: this.kubeconfig,
                // Known in every preview, also while the kubeconfig is not: else previews would replace everything. It
                // changes with what the control plane boots from, since a replaced control plane is another cluster,
                // in which everything is made anew.
                clusterIdentifier: this.identifier,
                // A crashed cluster must not stand in the way of its own rebuilding.
                deleteUnreachable: true,
                // What the state forgot while the cluster did not answer may still be there afterwards.
                upsertExistingObjects: true,
                // A changed setting is changed in place; pods that read it carry its checksum.
                enableConfigMapMutable: true,
                enableSecretMutable: true,
                enableServerSideApply: true,
            },
            { parent: this },
        );
        this.registerOutputs({});
    }

    /** Attaches a host's data disks and mounts them. */
    private mountsOf(host: ClusterHost, disks: DataDisks): command.remote.Command[] {
        const own = this.config.disks.data.filter((disk) => disk.host === host.config.name);
        return own.map(({ name, sizeGiB }) => {
            const disk = disks.disks[name];
            const folders = foldersOf(this.config, name).join(" ");
            const attachment = new ecs.EcsDiskAttachment(
                name,
                { diskId: disk.id, instanceId: host.instance.id, deleteWithInstance: false },
                // A disk is in one host at a time. When the answer to an attachment was lost, the provider's next try is
                // refused for as long as it asks: two minutes instead of ten until it says so.
                { parent: this, deleteBeforeReplace: true, customTimeouts: { create: "2m" } },
            );
            const released = release(name, attachment, this.hosts, host, { parent: this });
            this.mounts[name] = step(
                `mount-${name}`,
                host,
                {
                    script: disk.id.apply((id) =>
                        script("mount", { DISK: name, SERIAL: id.replace(/^d-/, ""), FOLDERS: folders }),
                    ),
                    triggers: [attachment.id, sizeGiB],
                },
                { parent: this, dependsOn: [attachment, released, host.prepared] },
            );
            return this.mounts[name];
        });
    }

    private initialise(host: ClusterHost, leave: command.local.Command): command.remote.Command {
        const { config } = this;
        const key = encryptionKey("secrets-encryption", { parent: this, protect: config.disks.protect });
        return step(
            "control-plane",
            host,
            {
                script: host.publicAddress.apply((publicAddress) =>
                    script(
                        ["kubelet", "control-plane"],
                        { PUBLIC_ADDRESS: publicAddress, IGNORED: config.kubernetes.ignorePreflightErrors.join(",") },
                        {
                            "/etc/test-cluster/kubeadm.template.yaml": initConfiguration(
                                config,
                                host.config,
                                host.address,
                            ),
                            "/etc/test-cluster/audit-policy.yaml": auditPolicy(),
                            ...kubeadmPatches(config, host.config),
                            ...systemCgroup(config),
                        },
                    ),
                ),
                stdin: pulumi.interpolate`${key}\n${this.joinKey.publicKey}\n`,
                // What it prints is the kubeconfig.
                secretOutput: true,
            },
            { parent: this, dependsOn: [host.prepared, leave, ...this.backups.beforehand] },
        );
    }

    private join(host: ClusterHost, leave: command.local.Command): command.remote.Command {
        const { config } = this;
        const controlPlane = this.hosts.controlPlane;
        const text = pulumi.all([this.kubeconfig, controlPlane.key.publicKey]).apply(([kubeconfig, key]) =>
            script(
                ["kubelet", "join"],
                {
                    NODE: host.config.name,
                    CA: caHash(kubeconfig),
                    CONTROL_PLANE: controlPlane.address,
                    CONTROL_PLANE_KEY: key,
                    IGNORED: config.kubernetes.ignorePreflightErrors.join(","),
                },
                {
                    "/etc/test-cluster/join.yaml": joinConfiguration(
                        config,
                        host.config,
                        host.address,
                        controlPlane.address,
                    ),
                    ...kubeadmPatches(config, host.config),
                    ...systemCgroup(config),
                },
            ),
        );
        return step(
            `${host.config.name}-join`,
            host,
            {
                // Hash and configuration are no secrets, and a preview should show what will run.
                script: pulumi.unsecret(text),
                stdin: this.joinKey.privateKey,
                triggers: [kubeletSettings(config)],
            },
            { parent: this, dependsOn: [this.images(host), leave] },
        );
    }

    /** A worker waits for the control plane: what it is not Ready without comes meanwhile. */
    private images(host: ClusterHost): command.remote.Command {
        const { kubernetes: versions } = this.config;
        const images = [
            `registry.k8s.io/kube-proxy:v${versions.version}`,
            ...Object.values(flannelImages(this.config)),
        ];
        return step(
            `${host.config.name}-images`,
            host,
            { script: script("images", { IMAGES: images.join(" ") }) },
            { parent: this, dependsOn: host.prepared },
        );
    }
}

/** Names the cluster that this configuration's control plane makes, from what would replace its host. */
export function clusterIdentifier(config: StackConfig, controlPlane: Host): string {
    const { zone, network, stack } = config;
    const boots = JSON.stringify([zone, network, controlPlane.name, files(config, controlPlane)]);
    return `test-cluster-${stack}-${createHash("sha256").update(boots).digest("hex").slice(0, 12)}`;
}

/** Files of a host whose kubelet holds the system's services to what is reserved for them. */
export function systemCgroup({ kubernetes }: StackConfig): Record<string, string> {
    if (!kubernetes.systemReservedCgroup) return {};
    const prepare = "/usr/local/sbin/kubelet-cgroup";
    return {
        [prepare]: scriptFile("kubelet-cgroup"),
        "/etc/systemd/system/kubelet.service.d/20-system-cgroup.conf": `[Service]\nExecStartPre=/bin/bash ${prepare}\n`,
    };
}

/** What a joined kubelet must be told again when it changes: whatever the cluster's configuration for kubelets has. */
function kubeletSettings(config: StackConfig): string {
    const all = JSON.stringify(kubeletConfiguration(config));
    return createHash("sha256").update(all).digest("hex").slice(0, 16);
}

/** The SHA-256 of the public key of the CA in a kubeconfig, as kubeadm's discovery checks it. */
function caHash(kubeconfig: string): string {
    const pem = Buffer.from(apiServer(kubeconfig).authority, "base64");
    const key = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
    return createHash("sha256").update(key).digest("hex");
}
