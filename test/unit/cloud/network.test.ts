import * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import assert from "node:assert/strict";

import { refuses, Region, regionId, zoneId } from "./region";

describe("the cloud's networks", () => {
    let region: Region;
    beforeEach(async () => (region = await new Region().start()));
    afterEach(() => region.stop());

    const deleteVpc = (vpcId: string) => region.vpc.deleteVpc(new vpc.DeleteVpcRequest({ regionId, vpcId }));
    const deleteVSwitch = (vSwitchId: string) =>
        region.vpc.deleteVSwitch(new vpc.DeleteVSwitchRequest({ regionId, vSwitchId }));
    const deleteGroup = (securityGroupId: string) =>
        region.ecs.deleteSecurityGroup(new ecs.DeleteSecurityGroupRequest({ regionId, securityGroupId }));

    it("are created, described, changed and deleted until nothing is left", async () => {
        const { vpcId, vSwitchId, securityGroupId } = await region.network();
        assert.equal(region.machines.networks.get(vSwitchId), "10.0.1.0/24");

        await region.vpc.modifyVpcAttribute(new vpc.ModifyVpcAttributeRequest({ regionId, vpcId, vpcName: "renamed" }));
        const one = new vpc.DescribeVpcAttributeRequest({ regionId, vpcId });
        const attribute = (await region.vpc.describeVpcAttribute(one)).body!;
        assert.equal(attribute.vpcName, "renamed");
        assert.equal(attribute.status, "Available");
        assert.deepEqual(attribute.vSwitchIds?.vSwitchId, [vSwitchId]);
        const tables = (
            await region.vpc.describeRouteTableList(new vpc.DescribeRouteTableListRequest({ regionId, vpcId }))
        ).body!.routerTableList!.routerTableListType!;
        assert.equal(tables[0].routeTableType, "System");
        const vswitches = (await region.vpc.describeVSwitches(new vpc.DescribeVSwitchesRequest({ regionId, vpcId })))
            .body!;
        assert.equal(vswitches.vSwitches!.vSwitch![0].routeTable!.routeTableId, tables[0].routeTableId);

        await deleteVSwitch(vSwitchId);
        await deleteGroup(securityGroupId);
        await deleteVpc(vpcId);
        await refuses(region.vpc.describeVpcAttribute(one), "InvalidVpcId.NotFound", 404);
        const gone = new vpc.DescribeVSwitchAttributesRequest({ regionId, vSwitchId });
        assert.equal((await region.vpc.describeVSwitchAttributes(gone)).body!.vSwitchId, "");
        const state = await region.state();
        assert.deepEqual([state.vpcs, state.vswitches, state.securityGroups], [{}, {}, {}]);
        assert.equal(region.machines.networks.size, 0);
    });

    it("refuse ranges that do not fit", async () => {
        const { vpcId } = await region.network();
        const create = (cidrBlock: string, zone = zoneId) =>
            region.vpc.createVSwitch(new vpc.CreateVSwitchRequest({ regionId, vpcId, zoneId: zone, cidrBlock }));
        await refuses(create("10.1.0.0/24"), "InvalidCidrBlock");
        await refuses(create("10.0.1.128/25"), "InvalidCidrBlock.Overlapped");
        await refuses(create("10.0.2.1/24"), "InvalidParameter.CidrBlock");
        await refuses(create("10.0.2.0/24", "cn-hangzhou-z"), "InvalidZoneId.NotFound", 404);
        await refuses(
            region.vpc.createVpc(new vpc.CreateVpcRequest({ regionId, cidrBlock: "8.8.0.0/16" })),
            "InvalidParameter.CidrBlock",
        );
    });

    it("stay as long as something is in them", async () => {
        const network = await region.network();
        const other = await region.group(network.vpcId);
        const id = await region.instance(network);
        await refuses(deleteVSwitch(network.vSwitchId), "DependencyViolation", 403);
        await refuses(deleteGroup(network.securityGroupId), "DependencyViolation", 403);
        await refuses(deleteVpc(network.vpcId), "DependencyViolation.VSwitch", 403);
        await region.release(id);
        await region.ecs.authorizeSecurityGroup(
            new ecs.AuthorizeSecurityGroupRequest({
                regionId,
                securityGroupId: other,
                permissions: [{ ipProtocol: "tcp", portRange: "22/22", sourceGroupId: network.securityGroupId }],
            }),
        );
        await refuses(deleteGroup(network.securityGroupId), "DependencyViolation", 403);
        await deleteVSwitch(network.vSwitchId);
        await refuses(deleteVpc(network.vpcId), "DependencyViolation.SecurityGroup", 403);
        await deleteGroup(other);
        await deleteGroup(network.securityGroupId);
        await deleteVpc(network.vpcId);
    });

    it("carry tags of their own form", async () => {
        const { vpcId } = await region.network();
        const what = { regionId, resourceType: "VPC", resourceId: [vpcId] };
        const tag = [
            { key: "a", value: "1" },
            { key: "b", value: "2" },
        ];
        await region.vpc.tagResources(new vpc.TagResourcesRequest({ ...what, tag }));
        await region.vpc.unTagResources(new vpc.UnTagResourcesRequest({ ...what, tagKey: ["a"] }));
        const listed = (await region.vpc.listTagResources(new vpc.ListTagResourcesRequest(what))).body!;
        assert.deepEqual(
            listed.tagResources!.tagResource!.map(({ tagKey, tagValue }) => [tagKey, tagValue]),
            [["b", "2"]],
        );
        const found = new vpc.DescribeVpcsRequest({ regionId, tag: [{ key: "b", value: "2" }] });
        assert.equal((await region.vpc.describeVpcs(found)).body!.totalCount, 1);
        found.tag = [new vpc.DescribeVpcsRequestTag({ key: "b", value: "3" })];
        assert.equal((await region.vpc.describeVpcs(found)).body!.totalCount, 0);
    });
});
