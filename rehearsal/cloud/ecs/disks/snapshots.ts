import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { conflict, notFound } from "../../api/errors";
import { page } from "../../api/paging";
import { hasTags, jsonList, matches, need, tagList, tagsOf } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { DiskRecord, SnapshotRecord } from "../../state/records";
import { findDisk } from "./disk";

export const snapshots = {
    CreateSnapshot: async (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        const snapshot = await takeSnapshot(cloud, disk, {
            name: request.snapshotName ?? "",
            description: request.description ?? "",
            tags: tagsOf(request.tag),
            retentionDays: request.retentionDays ?? 0,
            automatic: false,
        });
        return { snapshotId: snapshot.id };
    },

    DescribeSnapshots: (cloud, request) => {
        const ids = jsonList(request.snapshotIds, "SnapshotIds");
        const type = request.snapshotType === "all" ? undefined : request.snapshotType;
        const status = request.status === "all" ? undefined : request.status;
        const sourceType = request.sourceDiskType?.toLowerCase();
        const found = Object.values(cloud.state.snapshots).filter(
            (snapshot) =>
                (!ids || ids.includes(snapshot.id)) &&
                matches(snapshot.diskId, request.diskId) &&
                matches(snapshot.name, request.snapshotName) &&
                matches(kind(snapshot), type) &&
                matches(snapshot.status, status) &&
                matches(snapshot.diskType, sourceType) &&
                matches(cloud.state.disks[snapshot.diskId]?.instanceId, request.instanceId) &&
                hasTags(snapshot.tags, request.tag),
        );
        const { items, counts, next } = page(found, request);
        return { ...counts, ...next, snapshots: { snapshot: items.map((each) => describe(cloud, each)) } };
    },

    DeleteSnapshot: async (cloud, request) => {
        const snapshot = findSnapshot(cloud, need(request.snapshotId, "SnapshotId"));
        const user = Object.values(cloud.state.disks).find((disk) => disk.sourceSnapshotId === snapshot.id);
        if (user && !request.force) {
            throw conflict("SnapshotCreatedDisk", `Disk ${user.id} was made from snapshot ${snapshot.id}: use Force.`);
        }
        await cloud.ask(cloud.hypervisor.deleteSnapshot(snapshot.id));
        delete cloud.state.snapshots[snapshot.id];
        return {};
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidSnapshotId.NotFound` */
export function findSnapshot(cloud: Cloud, id: string): SnapshotRecord {
    const snapshot = cloud.state.snapshots[id];
    if (!snapshot) throw notFound("SnapshotId", id);
    return snapshot;
}

/**
 * Takes a snapshot of a disk, ready when this resolves.
 *
 * @throws ApiError for a system disk, which the machines keep to themselves, or when it fails
 */
export async function takeSnapshot(
    cloud: Cloud,
    disk: DiskRecord,
    given: Pick<SnapshotRecord, "name" | "description" | "tags" | "retentionDays" | "automatic">,
): Promise<SnapshotRecord> {
    if (disk.type === "system") {
        throw conflict(
            "IncorrectDiskType.NotSupport",
            `${disk.id} is a system disk: this region keeps no snapshots of it.`,
        );
    }
    const snapshot: SnapshotRecord = {
        ...given,
        id: newId("s"),
        createdAt: timestamp(),
        status: "progressing",
        diskId: disk.id,
        diskType: disk.type,
        sizeGiB: disk.sizeGiB,
    };
    cloud.state.snapshots[snapshot.id] = snapshot;
    try {
        await cloud.ask(cloud.hypervisor.createSnapshot(snapshot.id, disk.id));
    } catch (error) {
        delete cloud.state.snapshots[snapshot.id];
        throw error;
    }
    snapshot.status = "accomplished";
    return snapshot;
}

function kind(snapshot: SnapshotRecord): string {
    return snapshot.automatic ? "auto" : "user";
}

function describe(cloud: Cloud, snapshot: SnapshotRecord) {
    const used = Object.values(cloud.state.disks).some((disk) => disk.sourceSnapshotId === snapshot.id);
    return {
        snapshotId: snapshot.id,
        snapshotName: snapshot.name,
        description: snapshot.description,
        available: snapshot.status === "accomplished",
        category: "standard",
        creationTime: snapshot.createdAt,
        encrypted: false,
        instantAccess: false,
        instantAccessRetentionDays: 0,
        lastModifiedTime: snapshot.createdAt,
        productCode: "",
        progress: snapshot.status === "accomplished" ? "100%" : "0%",
        regionId: cloud.region,
        remainTime: 0,
        resourceGroupId: "",
        retentionDays: snapshot.retentionDays,
        snapshotSN: snapshot.id,
        snapshotType: kind(snapshot),
        sourceDiskId: snapshot.diskId,
        sourceDiskSize: String(snapshot.sizeGiB),
        sourceDiskType: snapshot.diskType,
        sourceStorageType: "disk",
        status: snapshot.status,
        tags: tagList(snapshot.tags),
        usage: used ? "disk" : "none",
    };
}
