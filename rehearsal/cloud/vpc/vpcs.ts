import type * as sdk from "@alicloud/vpc20160428";

import { contains, needCidr, parseCidr } from "../addresses";
import type { Actions } from "../api/action";
import { conflict, invalid, notFound } from "../api/errors";
import { page } from "../api/paging";
import { hasTags, matches, need, tagsOf, vpcTagList } from "../api/parameters";
import { accountId, Cloud } from "../cloud";
import { newId, timestamp } from "../state/ids";
import type { VpcRecord } from "../state/records";

/** The networks that a VPC can be in, or a part of. */
const privateNetworks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"];

export const vpcs = {
    CreateVpc: (cloud, request) => {
        const vpc: VpcRecord = {
            id: newId("vpc"),
            name: request.vpcName ?? "",
            description: request.description ?? "",
            createdAt: timestamp(),
            tags: tagsOf(request.tag),
            cidr: vpcCidr(request.cidrBlock || "172.16.0.0/12"),
            routerId: newId("vrt"),
            routeTable: { id: newId("vtb"), name: "", description: "", propagation: true },
        };
        cloud.state.vpcs[vpc.id] = vpc;
        return { vpcId: vpc.id, VRouterId: vpc.routerId, routeTableId: vpc.routeTable.id, resourceGroupId: "" };
    },

    DescribeVpcAttribute: (cloud, request) => {
        const { VRouterId, ...vpc } = describe(cloud, findVpc(cloud, need(request.vpcId, "VpcId")));
        return {
            ...vpc,
            VRouterId,
            classicLinkEnabled: false,
            cloudResources: { cloudResourceSetType: [] },
            associatedCens: { associatedCen: [] },
        };
    },

    DescribeVpcs: (cloud, request) => {
        const ids = request.vpcId ? request.vpcId.split(",") : undefined;
        const found = Object.values(cloud.state.vpcs).filter(
            (vpc) =>
                (!ids || ids.includes(vpc.id)) &&
                matches(vpc.name, request.vpcName) &&
                hasTags(vpc.tags, request.tag) &&
                !request.isDefault,
        );
        const { items, counts } = page(found, request);
        return { ...counts, vpcs: { vpc: items.map((vpc) => describe(cloud, vpc)) } };
    },

    ModifyVpcAttribute: (cloud, request) => {
        const vpc = findVpc(cloud, need(request.vpcId, "VpcId"));
        if (request.cidrBlock) {
            const range = parseCidr(vpcCidr(request.cidrBlock))!;
            const outside = vswitchesOf(cloud, vpc.id).find((vswitch) => !contains(range, parseCidr(vswitch.cidr)!));
            if (outside) {
                throw invalid("CidrBlock", request.cidrBlock, `vSwitch ${outside.id} has ${outside.cidr}`);
            }
            vpc.cidr = request.cidrBlock;
        }
        vpc.name = request.vpcName ?? vpc.name;
        vpc.description = request.description ?? vpc.description;
        return {};
    },

    DeleteVpc: (cloud, request) => {
        const vpc = findVpc(cloud, need(request.vpcId, "VpcId"));
        const vswitches = vswitchesOf(cloud, vpc.id).map((vswitch) => vswitch.id);
        if (vswitches.length > 0) {
            throw conflict(
                "DependencyViolation.VSwitch",
                `VPC ${vpc.id} still has vSwitches: ${vswitches.join(", ")}.`,
            );
        }
        const groups = Object.values(cloud.state.securityGroups).filter((group) => group.vpcId === vpc.id);
        if (groups.length > 0) {
            const ids = groups.map((group) => group.id).join(", ");
            throw conflict("DependencyViolation.SecurityGroup", `VPC ${vpc.id} still has security groups: ${ids}.`);
        }
        delete cloud.state.vpcs[vpc.id];
        return {};
    },

    DescribeRouteTableList: (cloud, request) => {
        const found = Object.values(cloud.state.vpcs).filter(
            (vpc) =>
                matches(vpc.id, request.vpcId) &&
                matches(vpc.routeTable.id, request.routeTableId) &&
                matches(vpc.routerId, request.routerId),
        );
        const { items, counts } = page(found, request);
        return { ...counts, routerTableList: { routerTableListType: items.map((vpc) => routeTable(cloud, vpc)) } };
    },

    ModifyRouteTableAttributes: (cloud, request) => {
        const id = need(request.routeTableId, "RouteTableId");
        const vpc = Object.values(cloud.state.vpcs).find((each) => each.routeTable.id === id);
        if (!vpc) throw notFound("RouteTableId", id);
        const table = vpc.routeTable;
        table.name = request.routeTableName ?? table.name;
        table.description = request.description ?? table.description;
        table.propagation = request.routePropagationEnable ?? table.propagation;
        return {};
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidVpcId.NotFound` */
export function findVpc(cloud: Cloud, id: string): VpcRecord {
    const vpc = cloud.state.vpcs[id];
    if (!vpc) throw notFound("VpcId", id);
    return vpc;
}

function vpcCidr(cidr: string): string {
    const range = needCidr(cidr, "CidrBlock");
    const bits = 32 - Math.log2(range.size);
    if (bits < 8 || bits > 28 || !privateNetworks.some((network) => contains(parseCidr(network)!, range))) {
        throw invalid("CidrBlock", cidr, `it must be one of ${privateNetworks.join(", ")} or a part down to /28`);
    }
    return cidr;
}

function vswitchesOf(cloud: Cloud, vpcId: string) {
    return Object.values(cloud.state.vswitches).filter((vswitch) => vswitch.vpcId === vpcId);
}

function describe(cloud: Cloud, vpc: VpcRecord) {
    return {
        vpcId: vpc.id,
        vpcName: vpc.name,
        description: vpc.description,
        cidrBlock: vpc.cidr,
        creationTime: vpc.createdAt,
        dhcpOptionsSetId: "",
        dhcpOptionsSetStatus: "",
        dnsHostnameStatus: "DISABLED",
        enabledIpv6: false,
        ipv6CidrBlock: "",
        ipv6CidrBlocks: { ipv6CidrBlock: [] },
        isDefault: false,
        ownerId: Number(accountId),
        regionId: cloud.region,
        resourceGroupId: "",
        secondaryCidrBlocks: { secondaryCidrBlock: [] },
        status: "Available",
        tags: vpcTagList(vpc.tags),
        userCidrs: { userCidr: [] },
        VRouterId: vpc.routerId,
        vSwitchIds: { vSwitchId: vswitchesOf(cloud, vpc.id).map((vswitch) => vswitch.id) },
    };
}

function routeTable(cloud: Cloud, vpc: VpcRecord) {
    return {
        associateType: "VSwitch",
        creationTime: vpc.createdAt,
        description: vpc.routeTable.description,
        ownerId: Number(accountId),
        resourceGroupId: "",
        routePropagationEnable: vpc.routeTable.propagation,
        routeTableId: vpc.routeTable.id,
        routeTableName: vpc.routeTable.name,
        routeTableType: "System",
        routerId: vpc.routerId,
        routerType: "VRouter",
        status: "Available",
        vpcId: vpc.id,
        vSwitchIds: { vSwitchId: vswitchesOf(cloud, vpc.id).map((vswitch) => vswitch.id) },
    };
}
