import * as ecs from "@alicloud/ecs20140526";
import assert from "node:assert/strict";

import { imageId, refuses, Region, regionId, zoneId } from "./region";

describe("the cloud's catalogue", () => {
    let region: Region;
    before(async () => (region = await new Region().start()));
    after(() => region.stop());

    it("has instance types with their sizes", async () => {
        const answer = (await region.ecs.describeInstanceTypes(new ecs.DescribeInstanceTypesRequest({}))).body!;
        const sizes = new Map(
            answer.instanceTypes!.instanceType!.map((type) => [
                type.instanceTypeId,
                [type.cpuCoreCount, type.memorySize],
            ]),
        );
        assert.deepEqual(sizes.get("ecs.c6.large"), [2, 4]);
        assert.deepEqual(sizes.get("ecs.c6.xlarge"), [4, 8]);
        assert.deepEqual(sizes.get("ecs.u1-c1m2.xlarge"), [4, 8]);
        const some = new ecs.DescribeInstanceTypesRequest({ instanceTypeFamily: "ecs.g7", minimumMemorySize: 16 });
        const found = (await region.ecs.describeInstanceTypes(some)).body!.instanceTypes!.instanceType!;
        assert.deepEqual(
            found.map((type) => type.instanceTypeId),
            ["ecs.g7.xlarge", "ecs.g7.2xlarge"],
        );
    });

    it("has zones with what is sold in them", async () => {
        const zones = (await region.ecs.describeZones(new ecs.DescribeZonesRequest({ regionId }))).body!.zones!.zone!;
        const zone = zones.find((each) => each.zoneId === zoneId)!;
        assert.ok(zone.availableInstanceTypes!.instanceTypes!.includes("ecs.c6.large"));
        assert.ok(zone.availableDiskCategories!.diskCategories!.includes("cloud_essd"));
        const wish = { regionId, zoneId, destinationResource: "InstanceType", cores: 2, memory: 4 };
        const available = await region.ecs.describeAvailableResource(new ecs.DescribeAvailableResourceRequest(wish));
        const offered = available.body!.availableZones!.availableZone![0].availableResources!.availableResource![0];
        const values = offered.supportedResources!.supportedResource!.map((resource) => resource.value);
        assert.ok(values.includes("ecs.c7.large") && !values.includes("ecs.c7.xlarge"));
        const unknown = new ecs.DescribeAvailableResourceRequest({ ...wish, destinationResource: "Luck" });
        await refuses(region.ecs.describeAvailableResource(unknown), "InvalidParameter.DestinationResource");
    });

    it("has public images", async () => {
        const find = async (more: object) =>
            (await region.ecs.describeImages(new ecs.DescribeImagesRequest({ regionId, ...more }))).body!.images!
                .image!;
        assert.deepEqual(
            (await find({ imageName: "debian_12_10*", imageOwnerAlias: "system" })).map((image) => image.imageId),
            [imageId],
        );
        assert.deepEqual(await find({ imageOwnerAlias: "self" }), []);
        assert.equal((await find({ imageId }))[0].size, 20);
    });
});
