import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { ApiError, conflict, invalid } from "../../api/errors";
import { need } from "../../api/parameters";
import { image, instanceType } from "../../catalogue";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../../state/records";
import { findVSwitch } from "../../vpc/vswitches";
import { newDisk, wantedDisk } from "../disks/disk";
import { findInstance } from "./instances";
import { publicAddresses, takeAddresses } from "./addresses";
import { checkedUserData } from "./launch";
import { findKeyPair } from "../keypairs";
import { inStatus } from "./power";
import { checkVpc, findSecurityGroup } from "../groups/securitygroups";

/** Changes of an instance. What the machine is made from takes effect at its next start. */
export const attributes = {
    ModifyInstanceAttribute: async (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        if (request.password) throw invalid("Password", "…", "this region's images take no passwords");
        if (request.securityGroupIds) {
            for (const id of request.securityGroupIds) checkVpc(findSecurityGroup(cloud, id), instance.vpcId);
        }
        if (request.userData !== undefined) instance.userData = checkedUserData(request.userData);
        instance.name = request.instanceName ?? instance.name;
        instance.description = request.description ?? instance.description;
        instance.hostname = request.hostName || instance.hostname;
        instance.deletionProtection = request.deletionProtection ?? instance.deletionProtection;
        instance.creditSpecification = request.creditSpecification ?? instance.creditSpecification;
        instance.securityGroupIds = request.securityGroupIds ?? instance.securityGroupIds;
        if (request.userData !== undefined || request.hostName) renew(instance);
        if (request.securityGroupIds) await cloud.ask(cloud.machines.applyIngress());
        return {};
    },

    ModifyInstanceSpec: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Stopped");
        if (!request.instanceType) return {};
        const type = instanceType(request.instanceType);
        if (!type.zones.includes(instance.zoneId) || !cloud.faults.inStock(instance.zoneId, type.id)) {
            throw conflict(
                "OperationDenied.NoStock",
                `The instance type ${type.id} is sold out in ${instance.zoneId}.`,
            );
        }
        instance.type = type.id;
        renew(instance);
        return {};
    },

    ModifyInstanceVpcAttribute: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Stopped");
        const vswitch = findVSwitch(cloud, need(request.vSwitchId, "VSwitchId"));
        if (vswitch.vpcId !== instance.vpcId || vswitch.zoneId !== instance.zoneId) {
            throw conflict(
                "OperationDenied",
                `vSwitch ${vswitch.id} is not in ${instance.vpcId} and ${instance.zoneId}.`,
            );
        }
        if (request.privateIpAddress !== instance.privateAddress || vswitch.id !== instance.vswitchId) {
            [instance.privateAddress] = takeAddresses(cloud, vswitch, 1, request.privateIpAddress || undefined);
        }
        instance.vswitchId = vswitch.id;
        renew(instance);
        await cloud.ask(cloud.machines.applyIngress());
        return {};
    },

    ModifyInstanceNetworkSpec: (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        instance.internetChargeType = request.networkChargeType || instance.internetChargeType;
        instance.bandwidthInMbps = request.internetMaxBandwidthIn ?? instance.bandwidthInMbps;
        instance.bandwidthOutMbps = request.internetMaxBandwidthOut ?? instance.bandwidthOutMbps;
        if (request.allocatePublicIp && !instance.publicAddress) open(cloud, instance);
        if (instance.bandwidthOutMbps === 0 && instance.publicAddress) {
            instance.publicAddress = undefined;
            renew(instance);
        }
        return {};
    },

    AllocatePublicIpAddress: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Running", "Stopped");
        if (instance.publicAddress) {
            throw new ApiError(
                "AllocatedAlready",
                `Instance ${instance.id} has the public address ${instance.publicAddress} already.`,
            );
        }
        return { ipAddress: open(cloud, instance) };
    },

    ReplaceSystemDisk: async (cloud, request) => {
        const instance = await inStatus(cloud, request.instanceId, "Stopped");
        const from = image(request.imageId || instance.imageId);
        if (!from.runnable) throw conflict("InvalidImageId.NotSupported", `The image ${from.id} can't be run here.`);
        if (request.keyPairName) findKeyPair(cloud, request.keyPairName);
        const old = Object.values(cloud.state.disks).find(
            (disk) => disk.instanceId === instance.id && disk.type === "system",
        )!;
        const size = request.systemDisk?.size ?? old.sizeGiB;
        const wanted = wantedDisk("system", instanceType(instance.type), from.sizeGiB, { ...old, size });
        instance.imageId = from.id;
        instance.keyPairName = request.keyPairName ?? "";
        await cloud.ask(cloud.machines.replaceSystem(instance));
        delete cloud.state.disks[old.id];
        const { zoneId, name, description, device, attachedAt, autoSnapshotPolicyId, tags } = old;
        const kept = { zoneId, name, description, device, attachedAt, autoSnapshotPolicyId, tags };
        const disk = newDisk(cloud, {
            ...wanted,
            ...kept,
            imageId: from.id,
            instanceId: instance.id,
            status: "In_use",
            deleteWithInstance: true,
        });
        return { diskId: disk.id };
    },

    ModifyInstanceMetadataOptions: (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        instance.httpEndpoint = request.httpEndpoint || instance.httpEndpoint;
        instance.httpTokens = request.httpTokens || instance.httpTokens;
        return {};
    },

    ModifyInstanceMaintenanceAttributes: (cloud, request) => {
        for (const id of need(request.instanceId, "InstanceId")) {
            const instance = findInstance(cloud, id);
            instance.maintenanceAction = request.actionOnMaintenance || instance.maintenanceAction;
        }
        return {};
    },
} satisfies Actions<typeof sdk>;

/** The machine is made anew from the record, with the same system disk, before it starts again. */
function renew(instance: InstanceRecord): void {
    if (instance.machine === "current") instance.machine = "stale";
}

function open(cloud: Cloud, instance: InstanceRecord): string {
    const [address] = publicAddresses(cloud, 1);
    instance.publicAddress = address;
    renew(instance);
    return address;
}
