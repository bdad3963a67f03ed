import * as assert from "node:assert/strict";
import { all, run, type Deployment } from "./engine";

describe("the stack's network", () => {
    let deployment: Deployment;
    let rules: Record<string, unknown>[];
    const between = () => rules.filter((rule) => rule.sourceSecurityGroupId);
    const outside = () => rules.filter((rule) => !rule.sourceSecurityGroupId);

    before(async () => {
        const cidrs = ["192.0.2.7/32", "192.0.2.128/25"];
        deployment = await run({ change: { "test-cluster:access": { cidrs } } });
        rules = all(deployment, "SecurityGroupRule").map(({ inputs }) => inputs);
    });

    it("is open to the outside at SSH and the Kubernetes API alone, from access.cidrs alone", () => {
        assert.deepEqual(
            outside()
                .map((rule) => `${rule.cidrIp} ${rule.ipProtocol} ${rule.portRange}`)
                .sort(),
            [
                "192.0.2.128/25 tcp 22/22",
                "192.0.2.128/25 tcp 6443/6443",
                "192.0.2.7/32 tcp 22/22",
                "192.0.2.7/32 tcp 6443/6443",
            ],
        );
    });

    it("has no way in from anywhere", () => {
        assert.ok(!JSON.stringify(deployment.resources.map(({ inputs }) => inputs.cidrIp ?? "")).includes("0.0.0.0/0"));
    });

    it("is open from anywhere where that is said to be meant", async () => {
        const meant = await run({ change: { "test-cluster:access": { cidrs: ["0.0.0.0/0"], anywhere: true } } });
        const from = all(meant, "SecurityGroupRule").filter(({ inputs }) => inputs.cidrIp === "0.0.0.0/0");
        assert.deepEqual(from.map(({ inputs }) => inputs.portRange).sort(), ["22/22", "6443/6443"]);
    });

    it("lets hosts reach each other at the named ports alone", () => {
        assert.deepEqual(
            between()
                .map((rule) => `${rule.description} ${rule.ipProtocol} ${rule.portRange}`)
                .sort(),
            [
                "hosts-flannel-vxlan udp 8472/8472",
                "hosts-kafka tcp 9092/9092",
                "hosts-kubelet tcp 10250/10250",
                "hosts-kubernetes-api tcp 6443/6443",
                "hosts-ping icmp -1/-1",
                "hosts-ssh tcp 22/22",
            ],
        );
    });

    it("has rules that only let in, each with its name, in the one security group", () => {
        const [group] = all(deployment, "SecurityGroup");
        assert.equal(group.inputs.innerAccessPolicy, "Drop");
        for (const rule of rules) {
            assert.equal(rule.type, "ingress");
            assert.equal(rule.policy, "accept");
            assert.equal(rule.securityGroupId, `id-of-${group.name}`);
            assert.ok(rule.description);
        }
        for (const rule of between()) assert.equal(rule.sourceSecurityGroupId, `id-of-${group.name}`);
    });

    it("replaces a rule by removing it first, since the cloud knows rules by what they say", () => {
        assert.ok(all(deployment, "SecurityGroupRule").every((rule) => rule.deleteBeforeReplace));
    });

    it("is the configured one, in the configured zone", async () => {
        const network = { vpc: "172.16.0.0/16", hosts: "172.16.8.0/24" };
        const changed = await run({
            change: { "test-cluster:network": network, "test-cluster:zone": "cn-hangzhou-h" },
        });
        const vpc = all(changed, "Network").find(({ type }) => type.startsWith("alicloud:"));
        assert.equal(vpc?.inputs.cidrBlock, network.vpc);
        const [vswitch] = all(changed, "Switch");
        assert.deepEqual([vswitch.inputs.cidrBlock, vswitch.inputs.zoneId], [network.hosts, "cn-hangzhou-h"]);
        assert.deepEqual(
            all(changed, "Instance").map(({ inputs }) => inputs.privateIp),
            ["172.16.8.10", "172.16.8.11", "172.16.8.12"],
        );
    });
});
