import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { DataDisk, StackConfig } from "../config";
import { diskLabel } from "./labels";

const storageClassName = "data-disk";

/** The folders of a disk that are volumes: one, or of the backups' disk one for each that keeps its backups there. */
export function foldersOf({ backup }: StackConfig, disk: string): string[] {
    return disk === backup.disk ? ["etcd", "mysql", "elasticsearch"] : ["volume"];
}

/** The claim on a data disk, or on a folder of one. */
export function claimOf(disk: string, folder?: string): string {
    return folder ? `${disk}-${folder}` : disk;
}

/** The class of volumes that are data disks: made by the stack, kept when released. */
export function storageClass(opts: pulumi.CustomResourceOptions): kubernetes.storage.v1.StorageClass {
    return new kubernetes.storage.v1.StorageClass(
        storageClassName,
        {
            metadata: { name: storageClassName },
            provisioner: "kubernetes.io/no-provisioner",
            reclaimPolicy: "Retain",
            volumeBindingMode: "WaitForFirstConsumer",
        },
        opts,
    );
}

/**
 * A data disk, or a folder of one, as the cluster sees it: a PersistentVolume on whichever node holds the disk, promised to one claim, and
 * that claim. Nothing else can take the volume, and a rebuilt cluster binds the same two again.
 */
export class DataVolume extends pulumi.ComponentResource {
    /** Name of the PersistentVolumeClaim in `namespace`. */
    readonly claimName: pulumi.Output<string>;

    /** @param folder of the disk, where several share it; the whole disk is one volume else */
    constructor(
        disk: DataDisk,
        namespace: pulumi.Input<string>,
        opts: pulumi.ComponentResourceOptions,
        folder?: string,
    ) {
        const name = claimOf(disk.name, folder);
        super("test-cluster:cluster:DataVolume", name, {}, opts);
        const storage = `${disk.sizeGiB}Gi`;
        const accessModes = ["ReadWriteOnce"];
        const volume = new kubernetes.core.v1.PersistentVolume(
            name,
            {
                metadata: { name },
                spec: {
                    storageClassName,
                    persistentVolumeReclaimPolicy: "Retain",
                    capacity: { storage },
                    accessModes,
                    claimRef: { namespace, name },
                    local: { path: `/var/lib/data/${disk.name}/${folder ?? "volume"}` },
                    // By the disk's label, not the host's name: the disk may move to another host, the volume stays.
                    nodeAffinity: {
                        required: {
                            nodeSelectorTerms: [
                                { matchExpressions: [{ key: diskLabel(disk.name), operator: "Exists" }] },
                            ],
                        },
                    },
                },
            },
            { parent: this },
        );
        const claim = new kubernetes.core.v1.PersistentVolumeClaim(
            name,
            {
                metadata: { name, namespace },
                spec: {
                    storageClassName,
                    volumeName: volume.metadata.name,
                    accessModes,
                    // The volume is promised by name; a request that never changes lets the disk grow behind it.
                    resources: { requests: { storage: "1Gi" } },
                },
            },
            { parent: this },
        );
        this.claimName = claim.metadata.name;
        this.registerOutputs({ claimName: this.claimName });
    }
}
