import { image, instanceType } from "../../catalogue";
import { accountId, Cloud } from "../../cloud";
import type { InstanceRecord } from "../../state/records";
import { tagList } from "../../api/parameters";

/** An instance as DescribeInstances answers it. */
export function instance(cloud: Cloud, record: InstanceRecord) {
    const type = instanceType(record.type);
    const { osName } = image(record.imageId);
    return {
        ...shared(cloud, record),
        autoReleaseTime: "",
        cpuOptions: { coreCount: type.cpus / 2, threadsPerCore: 2, numa: "ON" },
        dedicatedInstanceAttribute: { affinity: "", tenancy: "" },
        deletionProtection: record.deletionProtection,
        deploymentSetId: "",
        deviceAvailable: true,
        ecsCapacityReservationAttr: { capacityReservationId: "", capacityReservationPreference: "" },
        GPUAmount: 0,
        GPUSpec: "",
        hibernationOptions: { configured: false },
        hpcClusterId: "",
        imageOptions: { loginAsNonRoot: false },
        instanceTypeFamily: type.family,
        ioOptimized: true,
        keyPairName: record.keyPairName,
        metadataOptions: { httpEndpoint: record.httpEndpoint, httpTokens: record.httpTokens },
        networkInterfaces: {
            networkInterface: [
                {
                    networkInterfaceId: interfaceId(record),
                    macAddress: macAddress(record),
                    primaryIpAddress: record.privateAddress,
                    type: "Primary",
                    privateIpSets: { privateIpSet: [{ primary: true, privateIpAddress: record.privateAddress }] },
                },
            ],
        },
        OSName: osName,
        OSNameEn: osName,
        OSType: "linux",
        rdmaIpAddress: { ipAddress: [] },
        recyclable: false,
        resourceGroupId: "",
        saleCycle: "",
        spotDuration: 0,
        spotPriceLimit: 0,
        spotStrategy: record.spotStrategy,
        startTime: record.startedAt,
        tags: tagList(record.tags),
    };
}

/** An instance as DescribeInstanceAttribute answers it. */
export function attribute(cloud: Cloud, record: InstanceRecord) {
    return { ...shared(cloud, record), ioOptimized: "optimized", enableJumboFrame: false };
}

function shared(cloud: Cloud, record: InstanceRecord) {
    const type = instanceType(record.type);
    return {
        instanceId: record.id,
        instanceName: record.name,
        description: record.description,
        hostName: record.hostname,
        status: record.status,
        imageId: record.imageId,
        instanceType: record.type,
        cpu: type.cpus,
        memory: type.memoryGiB * 1024,
        regionId: cloud.region,
        zoneId: record.zoneId,
        clusterId: "",
        creationTime: record.createdAt,
        creditSpecification: record.creditSpecification,
        dedicatedHostAttribute: { dedicatedHostId: "", dedicatedHostName: "" },
        eipAddress: { allocationId: "", internetChargeType: "", ipAddress: "" },
        expiredTime: "2099-12-31T15:59Z",
        innerIpAddress: { ipAddress: [] },
        instanceChargeType: "PostPaid",
        instanceNetworkType: "vpc",
        internetChargeType: record.internetChargeType,
        internetMaxBandwidthIn: record.bandwidthInMbps,
        internetMaxBandwidthOut: record.bandwidthOutMbps,
        operationLocks: { lockReason: [] },
        publicIpAddress: { ipAddress: record.publicAddress ? [record.publicAddress] : [] },
        securityGroupIds: { securityGroupId: record.securityGroupIds },
        serialNumber: record.id,
        stoppedMode: record.stoppedMode,
        vlanId: "",
        vpcAttributes: {
            natIpAddress: "",
            privateIpAddress: { ipAddress: [record.privateAddress] },
            vSwitchId: record.vswitchId,
            vpcId: record.vpcId,
        },
    };
}

export function maintenance(record: InstanceRecord) {
    return {
        instanceId: record.id,
        actionOnMaintenance: {
            value: record.maintenanceAction,
            defaultValue: "AutoRecover",
            supportedValues: { supportedValue: ["Stop", "AutoRecover"] },
        },
        maintenanceWindows: { maintenanceWindow: [] },
        notifyOnMaintenance: false,
    };
}

/** The one network interface of an instance. */
export function networkInterface(record: InstanceRecord) {
    return {
        networkInterfaceId: interfaceId(record),
        networkInterfaceName: "",
        description: "",
        attachment: { deviceIndex: 0, instanceId: record.id, networkCardIndex: 0 },
        creationTime: record.createdAt,
        deleteOnRelease: true,
        instanceId: record.id,
        ipv6Sets: { ipv6Set: [] },
        macAddress: macAddress(record),
        networkInterfaceTrafficMode: "Standard",
        ownerId: accountId,
        privateIpAddress: record.privateAddress,
        privateIpSets: { privateIpSet: [{ primary: true, privateIpAddress: record.privateAddress }] },
        queueNumber: 2,
        resourceGroupId: "",
        securityGroupIds: { securityGroupId: record.securityGroupIds },
        serviceManaged: false,
        sourceDestCheck: false,
        status: "InUse",
        tags: { tag: [] },
        type: "Primary",
        vSwitchId: record.vswitchId,
        vpcId: record.vpcId,
        zoneId: record.zoneId,
    };
}

export function interfaceId(record: InstanceRecord): string {
    return record.id.replace(/^i-/, "eni-");
}

function macAddress(record: InstanceRecord): string {
    const bytes = record.privateAddress.split(".").map((part) => Number(part).toString(16).padStart(2, "0"));
    return ["00", "16", ...bytes].join(":");
}
