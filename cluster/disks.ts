import * as ecs from "@pulumi/alicloud/ecs";
import * as pulumi from "@pulumi/pulumi";
import type { DataDisk, StackConfig } from "../config";
import type { Catalog } from "./catalog";
import { restores } from "./existing";
import { cloudName, ownTags } from "./names";

/**
 * The data disks: they belong to the stack, not to a host. A disk that an earlier life of the stack left behind is
 * taken over as it is; the automatic snapshot policy covers them all. A disk whose configuration names another snapshot
 * than it was made from is replaced by one that is, and stays in the cloud.
 */
export class DataDisks extends pulumi.ComponentResource {
    /** By the disk's name in the configuration. */
    readonly disks: Record<string, ecs.EcsDisk> = {};
    /** Ids of the disks whose place another has, by name; names without any are missing. */
    readonly replaced: Record<string, string[]> = {};

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
            const found = catalog.disks[wanted.name];
            const restored = restores(found);
            if (found.replaced.length > 0) {
                this.replaced[wanted.name] = found.replaced.map(({ diskId }) => diskId);
            }
            if (restored) void pulumi.log.warn(notice(wanted, found.replaced[0].diskId), this);
            const disk = new ecs.EcsDisk(
                wanted.name,
                {
                    diskName: cloudName(config, wanted.name),
                    zoneId: config.zone,
                    category: wanted.category ?? config.disks.category,
                    size: wanted.sizeGiB,
                    // A disk keeps what it was made from, also when nobody names it any more.
                    snapshotId: wanted.snapshot ?? (found.disk?.snapshotId || undefined),
                    type: "online",
                    tags: { ...ownTags(config), disk: wanted.name },
                },
                {
                    parent: this,
                    // Pulumi replaces no protected resource. What is replaced is kept, and what replaces it is protected
                    // from the next run on.
                    protect: config.disks.protect && !restored,
                    retainOnDelete: config.disks.keepOnDestroy,
                    import: found.disk?.diskId,
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

    /** Ids of all of them. */
    get ids(): pulumi.Output<string>[] {
        return Object.values(this.disks).map(({ id }) => id);
    }
}

function notice({ name, snapshot }: DataDisk, replaced: string): string {
    return (
        `data disk ${name}: a new disk, made from snapshot ${snapshot}, takes the place of ${replaced}. What uses it is ` +
        `stopped meanwhile. ${replaced} stays in the cloud with what is on it, and costs, until somebody deletes it`
    );
}
