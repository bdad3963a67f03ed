import * as ecs from "@alicloud/ecs20140526";
import * as vpc from "@alicloud/vpc20160428";
import assert from "node:assert/strict";

import { refuses, Region, regionId, zoneId } from "./region";

describe("the cloud's control address", () => {
    let region: Region;
    beforeEach(async () => (region = await new Region().start()));
    afterEach(() => region.stop());

    const createVpc = (vpcName = "a", clientToken?: string) =>
        region.vpc.createVpc(new vpc.CreateVpcRequest({ regionId, cidrBlock: "10.0.0.0/16", vpcName, clientToken }));

    it("has calls refused, as often as ordered and for the parameters ordered", async () => {
        await region.fault({ action: "CreateVpc", count: 2, refuse: { code: "IncorrectVpcStatus", status: 403 } });
        await refuses(createVpc(), "IncorrectVpcStatus", 403);
        await refuses(createVpc(), "IncorrectVpcStatus", 403);
        await createVpc();
        await region.fault({ action: "CreateVpc", match: { VpcName: "b" }, throttle: true });
        await createVpc("a");
        await refuses(createVpc("b"), "Throttling.User", 400);
        await createVpc("b");
    });

    it("has work done and the answer lost, and the token finds it again", async () => {
        await region.fault({ action: "CreateVpc", loseAnswer: true });
        await assert.rejects(createVpc("a", "token"));
        const made = Object.keys((await region.state()).vpcs);
        assert.equal(made.length, 1);
        assert.equal((await createVpc("a", "token")).body!.vpcId, made[0]);
        assert.equal(Object.keys((await region.state()).vpcs).length, 1);
    });

    it("has answers delayed", async () => {
        await region.fault({ action: "DescribeVpcs", delayMs: 50 });
        const before = performance.now();
        await region.vpc.describeVpcs(new vpc.DescribeVpcsRequest({ regionId }));
        assert.ok(performance.now() - before >= 45);
    });

    it("forgets what was ordered, and says what is", async () => {
        await region.fault({ action: "CreateVpc", throttle: true });
        await region.control("POST", "/soldout", { zone: zoneId, type: "ecs.c6.large" });
        const listed = await region.control<{ faults: unknown[]; soldOut: string[] }>("GET", "/faults");
        assert.deepEqual(listed.soldOut, [`${zoneId} ecs.c6.large`]);
        assert.equal(listed.faults.length, 1);
        await region.control("DELETE", "/faults");
        await createVpc();
        await assert.rejects(region.control("POST", "/faults", { action: "CreateVpc", explode: true }), /explode/);
        await assert.rejects(region.control("POST", "/faults", { action: "CreateVpc" }), /needs one of/);
        await assert.rejects(region.control("POST", "/instances/i-none/kill"), /no instance i-none/);
    });

    it("sells a type out in a zone", async () => {
        const network = await region.network();
        await region.control("POST", "/soldout", { zone: zoneId, type: "ecs.c6.large" });
        await refuses(region.run(network), "OperationDenied.NoStock", 403);
        const asked = new ecs.DescribeAvailableResourceRequest({
            regionId,
            destinationResource: "InstanceType",
            instanceType: "ecs.c6.large",
        });
        const zones = (await region.ecs.describeAvailableResource(asked)).body!.availableZones!.availableZone!;
        const status = Object.fromEntries(zones.map((zone) => [zone.zoneId, zone.status]));
        assert.deepEqual([status[zoneId], status["cn-hangzhou-i"]], ["SoldOut", "Available"]);
        await region.run(network, { instanceType: "ecs.c6.xlarge" });
    });

    it("kills and releases instances behind the API", async () => {
        const id = await region.instance(await region.network());
        await region.control("POST", `/instances/${id}/kill`);
        assert.equal(region.machines.machine(id).on, false);
        assert.equal(await region.status(id), "Stopped");
        await region.control("POST", `/instances/${id}/release`);
        assert.equal(await region.describe(id), undefined);
        assert.equal(region.machines.machines.size, 0);
    });

    it("has the mirror give nothing, and give again", async () => {
        for (const down of [true, false]) {
            await region.control("POST", "/mirror", { down });
            assert.deepEqual([region.mirror.down, region.objects.down], [down, false]);
        }
        await assert.rejects(region.control("POST", "/mirror", { down: "yes" }), /down: yes: true or false/);
    });

    it("has the object storage refuse everybody, and let them in again", async () => {
        for (const down of [true, false]) {
            await region.control("POST", "/objects", { down });
            assert.deepEqual([region.mirror.down, region.objects.down], [false, down]);
        }
        await assert.rejects(region.control("POST", "/objects", {}), /down: undefined: true or false/);
    });

    it("tells which calls were made, without who signed them and secrets", async () => {
        await createVpc("before");
        const since = new Date().toISOString();
        await region.vpc.describeVpcs(new vpc.DescribeVpcsRequest({ regionId }));
        await refuses(
            region.vpc.deleteVpc(new vpc.DeleteVpcRequest({ regionId, vpcId: "vpc-none" })),
            "InvalidVpcId.NotFound",
        );
        const calls = (await region.calls(`?since=${since}`)).map(({ action, outcome }) => [action, outcome]);
        assert.deepEqual(calls, [
            ["DescribeVpcs", "ok"],
            ["DeleteVpc", "InvalidVpcId.NotFound"],
        ]);
        const mutating = await region.calls("?mutating=true");
        assert.deepEqual(
            mutating.map((call) => call.action),
            ["CreateVpc", "DeleteVpc"],
        );
        assert.equal(mutating[0].parameters.VpcName, "before");
        assert.ok(!JSON.stringify(mutating).includes("Signature"));
    });
});
