import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { ApiError, conflict, invalid, notFound } from "../api/errors";
import { page } from "../api/paging";
import { hasTags, jsonList, matches, need, tagsOf } from "../api/parameters";
import { diskSizes, InstanceType, zone } from "../catalogue";
import type { Cloud } from "../cloud";
import { newId, timestamp } from "../state/ids";
import type { DiskRecord } from "../state/records";
import { diskView } from "./diskview";
import { inStatus } from "./power";
import { findSnapshot } from "./snapshots";

/** How many data disks an instance can have. */
const disksPerInstance = 16;

export const disks = {
    CreateDisk: async (cloud, request) => {
        const where = zone(need(request.zoneId, "ZoneId"));
        const snapshot = request.snapshotId ? findSnapshot(cloud, request.snapshotId) : undefined;
        const category = request.diskCategory || "cloud_essd";
        if (!where.diskCategories.includes(category)) {
            throw new ApiError(
                "InvalidDiskCategory.ValueNotSupported",
                `The disk category ${category} is not offered in ${where.id}: it has ${where.diskCategories.join(", ")}.`,
            );
        }
        const { performanceLevel, size } = request;
        const wanted = wantedDisk("data", undefined, snapshot?.sizeGiB, { category, performanceLevel, size });
        const disk = newDisk(cloud, {
            ...wanted,
            zoneId: where.id,
            name: request.diskName ?? "",
            description: request.description ?? "",
            tags: tagsOf(request.tag),
            sourceSnapshotId: snapshot?.id ?? "",
            encrypted: request.encrypted ?? false,
            burstingEnabled: request.burstingEnabled ?? false,
            status: "Creating",
        });
        try {
            await cloud.ask(cloud.hypervisor.createDisk(disk.id, disk.sizeGiB, snapshot?.id));
        } catch (error) {
            delete cloud.state.disks[disk.id];
            throw error;
        }
        disk.status = "Available";
        return { diskId: disk.id, orderId: "" };
    },

    DescribeDisks: (cloud, request) => {
        const ids = jsonList(request.diskIds, "DiskIds");
        const type = request.diskType === "all" ? undefined : request.diskType;
        const status = request.status === "All" ? undefined : request.status;
        const category = request.category === "all" ? undefined : request.category;
        const found = Object.values(cloud.state.disks).filter(
            (disk) =>
                (!ids || ids.includes(disk.id)) &&
                matches(disk.type, type) &&
                matches(disk.status, status) &&
                matches(disk.category, category) &&
                matches(disk.name, request.diskName) &&
                matches(disk.instanceId, request.instanceId) &&
                matches(disk.zoneId, request.zoneId) &&
                matches(disk.sourceSnapshotId, request.snapshotId) &&
                matches(disk.autoSnapshotPolicyId, request.autoSnapshotPolicyId) &&
                matches(disk.deleteWithInstance, request.deleteWithInstance) &&
                matches(disk.deleteAutoSnapshot, request.deleteAutoSnapshot) &&
                matches(disk.encrypted, request.encrypted) &&
                matches(disk.type === "data", request.portable) &&
                hasTags(disk.tags, request.tag),
        );
        const { items, counts, next } = page(found, request);
        return { ...counts, ...next, disks: { disk: items.map((disk) => diskView(cloud, disk)) } };
    },

    AttachDisk: async (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        const instance = await inStatus(cloud, request.instanceId, "Running", "Stopped");
        if (disk.type === "system")
            throw conflict("InvalidDiskId.OperationNotSupported", `${disk.id} is a system disk.`);
        if (disk.status !== "Available") throw wrongStatus(disk);
        if (disk.zoneId !== instance.zoneId) {
            throw conflict(
                "ResourcesNotInSameZone",
                `Disk ${disk.id} is in ${disk.zoneId}, instance ${instance.id} in ${instance.zoneId}.`,
            );
        }
        const device = freeDevice(cloud, instance.id);
        Object.assign(disk, { status: "Attaching", instanceId: instance.id, device, attachedAt: "" });
        disk.deleteWithInstance = request.deleteWithInstance ?? disk.deleteWithInstance;
        await cloud.ask(cloud.machines.run(instance.id, () => cloud.machines.plug(disk)));
        return {};
    },

    DetachDisk: async (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        const instance = await inStatus(cloud, request.instanceId, "Running", "Stopped");
        if (disk.type === "system")
            throw conflict("InvalidDiskId.OperationNotSupported", `${disk.id} is a system disk.`);
        if (disk.status === "Available" || disk.instanceId !== instance.id) {
            throw conflict(
                "InvalidDisk.AlreadyDetached",
                `Disk ${disk.id} is not attached to instance ${instance.id}.`,
            );
        }
        if (disk.status !== "In_use") throw wrongStatus(disk);
        disk.status = "Detaching";
        disk.deleteWithInstance = request.deleteWithInstance ?? disk.deleteWithInstance;
        await cloud.ask(cloud.machines.run(instance.id, () => cloud.machines.unplug(disk)));
        return {};
    },

    ResizeDisk: async (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        const size = need(request.newSize, "NewSize");
        if (disk.status !== "In_use" && disk.status !== "Available") throw wrongStatus(disk);
        if (size < disk.sizeGiB) {
            throw new ApiError(
                "InvalidDiskSize.TooSmall",
                `Disk ${disk.id} has ${disk.sizeGiB} GiB and can only grow, not to ${size}.`,
            );
        }
        checkSize(disk.type, disk.category, disk.performanceLevel, size);
        if (disk.type === "data") await cloud.ask(cloud.hypervisor.resizeDisk(disk.id, size));
        disk.sizeGiB = size;
        return { orderId: "" };
    },

    ModifyDiskAttribute: (cloud, request) => {
        const ids = request.diskIds ?? [need(request.diskId, "DiskId")];
        for (const disk of ids.map((id) => findDisk(cloud, id))) {
            disk.name = request.diskName ?? disk.name;
            disk.description = request.description ?? disk.description;
            disk.deleteWithInstance = request.deleteWithInstance ?? disk.deleteWithInstance;
            disk.deleteAutoSnapshot = request.deleteAutoSnapshot ?? disk.deleteAutoSnapshot;
            disk.enableAutoSnapshot = request.enableAutoSnapshot ?? disk.enableAutoSnapshot;
            disk.burstingEnabled = request.burstingEnabled ?? disk.burstingEnabled;
        }
        return {};
    },

    ModifyDiskSpec: (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        const category = request.diskCategory || disk.category;
        const level = request.performanceLevel || (category === "cloud_essd" ? disk.performanceLevel || "PL1" : "");
        checkSize(disk.type, category, level, disk.sizeGiB);
        Object.assign(disk, { category, performanceLevel: level });
        return { orderId: "", taskId: "" };
    },

    DeleteDisk: async (cloud, request) => {
        const disk = findDisk(cloud, need(request.diskId, "DiskId"));
        if (disk.status !== "Available") throw wrongStatus(disk);
        await cloud.ask(cloud.machines.deleteDisk(disk));
        return {};
    },
} satisfies Actions<typeof sdk>;

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

function checkSize(use: "system" | "data", category: string, performanceLevel: string, sizeGiB: number): void {
    const [least, most] = diskSizes(category, use, performanceLevel);
    if (Number.isInteger(sizeGiB) && sizeGiB >= least && sizeGiB <= most) return;
    const kind = `${use} disk of ${category}${performanceLevel ? ` ${performanceLevel}` : ""}`;
    throw invalid(use === "system" ? "SystemDisk.Size" : "Size", sizeGiB, `a ${kind} has ${least} to ${most} GiB`);
}

function wrongStatus(disk: DiskRecord): ApiError {
    return conflict(
        "IncorrectDiskStatus",
        `The current status of disk ${disk.id}, ${disk.status}, does not support this operation.`,
    );
}
