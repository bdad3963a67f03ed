import { ApiError, conflict, invalid, notFound } from "../../api/errors";
import { need } from "../../api/parameters";
import { diskSizes, InstanceType } from "../../catalogue";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { DiskRecord } from "../../state/records";

/** How many data disks an instance can have. */
export const disksPerInstance = 16;

/** @throws ApiError `InvalidDiskId.NotFound` */
export function findDisk(cloud: Cloud, id: string): DiskRecord {
    const disk = cloud.state.disks[id];
    if (!disk) throw notFound("DiskId", id);
    return disk;
}

/**
 * What a disk is to be, checked: its category, performance level and size.
 *
 * @param type the instance type it is for, when it is made with an instance
 * @param least the smallest size, GiB: that of the image or the snapshot; also the size when none is asked for
 */
export function wantedDisk(
    use: "system" | "data",
    type: InstanceType | undefined,
    least: number | undefined,
    asked: { category?: string; performanceLevel?: string; size?: number },
): Pick<DiskRecord, "type" | "category" | "performanceLevel" | "sizeGiB"> {
    const offered = type?.[`${use}Disks`];
    const category = asked.category || (offered?.includes("cloud_efficiency") ? "cloud_efficiency" : "cloud_essd");
    if (offered && !offered.includes(category)) {
        const name = use === "system" ? "InvalidSystemDiskCategory" : "InvalidDataDiskCategory";
        throw new ApiError(
            `${name}.ValueNotSupported`,
            `The instance type ${type!.id} takes no ${use} disk of ${category}: it takes ${offered.join(", ")}.`,
        );
    }
    const performanceLevel = category === "cloud_essd" ? asked.performanceLevel || "PL1" : "";
    const sizeGiB = asked.size ?? (use === "system" ? Math.max(40, least ?? 0) : need(least, "Size"));
    checkSize(use, category, performanceLevel, sizeGiB);
    if (least !== undefined && sizeGiB < least) {
        throw new ApiError("InvalidDiskSize.TooSmall", `The size ${sizeGiB} GiB is below the source's ${least} GiB.`);
    }
    return { type: use, category, performanceLevel, sizeGiB };
}

/** Adds the record of a disk; the device that a disk of an instance gets is the next free one. */
export function newDisk(
    cloud: Cloud,
    given: Partial<DiskRecord> & ReturnType<typeof wantedDisk> & Pick<DiskRecord, "zoneId" | "status">,
): DiskRecord {
    const disk: DiskRecord = {
        id: newId("d"),
        name: "",
        description: "",
        createdAt: timestamp(),
        tags: {},
        imageId: "",
        sourceSnapshotId: "",
        instanceId: "",
        device: "",
        deleteWithInstance: false,
        deleteAutoSnapshot: false,
        enableAutoSnapshot: true,
        burstingEnabled: false,
        encrypted: false,
        autoSnapshotPolicyId: "",
        attachedAt: "",
        detachedAt: "",
        ...given,
    };
    return (cloud.state.disks[disk.id] = disk);
}

/**
 * The name of the next data disk in an instance, `/dev/xvdb` to `/dev/xvdz`.
 *
 * @throws ApiError `InstanceDiskLimitExceeded`
 */
export function freeDevice(cloud: Cloud, instanceId: string): string {
    const data = Object.values(cloud.state.disks).filter(
        (disk) => disk.instanceId === instanceId && disk.type === "data",
    );
    if (data.length >= disksPerInstance) {
        throw conflict("InstanceDiskLimitExceeded", `Instance ${instanceId} has ${data.length} data disks already.`);
    }
    const used = data.map((disk) => disk.device);
    return [..."bcdefghijklmnopqrstuvwxyz"].map((letter) => `/dev/xvd${letter}`).find((name) => !used.includes(name))!;
}

/** @throws ApiError `InvalidParameter.Size` when a disk of that kind can't have the size */
export function checkSize(use: "system" | "data", category: string, performanceLevel: string, sizeGiB: number): void {
    const [least, most] = diskSizes(category, use, performanceLevel);
    if (Number.isInteger(sizeGiB) && sizeGiB >= least && sizeGiB <= most) return;
    const kind = `${use} disk of ${category}${performanceLevel ? ` ${performanceLevel}` : ""}`;
    throw invalid(use === "system" ? "SystemDisk.Size" : "Size", sizeGiB, `a ${kind} has ${least} to ${most} GiB`);
}
