import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { notFound } from "../../api/errors";
import { page } from "../../api/paging";
import { hasTags, jsonList, matches, need } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import type { InstanceRecord } from "../../state/records";
import * as views from "./view";
import { launch } from "./launch";

export const instances = {
    RunInstances: (cloud, request) => {
        const ids = launch(cloud, request).map((instance) => instance.id);
        return { instanceIdSets: { instanceIdSet: ids }, orderId: "", tradePrice: 0 };
    },

    DescribeInstances: async (cloud, request) => {
        const ids = jsonList(request.instanceIds, "InstanceIds");
        const addresses = jsonList(request.privateIpAddresses, "PrivateIpAddresses");
        const found = Object.values(cloud.state.instances).filter(
            (instance) =>
                (!ids || ids.includes(instance.id)) &&
                (!addresses || addresses.includes(instance.privateAddress)) &&
                (!request.securityGroupId || instance.securityGroupIds.includes(request.securityGroupId)) &&
                matches(instance.name, request.instanceName) &&
                matches(instance.vpcId, request.vpcId) &&
                matches(instance.vswitchId, request.vSwitchId) &&
                matches(instance.zoneId, request.zoneId) &&
                matches(instance.type, request.instanceType) &&
                matches(instance.imageId, request.imageId) &&
                matches(instance.keyPairName, request.keyPairName) &&
                hasTags(instance.tags, request.tag),
        );
        await cloud.machines.observe(found);
        const inStatus = found.filter((instance) => matches(instance.status, request.status));
        const { items, counts, next } = page(inStatus, request);
        return {
            ...counts,
            ...next,
            instances: { instance: items.map((instance) => views.instance(cloud, instance)) },
        };
    },

    DescribeInstanceStatus: async (cloud, request) => {
        const found = Object.values(cloud.state.instances).filter(
            (instance) =>
                (!request.instanceId || request.instanceId.includes(instance.id)) &&
                matches(instance.zoneId, request.zoneId),
        );
        await cloud.machines.observe(found);
        const { items, counts } = page(found, request);
        return {
            ...counts,
            instanceStatuses: { instanceStatus: items.map(({ id, status }) => ({ instanceId: id, status })) },
        };
    },

    DescribeInstanceAttribute: async (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        await cloud.machines.observe([instance]);
        return views.attribute(cloud, instance);
    },

    DescribeUserData: (cloud, request) => {
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        return { instanceId: instance.id, regionId: cloud.region, userData: instance.userData };
    },

    /** The region has no RAM roles: an instance has none. */
    DescribeInstanceRamRole: (cloud, request) => {
        const ids = need(jsonList(request.instanceIds, "InstanceIds"), "InstanceIds");
        const sets = ids.map((id) => ({ instanceId: findInstance(cloud, id).id, ramRoleName: "" }));
        return { regionId: cloud.region, totalCount: sets.length, instanceRamRoleSets: { instanceRamRoleSet: sets } };
    },

    DescribeInstanceMaintenanceAttributes: (cloud, request) => {
        const found = Object.values(cloud.state.instances).filter(
            (instance) => !request.instanceId || request.instanceId.includes(instance.id),
        );
        const { items, counts } = page(found, request);
        return { ...counts, maintenanceAttributes: { maintenanceAttribute: items.map(views.maintenance) } };
    },

    DescribeInstanceAttachmentAttributes: (cloud, request) => {
        const ids = need(jsonList(request.instanceIds, "InstanceIds"), "InstanceIds");
        const found = ids.flatMap((id) => cloud.state.instances[id] ?? []);
        const { items, counts } = page(found, request);
        return {
            ...counts,
            instances: {
                instance: items.map(({ id }) => ({
                    instanceId: id,
                    privatePoolOptionsId: "",
                    privatePoolOptionsMatchCriteria: "None",
                })),
            },
        };
    },

    DescribeNetworkInterfaces: (cloud, request) => {
        const found = Object.values(cloud.state.instances).filter(
            (instance) =>
                (!request.networkInterfaceId || request.networkInterfaceId.includes(views.interfaceId(instance))) &&
                matches(instance.id, request.instanceId) &&
                matches(instance.vpcId, request.vpcId) &&
                matches(instance.vswitchId, request.vSwitchId) &&
                matches(instance.privateAddress, request.primaryIpAddress) &&
                (!request.securityGroupId || instance.securityGroupIds.includes(request.securityGroupId)) &&
                (request.tag ?? []).length === 0,
        );
        const { items, counts, next } = page(found, request);
        return { ...counts, ...next, networkInterfaceSets: { networkInterfaceSet: items.map(views.networkInterface) } };
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidInstanceId.NotFound` */
export function findInstance(cloud: Cloud, id: string): InstanceRecord {
    const instance = cloud.state.instances[id];
    if (!instance) throw notFound("InstanceId", id);
    return instance;
}
