import * as ecs from "@pulumi/alicloud/ecs";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { cloudName, ownTags, type Catalog } from "./catalog";

/**
 * The data disks: they belong to the stack, not to a host. A disk that an earlier life of the stack left behind is
 * taken over as it is; the automatic snapshot policy covers them all.
 */
export class DataDisks extends pulumi.ComponentResource {
    /** By the disk's name in the configuration. */
    readonly disks: Record<string, ecs.EcsDisk> = {};

    constructor(name: string, config: StackConfig, catalog: Catalog, opts?: pulumi.ComponentResourceOptions) {
        super("test-cluster:cluster:DataDisks", name, {}, opts);
        const { hour, keepDays } = config.disks.snapshots;
        const policy = new ecs.AutoSnapshotPolicy(
            name,
            {
                autoSnapshotPolicyName: cloudName(config),
                repeatWeekdays: ["1", "2", "3", "4", "5", "6", "7"],
                timePoints: [String(hour)],
                retentionDays: keepDays,
                tags: ownTags(config),
            },
            { parent: this },
        );
        for (const wanted of config.disks.data) {
            const disk = new ecs.EcsDisk(
                wanted.name,
                {
                    diskName: cloudName(config, wanted.name),
                    zoneId: config.zone,
                    category: wanted.category ?? config.disks.category,
                    size: wanted.sizeGiB,
                    type: "online",
                    tags: { ...ownTags(config), disk: wanted.name },
                },
                {
                    parent: this,
                    protect: config.disks.protect,
                    retainOnDelete: config.disks.keepOnDestroy,
                    import: catalog.disks[wanted.name],
                },
            );
            new ecs.EcsAutoSnapshotPolicyAttachment(
                wanted.name,
                { autoSnapshotPolicyId: policy.id, diskId: disk.id },
                { parent: disk, deleteBeforeReplace: true },
            );
            this.disks[wanted.name] = disk;
        }
        this.registerOutputs({});
    }
}
