import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { invalid } from "../api/errors";
import { page } from "../api/paging";
import { matches, need } from "../api/parameters";
import { catalogue, diskSizes, InstanceType, Zone, zone } from "../catalogue";
import type { Cloud } from "../cloud";

/** What the region sells and where: regions, zones, instance types, disk categories. */
export const types = {
    DescribeRegions: (cloud) => ({
        regions: {
            region: [
                {
                    regionId: cloud.region,
                    localName: cloud.region,
                    regionEndpoint: cloud.endpoint,
                    status: "available",
                },
            ],
        },
    }),

    DescribeZones: (cloud) => ({
        zones: {
            zone: catalogue.zones.map((zone) => {
                const inZone = catalogue.types.filter((type) => type.zones.includes(zone.id));
                return {
                    zoneId: zone.id,
                    localName: zone.name,
                    zoneType: "AvailabilityZone",
                    availableResourceCreation: { resourceTypes: ["Instance", "Disk", "VSwitch", "IoOptimized"] },
                    availableInstanceTypes: {
                        instanceTypes: inZone
                            .filter((type) => cloud.faults.inStock(zone.id, type.id))
                            .map((type) => type.id),
                    },
                    availableDiskCategories: { diskCategories: zone.diskCategories },
                    availableVolumeCategories: { volumeCategories: [] },
                    availableDedicatedHostTypes: { dedicatedHostType: [] },
                    dedicatedHostGenerations: { dedicatedHostGeneration: [] },
                    availableResources: {
                        resourcesInfo: [
                            {
                                ioOptimized: true,
                                networkTypes: { supportedNetworkCategory: ["vpc"] },
                                systemDiskCategories: { supportedSystemDiskCategory: zone.diskCategories },
                                dataDiskCategories: { supportedDataDiskCategory: zone.diskCategories },
                                instanceTypes: { supportedInstanceType: inZone.map((type) => type.id) },
                                instanceTypeFamilies: {
                                    supportedInstanceTypeFamily: [...new Set(inZone.map((type) => type.family))],
                                },
                                instanceGenerations: { supportedInstanceGeneration: [] },
                            },
                        ],
                    },
                };
            }),
        },
    }),

    DescribeInstanceTypes: (_cloud, request) => {
        const found = catalogue.types.filter(
            (type) =>
                (!request.instanceTypes || request.instanceTypes.includes(type.id)) &&
                matches(type.family, request.instanceTypeFamily) &&
                (!request.instanceTypeFamilies || request.instanceTypeFamilies.includes(type.family)) &&
                between(type.cpus, request.minimumCpuCoreCount, request.maximumCpuCoreCount) &&
                between(type.memoryGiB, request.minimumMemorySize, request.maximumMemorySize),
        );
        const { items, next } = page(found, { maxResults: request.maxResults ?? 100, nextToken: request.nextToken });
        return { ...next, instanceTypes: { instanceType: items.map(describe) } };
    },

    DescribeAvailableResource: (cloud, request) => {
        const wanted = need(request.destinationResource, "DestinationResource");
        const zones = request.zoneId ? [zone(request.zoneId)] : catalogue.zones;
        return {
            availableZones: {
                availableZone: zones.map((each) => {
                    const offered = offer(cloud, each, wanted, request);
                    const any = offered.some((resource) => resource.status === "Available");
                    return {
                        regionId: cloud.region,
                        zoneId: each.id,
                        ...availability(any),
                        availableResources: {
                            availableResource: [{ type: wanted, supportedResources: { supportedResource: offered } }],
                        },
                    };
                }),
            },
        };
    },
} satisfies Actions<typeof sdk>;

interface Wish {
    instanceType?: string;
    cores?: number;
    memory?: number;
    systemDiskCategory?: string;
}

/** What a zone has of one kind of resource. */
function offer(cloud: Cloud, zone: Zone, wanted: string, wish: Wish) {
    const fitting = catalogue.types.filter(
        (type) =>
            type.zones.includes(zone.id) &&
            matches(type.id, wish.instanceType) &&
            between(type.cpus, wish.cores, wish.cores) &&
            between(type.memoryGiB, wish.memory, wish.memory) &&
            (!wish.systemDiskCategory || type.systemDisks.includes(wish.systemDiskCategory)),
    );
    const stocked = (type: InstanceType) => cloud.faults.inStock(zone.id, type.id);
    switch (wanted) {
        case "Zone":
            return [{ value: zone.id, ...availability(fitting.some(stocked)) }];
        case "InstanceType":
            return fitting.map((type) => ({ value: type.id, ...availability(stocked(type)) }));
        case "SystemDisk":
        case "DataDisk": {
            const use = wanted === "SystemDisk" ? "system" : "data";
            return zone.diskCategories
                .filter((category) => fitting.some((type) => type[`${use}Disks`].includes(category)))
                .map((category) => {
                    const [min, max] = diskSizes(category, use, "PL1");
                    return { value: category, min, max, unit: "GiB", ...availability(true) };
                });
        }
        case "Network":
            return [{ value: "vpc", ...availability(true) }];
        case "IoOptimized":
            return [{ value: "optimized", ...availability(true) }];
    }
    throw invalid(
        "DestinationResource",
        wanted,
        "it must be Zone, IoOptimized, InstanceType, SystemDisk, DataDisk or Network",
    );
}

function availability(available: boolean) {
    return available
        ? { status: "Available", statusCategory: "WithStock" }
        : { status: "SoldOut", statusCategory: "WithoutStock" };
}

function between(value: number, least: number | undefined, most: number | undefined): boolean {
    return value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}

function describe(type: InstanceType) {
    return {
        instanceTypeId: type.id,
        instanceTypeFamily: type.family,
        instanceFamilyLevel: type.family.startsWith("ecs.e-") ? "EntryLevel" : "EnterpriseLevel",
        cpuCoreCount: type.cpus,
        cpuArchitecture: "X86",
        memorySize: type.memoryGiB,
        diskQuantity: 17,
        eniQuantity: type.cpus <= 2 ? 2 : type.cpus <= 4 ? 3 : 4,
        eniPrivateIpAddressQuantity: type.cpus <= 2 ? 6 : 10,
        eniIpv6AddressQuantity: 1,
        primaryEniQueueNumber: 2,
        secondaryEniQueueNumber: 2,
        maximumQueueNumberPerEni: 2,
        totalEniQueueQuantity: 4,
        GPUAmount: 0,
        GPUSpec: "",
        initialCredit: 0,
        baselineCredit: 0,
        localStorageAmount: 0,
        localStorageCapacity: 0,
        localStorageCategory: "",
        nvmeSupport: "unsupported",
    };
}
