import type * as sdk from "@alicloud/vpc20160428";

import { assignable, contains, needCidr, overlap, parseCidr } from "../addresses";
import type { Actions } from "../api/action";
import { ApiError, conflict, invalid, notFound } from "../api/errors";
import { page } from "../api/paging";
import { hasTags, matches, need, tagsOf, vpcTagList } from "../api/parameters";
import { zone } from "../catalogue";
import type { Cloud } from "../cloud";
import { newId, timestamp } from "../state/ids";
import type { VSwitchRecord } from "../state/records";
import { findVpc } from "./vpcs";

export const vswitches = {
    CreateVSwitch: async (cloud, request) => {
        const vpc = findVpc(cloud, need(request.vpcId, "VpcId"));
        const cidr = need(request.cidrBlock, "CidrBlock");
        const vswitch: VSwitchRecord = {
            id: newId("vsw"),
            name: request.vSwitchName ?? "",
            description: request.description ?? "",
            createdAt: timestamp(),
            tags: tagsOf(request.tag),
            vpcId: vpc.id,
            zoneId: zone(need(request.zoneId, "ZoneId")).id,
            cidr,
        };
        checkRange(cloud, vswitch, vpc.cidr);
        cloud.state.vswitches[vswitch.id] = vswitch;
        try {
            await cloud.ask(cloud.hypervisor.createNetwork(vswitch.id, cidr));
        } catch (error) {
            delete cloud.state.vswitches[vswitch.id];
            throw error;
        }
        return { vSwitchId: vswitch.id };
    },

    DescribeVSwitchAttributes: (cloud, request) => {
        const vswitch = cloud.state.vswitches[need(request.vSwitchId, "VSwitchId")];
        // Not an error: the provider tells a deleted vSwitch by the empty id.
        return vswitch ? describe(cloud, vswitch) : { vSwitchId: "", status: "" };
    },

    DescribeVSwitches: (cloud, request) => {
        const found = Object.values(cloud.state.vswitches).filter(
            (vswitch) =>
                matches(vswitch.vpcId, request.vpcId) &&
                matches(vswitch.id, request.vSwitchId) &&
                matches(vswitch.zoneId, request.zoneId) &&
                matches(vswitch.name, request.vSwitchName) &&
                matches(routeTableId(cloud, vswitch), request.routeTableId) &&
                hasTags(vswitch.tags, request.tag) &&
                !request.isDefault,
        );
        const { items, counts } = page(found, request);
        const routeTable = (vswitch: VSwitchRecord) => ({
            routeTableId: routeTableId(cloud, vswitch),
            routeTableType: "System",
        });
        return {
            ...counts,
            vSwitches: {
                vSwitch: items.map((each) => ({ ...describe(cloud, each), routeTable: routeTable(each) })),
            },
        };
    },

    ModifyVSwitchAttribute: (cloud, request) => {
        const vswitch = findVSwitch(cloud, need(request.vSwitchId, "VSwitchId"));
        vswitch.name = request.vSwitchName ?? vswitch.name;
        vswitch.description = request.description ?? vswitch.description;
        return {};
    },

    DeleteVSwitch: async (cloud, request) => {
        const vswitch = findVSwitch(cloud, need(request.vSwitchId, "VSwitchId"));
        const inside = Object.values(cloud.state.instances).filter((instance) => instance.vswitchId === vswitch.id);
        if (inside.length > 0) {
            const ids = inside.map((instance) => instance.id).join(", ");
            throw conflict("DependencyViolation", `vSwitch ${vswitch.id} still has instances in it: ${ids}.`);
        }
        await cloud.ask(cloud.hypervisor.deleteNetwork(vswitch.id));
        delete cloud.state.vswitches[vswitch.id];
        return {};
    },
} satisfies Actions<typeof sdk>;

/** @throws ApiError `InvalidVSwitchId.NotFound` */
export function findVSwitch(cloud: Cloud, id: string): VSwitchRecord {
    const vswitch = cloud.state.vswitches[id];
    if (!vswitch) throw notFound("VSwitchId", id);
    return vswitch;
}

function checkRange(cloud: Cloud, vswitch: VSwitchRecord, vpcCidr: string): void {
    const range = needCidr(vswitch.cidr, "CidrBlock");
    const bits = 32 - Math.log2(range.size);
    if (bits < 16 || bits > 29) throw invalid("CidrBlock", vswitch.cidr, "its mask must be /16 to /29");
    if (!contains(parseCidr(vpcCidr)!, range)) {
        throw new ApiError("InvalidCidrBlock", `The CIDR block ${vswitch.cidr} is not inside the VPC's ${vpcCidr}.`);
    }
    const other = Object.values(cloud.state.vswitches).find(
        (each) => each.vpcId === vswitch.vpcId && overlap(parseCidr(each.cidr)!, range),
    );
    if (other) {
        throw new ApiError(
            "InvalidCidrBlock.Overlapped",
            `The CIDR block ${vswitch.cidr} overlaps with ${other.cidr} of vSwitch ${other.id}.`,
        );
    }
}

function routeTableId(cloud: Cloud, vswitch: VSwitchRecord): string {
    return cloud.state.vpcs[vswitch.vpcId].routeTable.id;
}

function describe(cloud: Cloud, vswitch: VSwitchRecord) {
    const used = Object.values(cloud.state.instances).filter((instance) => instance.vswitchId === vswitch.id).length;
    return {
        vSwitchId: vswitch.id,
        vSwitchName: vswitch.name,
        description: vswitch.description,
        vpcId: vswitch.vpcId,
        zoneId: vswitch.zoneId,
        cidrBlock: vswitch.cidr,
        availableIpAddressCount: assignable(parseCidr(vswitch.cidr)!).size - used,
        creationTime: vswitch.createdAt,
        ipv6CidrBlock: "",
        isDefault: false,
        networkAclId: "",
        resourceGroupId: "",
        status: "Available",
        tags: vpcTagList(vswitch.tags),
    };
}
