import type * as sdk from "@alicloud/ecs20140526";

import type { Plain } from "../../api/action";
import { ApiError, conflict, invalid, missing, notFound } from "../../api/errors";
import { need, tagsOf } from "../../api/parameters";
import { catalogue, Image, image, InstanceType, instanceType } from "../../catalogue";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { InstanceRecord, VSwitchRecord } from "../../state/records";
import { findVSwitch } from "../../vpc/vswitches";
import { publicAddresses, takeAddresses } from "./addresses";
import { disksPerInstance, freeDevice, newDisk, wantedDisk } from "../disks/disk";
import { checkVpc, findSecurityGroup } from "../groups/securitygroups";
import { findKeyPair } from "../keypairs";

type Request = Plain<sdk.RunInstancesRequest>;

/** The cloud's limit for user data, before base64. */
const userDataLimitBytes = 32 * 1024;

/**
 * Checks a RunInstances request, makes the records, and has the machines started behind the answer. Nothing is made
 * when anything is wrong.
 */
export function launch(cloud: Cloud, request: Request): InstanceRecord[] {
    const network = request.networkInterface?.find((each) => each.instanceType !== "Secondary");
    const vswitch = findVSwitch(cloud, need(request.vSwitchId ?? network?.vSwitchId, "VSwitchId"));
    const type = instanceType(need(request.instanceType, "InstanceType"));
    const from = bootImage(request);
    checkZone(cloud, type, vswitch, request);
    const groups = groupsOf(cloud, request, vswitch.vpcId);
    if (request.keyPairName) findKeyPair(cloud, request.keyPairName);
    if (request.password) {
        throw invalid("Password", "…", "this region's images take no passwords: give a KeyPairName");
    }
    const amount = request.amount ?? 1;
    if (!(amount >= 1 && amount <= 100)) throw invalid("Amount", amount, "it must be 1 to 100");
    const privateAddress = request.privateIpAddress ?? network?.primaryIpAddress;
    if (privateAddress && amount > 1) throw invalid("Amount", amount, "with a PrivateIpAddress it must be 1");
    const systemDisk = wantedDisk("system", type, from.sizeGiB, { ...request.systemDisk, size: systemSize(request) });
    const dataDisks = (request.dataDisk ?? []).map((disk) => {
        const snapshot = disk.snapshotId ? cloud.state.snapshots[disk.snapshotId] : undefined;
        if (disk.snapshotId && !snapshot) throw notFound("SnapshotId", disk.snapshotId);
        return { ...wantedDisk("data", type, snapshot?.sizeGiB, disk), disk };
    });
    if (dataDisks.length > disksPerInstance) {
        throw conflict("InstanceDiskLimitExceeded", `An instance has at most ${disksPerInstance} data disks.`);
    }
    const userData = checkedUserData(request.userData ?? "");
    const free = takeAddresses(cloud, vswitch, amount, privateAddress);
    const bandwidth = request.internetMaxBandwidthOut ?? 0;
    const open = bandwidth > 0 ? publicAddresses(cloud, amount) : [];

    return free.map((address, n) => {
        const id = newId("i");
        const suffix = request.uniqueSuffix && amount > 1 ? String(n + 1).padStart(3, "0") : "";
        const instance: InstanceRecord = {
            id,
            name: (request.instanceName || id) + suffix,
            description: request.description ?? "",
            createdAt: timestamp(),
            tags: tagsOf(request.tag),
            status: "Pending",
            machine: "none",
            releasing: false,
            hostname: request.hostNames?.[n] ?? (request.hostName ? request.hostName + suffix : `iZ${id.slice(2)}Z`),
            imageId: from.id,
            type: type.id,
            zoneId: vswitch.zoneId,
            vpcId: vswitch.vpcId,
            vswitchId: vswitch.id,
            privateAddress: address,
            publicAddress: open[n],
            bandwidthInMbps: request.internetMaxBandwidthIn ?? Math.max(bandwidth, 10),
            bandwidthOutMbps: bandwidth,
            internetChargeType: request.internetChargeType || "PayByTraffic",
            securityGroupIds: [...groups],
            keyPairName: request.keyPairName ?? "",
            userData,
            spotStrategy: request.spotStrategy || "NoSpot",
            creditSpecification: request.creditSpecification ?? "",
            stoppedMode: "Not-applicable",
            deletionProtection: request.deletionProtection ?? false,
            httpTokens: request.httpTokens || "optional",
            httpEndpoint: request.httpEndpoint || "enabled",
            maintenanceAction: "AutoRecover",
            startedAt: "",
        };
        cloud.state.instances[id] = instance;
        const shared = { zoneId: vswitch.zoneId, instanceId: id };
        newDisk(cloud, {
            ...shared,
            ...systemDisk,
            name: request.systemDisk?.diskName ?? "",
            description: request.systemDisk?.description ?? "",
            imageId: from.id,
            autoSnapshotPolicyId: request.systemDisk?.autoSnapshotPolicyId ?? "",
            status: "In_use",
            device: "/dev/xvda",
            deleteWithInstance: true,
            attachedAt: timestamp(),
        });
        for (const { disk, ...wanted } of dataDisks) {
            newDisk(cloud, {
                ...shared,
                ...wanted,
                name: disk.diskName ?? "",
                description: disk.description ?? "",
                sourceSnapshotId: disk.snapshotId ?? "",
                autoSnapshotPolicyId: disk.autoSnapshotPolicyId ?? "",
                status: "Creating",
                device: freeDevice(cloud, id),
                deleteWithInstance: disk.deleteWithInstance ?? true,
            });
        }
        cloud.machines.start(instance);
        return instance;
    });
}

function bootImage(request: Request): Image {
    const ofFamily = catalogue.images.find((each) => each.family === request.imageFamily);
    const found = request.imageFamily && !request.imageId ? ofFamily : image(need(request.imageId, "ImageId"));
    if (!found) throw notFound("ImageFamily", request.imageFamily!);
    if (!found.runnable) {
        const runnable = catalogue.images.filter((each) => each.runnable).map((each) => each.id);
        throw conflict(
            "InvalidImageId.NotSupported",
            `The image ${found.id} can be looked up in this region but not run: use ${runnable.join(" or ")}.`,
        );
    }
    return found;
}

function checkZone(cloud: Cloud, type: InstanceType, vswitch: VSwitchRecord, request: Request): void {
    if (request.zoneId && request.zoneId !== vswitch.zoneId) {
        throw conflict("InvalidVSwitchId.ZoneMismatch", `vSwitch ${vswitch.id} is in ${vswitch.zoneId}.`);
    }
    if (type.zones.includes(vswitch.zoneId) && cloud.faults.inStock(vswitch.zoneId, type.id)) return;
    const elsewhere = type.zones.filter((zone) => zone !== vswitch.zoneId && cloud.faults.inStock(zone, type.id));
    throw conflict(
        "OperationDenied.NoStock",
        `The instance type ${type.id} is sold out in ${vswitch.zoneId}; ` +
            (elsewhere.length > 0 ? `${elsewhere.join(", ")} have it.` : "no zone has it."),
    );
}

function groupsOf(cloud: Cloud, request: Request, vpcId: string): string[] {
    const network = request.networkInterface?.[0];
    const ids = [
        ...(request.securityGroupIds ?? network?.securityGroupIds ?? []),
        ...[request.securityGroupId ?? network?.securityGroupId ?? []].flat(),
    ];
    if (ids.length === 0) throw missing("SecurityGroupId");
    for (const id of ids) checkVpc(findSecurityGroup(cloud, id), vpcId);
    return [...new Set(ids)];
}

function systemSize(request: Request): number | undefined {
    const size = request.systemDisk?.size;
    if (size !== undefined && !/^\d+$/.test(size)) throw invalid("SystemDisk.Size", size, "it must be a number of GiB");
    return size === undefined ? undefined : Number(size);
}

/** @throws ApiError when it is not base64 or is larger than the cloud takes */
export function checkedUserData(userData: string): string {
    const data = Buffer.from(userData, "base64");
    if (data.toString("base64") !== userData) {
        throw new ApiError("InvalidUserData.Base64FormatInvalid", "The specified UserData is not valid base64.");
    }
    if (data.length > userDataLimitBytes) {
        throw new ApiError(
            "InvalidUserData.SizeExceeded",
            `The specified UserData has ${data.length} bytes; at most ${userDataLimitBytes} are taken.`,
        );
    }
    return userData;
}
