import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { ApiError, conflict, invalid, notFound } from "../../api/errors";
import { page } from "../../api/paging";
import { hasTags, jsonList, matches, need, tagList, tagsOf } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { SecurityGroupRecord } from "../../state/records";
import { findVpc } from "../../vpc/vpcs";
import { findInstance } from "../instances/instances";

/** How many security groups an instance can be in. */
const groupsPerInstance = 5;

export const securityGroups = {
    CreateSecurityGroup: (cloud, request) => {
        const type = request.securityGroupType || "normal";
        if (type !== "normal" && type !== "enterprise") {
            throw invalid("SecurityGroupType", type, "it must be normal or enterprise");
        }
        const group: SecurityGroupRecord = {
            id: newId("sg"),
            name: request.securityGroupName ?? "",
            description: request.description ?? "",
            createdAt: timestamp(),
            tags: tagsOf(request.tag),
            vpcId: findVpc(cloud, need(request.vpcId, "VpcId")).id,
            type,
            innerAccess: type === "normal" ? "Accept" : "Drop",
            rules: [],
        };
        cloud.state.securityGroups[group.id] = group;
        return { securityGroupId: group.id };
    },

    DescribeSecurityGroups: (cloud, request) => {
        const ids = jsonList(request.securityGroupIds, "SecurityGroupIds");
        const found = Object.values(cloud.state.securityGroups).filter(
            (group) =>
                (!ids || ids.includes(group.id)) &&
                matches(group.id, request.securityGroupId) &&
                matches(group.vpcId, request.vpcId) &&
                matches(group.name, request.securityGroupName) &&
                matches(group.type, request.securityGroupType) &&
                hasTags(group.tags, request.tag),
        );
        const { items, counts, next } = page(found, request);
        return {
            ...counts,
            ...next,
            regionId: cloud.region,
            securityGroups: { securityGroup: items.map((group) => describe(cloud, group)) },
        };
    },

    ModifySecurityGroupAttribute: (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        group.name = request.securityGroupName ?? group.name;
        group.description = request.description ?? group.description;
        return {};
    },

    ModifySecurityGroupPolicy: async (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        const policy = need(request.innerAccessPolicy, "InnerAccessPolicy");
        if (!/^(accept|drop)$/i.test(policy)) throw invalid("InnerAccessPolicy", policy, "it must be Accept or Drop");
        group.innerAccess = /^accept$/i.test(policy) ? "Accept" : "Drop";
        await cloud.ask(cloud.machines.applyIngress());
        return {};
    },

    DeleteSecurityGroup: (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        const inside = membersOf(cloud, group.id).map((instance) => instance.id);
        if (inside.length > 0) {
            throw conflict(
                "DependencyViolation",
                `Security group ${group.id} still has members: ${inside.join(", ")}.`,
            );
        }
        const other = Object.values(cloud.state.securityGroups).find(
            (each) => each.id !== group.id && each.rules.some((rule) => rule.groupId === group.id),
        );
        if (other) {
            throw conflict("DependencyViolation", `A rule of security group ${other.id} still names ${group.id}.`);
        }
        delete cloud.state.securityGroups[group.id];
        return {};
    },

    JoinSecurityGroup: async (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        const ids = instance.securityGroupIds;
        if (ids.includes(group.id)) {
            throw new ApiError("InvalidInstanceId.AlreadyExists", `Instance ${instance.id} is in ${group.id} already.`);
        }
        checkVpc(group, instance.vpcId);
        if (ids.length >= groupsPerInstance) {
            throw conflict("InstanceSecurityGroupLimitExceeded", `${instance.id} is in ${ids.length} security groups.`);
        }
        ids.push(group.id);
        await cloud.ask(cloud.machines.applyIngress());
        return {};
    },

    LeaveSecurityGroup: async (cloud, request) => {
        const group = findSecurityGroup(cloud, need(request.securityGroupId, "SecurityGroupId"));
        const instance = findInstance(cloud, need(request.instanceId, "InstanceId"));
        if (!instance.securityGroupIds.includes(group.id)) {
            throw conflict("InstanceNotInSecurityGroup", `Instance ${instance.id} is not in ${group.id}.`);
        }
        if (instance.securityGroupIds.length === 1) {
            throw conflict("InstanceLastSecurityGroup", `${group.id} is the only security group of ${instance.id}.`);
        }
        instance.securityGroupIds = instance.securityGroupIds.filter((id) => id !== group.id);
        await cloud.ask(cloud.machines.applyIngress());
        return {};
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidSecurityGroupId.NotFound` */
export function findSecurityGroup(cloud: Cloud, id: string): SecurityGroupRecord {
    const group = cloud.state.securityGroups[id];
    if (!group) throw notFound("SecurityGroupId", id);
    return group;
}

/** @throws ApiError when the group is in another VPC than the instance that is to be in it */
export function checkVpc(group: SecurityGroupRecord, vpcId: string): void {
    if (group.vpcId !== vpcId) {
        throw conflict(
            "InvalidSecurityGroupId.VPCMismatch",
            `Security group ${group.id} is in ${group.vpcId}, not ${vpcId}.`,
        );
    }
}

function membersOf(cloud: Cloud, groupId: string) {
    return Object.values(cloud.state.instances).filter((instance) => instance.securityGroupIds.includes(groupId));
}

function describe(cloud: Cloud, group: SecurityGroupRecord) {
    return {
        securityGroupId: group.id,
        securityGroupName: group.name,
        description: group.description,
        vpcId: group.vpcId,
        securityGroupType: group.type,
        creationTime: group.createdAt,
        ecsCount: membersOf(cloud, group.id).length,
        resourceGroupId: "",
        ruleCount: group.rules.length,
        serviceManaged: false,
        tags: tagList(group.tags),
    };
}
