import * as ecs from "@alicloud/ecs20140526";
import assert from "node:assert/strict";

import { refuses, Region, regionId } from "./region";

describe("the cloud's security groups", () => {
    let region: Region;
    let network: Awaited<ReturnType<Region["network"]>>;
    beforeEach(async () => {
        region = await new Region().start();
        network = await region.network();
    });
    afterEach(() => region.stop());

    const authorize = (securityGroupId: string, ...permissions: object[]) =>
        region.ecs.authorizeSecurityGroup(
            new ecs.AuthorizeSecurityGroupRequest({ regionId, securityGroupId, permissions }),
        );
    const revoke = (securityGroupId: string, ...permissions: object[]) =>
        region.ecs.revokeSecurityGroup(new ecs.RevokeSecurityGroupRequest({ regionId, securityGroupId, permissions }));
    const ingress = (id: string) =>
        region.machines
            .machine(id)
            .ingress.map((rule) => `${rule.protocol} ${rule.fromPort}-${rule.toPort} ${rule.source}`)
            .sort();

    const ssh = { ipProtocol: "tcp", portRange: "22/22", sourceCidrIp: "198.51.100.1", priority: "1" };

    it("let in nothing but what their rules say, at once, and at the next start too", async () => {
        const id = await region.instance(network);
        assert.deepEqual(ingress(id), []);
        await authorize(network.securityGroupId, ssh, {
            ipProtocol: "ICMP",
            portRange: "-1/-1",
            sourceCidrIp: "10.0.0.0/16",
        });
        assert.deepEqual(ingress(id), ["icmp -1--1 10.0.0.0/16", "tcp 22-22 198.51.100.1/32"]);
        await authorize(network.securityGroupId, ssh);
        await revoke(network.securityGroupId, ssh);
        await revoke(network.securityGroupId, ssh);
        assert.deepEqual(ingress(id), ["icmp -1--1 10.0.0.0/16"]);
        const later = await region.instance(network, { privateIpAddress: "10.0.1.50" });
        assert.deepEqual(ingress(later), ["all -1--1 10.0.1.2/32", "icmp -1--1 10.0.0.0/16"]);
    });

    it("let their members reach each other, unless told not to", async () => {
        const one = await region.instance(network);
        const two = await region.instance(network);
        await region.until(() => ingress(one).length === 1);
        assert.deepEqual([ingress(one), ingress(two)], [["all -1--1 10.0.1.3/32"], ["all -1--1 10.0.1.2/32"]]);
        await region.ecs.modifySecurityGroupPolicy(
            new ecs.ModifySecurityGroupPolicyRequest({ ...network, regionId, innerAccessPolicy: "Drop" }),
        );
        assert.deepEqual([ingress(one), ingress(two)], [[], []]);
        await region.release(two);
    });

    it("resolve groups as sources to their members' addresses, as these come and go", async () => {
        const clients = await region.group(network.vpcId);
        const server = await region.instance(network);
        await authorize(network.securityGroupId, { ipProtocol: "tcp", portRange: "3306/3306", sourceGroupId: clients });
        assert.deepEqual(ingress(server), []);
        const client = await region.instance({ ...network, securityGroupId: clients });
        await region.until(() => ingress(server).length === 1);
        assert.deepEqual(ingress(server), ["tcp 3306-3306 10.0.1.3/32"]);
        const join = { regionId, instanceId: server, securityGroupId: clients };
        await region.ecs.joinSecurityGroup(new ecs.JoinSecurityGroupRequest(join));
        assert.deepEqual(ingress(client), ["all -1--1 10.0.1.2/32"]);
        await region.ecs.leaveSecurityGroup(new ecs.LeaveSecurityGroupRequest(join));
        assert.deepEqual(ingress(client), []);
        const last = { regionId, instanceId: client, securityGroupId: clients };
        await refuses(
            region.ecs.leaveSecurityGroup(new ecs.LeaveSecurityGroupRequest(last)),
            "InstanceLastSecurityGroup",
        );
        await region.release(client);
        await region.until(() => ingress(server).length === 0);
    });

    it("look at rules by priority, a refusal before a permission of the same one", async () => {
        const id = await region.instance(network);
        const open = { ipProtocol: "tcp", portRange: "1/1000", sourceCidrIp: "10.0.0.0/8", priority: "5" };
        await authorize(network.securityGroupId, open, {
            ipProtocol: "tcp",
            portRange: "100/200",
            sourceCidrIp: "10.0.0.0/9",
            policy: "drop",
            priority: "5",
        });
        assert.deepEqual(ingress(id), ["tcp 1-99 10.0.0.0/8", "tcp 100-200 10.128.0.0/9", "tcp 201-1000 10.0.0.0/8"]);
        await authorize(network.securityGroupId, { ...ssh, portRange: "150/150", sourceCidrIp: "10.0.0.7/32" });
        assert.ok(ingress(id).includes("tcp 150-150 10.0.0.7/32"));
    });

    it("describe their rules as the provider looks for them", async () => {
        await authorize(network.securityGroupId, { ...ssh, description: "login" });
        await region.ecs.modifySecurityGroupRule(
            new ecs.ModifySecurityGroupRuleRequest({ regionId, ...network, ...ssh, description: "ssh" }),
        );
        await region.ecs.authorizeSecurityGroupEgress(
            new ecs.AuthorizeSecurityGroupEgressRequest({
                regionId,
                ...network,
                permissions: [{ ipProtocol: "all", portRange: "-1/-1", destCidrIp: "0.0.0.0/0" }],
            }),
        );
        const asked = new ecs.DescribeSecurityGroupAttributeRequest({ regionId, ...network, direction: "ingress" });
        const answer = (await region.ecs.describeSecurityGroupAttribute(asked)).body!;
        assert.equal(answer.innerAccessPolicy, "Accept");
        const [rule, ...others] = answer.permissions!.permission!;
        assert.deepEqual(others, []);
        assert.deepEqual(
            [rule.ipProtocol, rule.portRange, rule.sourceCidrIp, rule.policy, rule.priority, rule.description],
            ["TCP", "22/22", "198.51.100.1", "Accept", "1", "ssh"],
        );
    });

    it("refuse rules that say nothing or nonsense", async () => {
        const wrong: [object, string][] = [
            [{ ...ssh, portRange: "-1/-1" }, "InvalidParameter.PortRange"],
            [{ ...ssh, portRange: "22" }, "InvalidParameter.PortRange"],
            [{ ...ssh, ipProtocol: "sctp" }, "InvalidParameter.IpProtocol"],
            [{ ...ssh, ipProtocol: "icmp" }, "InvalidParameter.PortRange"],
            [{ ...ssh, priority: "0" }, "InvalidParameter.Priority"],
            [{ ...ssh, sourceCidrIp: "10.0.0.1/24" }, "InvalidParameter.SourceCidrIp"],
            [{ ...ssh, sourceCidrIp: undefined }, "MissingParameter"],
            [{ ...ssh, sourceGroupId: "sg-none" }, "InvalidSecurityGroupId.NotFound"],
        ];
        for (const [permission, code] of wrong) await refuses(authorize(network.securityGroupId, permission), code);
    });
});
