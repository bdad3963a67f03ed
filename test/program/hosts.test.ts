import * as assert from "node:assert/strict";
import { allOn } from "../sample";
import { all, one, run, type Deployment, type Registered } from "./engine";

describe("the stack's hosts", () => {
    let deployment: Deployment;
    let instances: Registered[];

    before(async () => {
        deployment = await run();
        instances = all(deployment, "Instance");
    });

    it("are the master and the two nodes of the configuration, of its types", () => {
        assert.deepEqual(
            instances.map(({ inputs }) => [inputs.hostName, inputs.instanceType, inputs.privateIp]),
            [
                ["master", "ecs.c6.large", "10.20.0.10"],
                ["node-01", "ecs.c6.xlarge", "10.20.0.11"],
                ["node-02", "ecs.c6.xlarge", "10.20.0.12"],
            ],
        );
    });

    it("are entered by key pair only", () => {
        const [pair] = all(deployment, "EcsKeyPair");
        for (const { inputs } of instances) {
            assert.equal(inputs.keyName, pair.inputs.keyPairName);
            assert.deepEqual(
                Object.keys(inputs).filter((key) => /password/i.test(key)),
                [],
            );
        }
    });

    it("are in the one security group", () => {
        for (const { inputs } of instances) assert.deepEqual(inputs.securityGroups, ["id-of-test-cluster-dev"]);
    });

    it("have no data disk of their own, which would go with them", () => {
        for (const { inputs } of instances) assert.equal(inputs.dataDisks, undefined);
    });

    it("get their user data as a secret, each with its own identity", () => {
        for (const { name, inputs, plain } of instances) {
            assert.equal(plain.userData, "[secret]");
            assert.match(inputs.userData, new RegExp(`hostname: ${name}\\n`));
            const identities = [...inputs.userData.matchAll(/SECRET-[\w-]+/g)].map(([identity]) => identity);
            assert.deepEqual(identities, [`SECRET-${name}-identity`]);
        }
    });

    it("are replaced when what they boot from changes, the old one first, but not for a newer image", () => {
        for (const instance of instances) {
            assert.deepEqual(instance.replaceOnChanges, ["userData"]);
            assert.deepEqual(instance.ignoreChanges, ["imageId"]);
            assert.equal(instance.deleteBeforeReplace, true);
        }
    });

    it("come once the rules are there, without which they can't be reached", () => {
        const rules = all(deployment, "SecurityGroupRule").map(({ urn }) => urn);
        for (const { dependencies } of instances) assert.ok(rules.every((rule) => dependencies.includes(rule)));
    });

    it("carry what says whose they are", () => {
        const { tags } = one(deployment, "Instance", "node-01").inputs;
        assert.deepEqual(tags, { project: "test-cluster", stack: "dev", host: "node-01" });
    });

    it("have names and key pairs that two stacks don't fight for", async () => {
        const local = await run({ stack: "local" });
        const names = (of: Deployment) =>
            of.resources
                .filter(({ type }) => type.startsWith("alicloud:"))
                .flatMap(({ inputs }) => [inputs.instanceName, inputs.keyPairName, inputs.diskName, inputs.vpcName])
                .filter(Boolean);
        assert.ok(names(deployment).length >= 6);
        assert.deepEqual(
            names(deployment).filter((name) => names(local).includes(name)),
            [],
        );
    });

    it("that name a size get the first type of it that there is", async () => {
        const hosts = [
            { name: "master", role: "control-plane", cpus: 2, memoryGiB: 4 },
            { name: "node-02", role: "worker", cpus: 4, memoryGiB: 8 },
        ];
        const sized = await run({ change: { "test-cluster:hosts": hosts, ...allOn("node-02") } });
        assert.deepEqual(
            all(sized, "Instance").map(({ inputs }) => inputs.instanceType),
            ["ecs.c6.large", "ecs.c6.xlarge"],
        );
    });

    it("that name a size keep the type that they have, sold out or not", async () => {
        const hosts = [{ name: "master", role: "control-plane", cpus: 4, memoryGiB: 8 }];
        const sized = await run({
            change: { "test-cluster:hosts": hosts, ...allOn("master"), "test-cluster:mysql": { memory: "512Mi" } },
            cloud: { instances: [{ name: "test-cluster-dev-master", instanceType: "ecs.c5.xlarge" }] },
        });
        assert.equal(sized.error, undefined);
        assert.equal(one(sized, "Instance", "master").inputs.instanceType, "ecs.c5.xlarge");
    });
});
