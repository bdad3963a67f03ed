import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { ApiError, conflict } from "../../api/errors";
import { page } from "../../api/paging";
import { hasTags, jsonList, matches, need, tagsOf } from "../../api/parameters";
import { zone } from "../../catalogue";
import type { DiskRecord } from "../../state/records";
import { checkSize, findDisk, freeDevice, newDisk, wantedDisk } from "./disk";
import { diskView } from "./view";
import { inStatus } from "../instances/power";
import { findSnapshot } from "./snapshots";

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
        if (snapshot && snapshot.status !== "accomplished") {
            throw conflict("InvalidSnapshotId.NotReady", `Snapshot ${snapshot.id} is ${snapshot.status}.`);
        }
        const { performanceLevel } = request;
        // A snapshot's disk is at least as large as what the snapshot is of, whatever was asked for.
        const size = request.size && Math.max(request.size, snapshot?.sizeGiB ?? 0);
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

function wrongStatus(disk: DiskRecord): ApiError {
    return conflict(
        "IncorrectDiskStatus",
        `The current status of disk ${disk.id}, ${disk.status}, does not support this operation.`,
    );
}
