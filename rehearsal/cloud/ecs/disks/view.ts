import { tagList } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import { serialOf } from "../../machines";
import type { DiskRecord } from "../../state/records";

/** A disk as DescribeDisks answers it. */
export function diskView(cloud: Cloud, disk: DiskRecord) {
    const mount = { instanceId: disk.instanceId, device: disk.device, attachedTime: disk.attachedAt };
    const mounts = disk.instanceId ? [mount] : [];
    return {
        ...mount,
        diskId: disk.id,
        diskName: disk.name,
        description: disk.description,
        regionId: cloud.region,
        zoneId: disk.zoneId,
        status: disk.status,
        type: disk.type,
        category: disk.category,
        performanceLevel: disk.performanceLevel,
        size: disk.sizeGiB,
        serialNumber: serialOf(disk),
        attachments: { attachment: mounts },
        mountInstances: { mountInstance: mounts },
        mountInstanceNum: mounts.length,
        autoSnapshotPolicyId: disk.autoSnapshotPolicyId,
        burstingEnabled: disk.burstingEnabled,
        creationTime: disk.createdAt,
        deleteAutoSnapshot: disk.deleteAutoSnapshot,
        deleteWithInstance: disk.deleteWithInstance,
        detachedTime: disk.detachedAt,
        diskChargeType: "PostPaid",
        enableAutoSnapshot: disk.enableAutoSnapshot,
        enableAutomatedSnapshotPolicy: disk.autoSnapshotPolicyId !== "",
        encrypted: disk.encrypted,
        expiredTime: "2999-09-08T16:00Z",
        IOPS: 0,
        IOPSRead: 0,
        IOPSWrite: 0,
        imageId: disk.imageId,
        KMSKeyId: "",
        multiAttach: "Disabled",
        operationLocks: { operationLock: [] },
        portable: disk.type === "data",
        productCode: "",
        resourceGroupId: "",
        sourceSnapshotId: disk.sourceSnapshotId,
        storageSetId: "",
        storageSetPartitionNumber: 0,
        tags: tagList(disk.tags),
    };
}
