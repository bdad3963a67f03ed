import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { page } from "../api/paging";
import { matches, need } from "../api/parameters";
import { catalogue, Image, image } from "../catalogue";

/** The public images; the region keeps none of its users'. */
export const images = {
    DescribeImages: (cloud, request) => {
        const ids = request.imageId ? request.imageId.split(",") : undefined;
        const found = catalogue.images.filter(
            (each) =>
                (!ids || ids.includes(each.id)) &&
                matches(each.id, request.imageName) &&
                matches(each.family, request.imageFamily) &&
                matches("system", request.imageOwnerAlias) &&
                matches("x86_64", request.architecture) &&
                matches("linux", request.OSType) &&
                (!request.status || request.status.split(",").includes("Available")) &&
                !request.snapshotId &&
                (request.tag ?? []).length === 0,
        );
        const { items, counts } = page(found, request);
        return { ...counts, regionId: cloud.region, images: { image: items.map(describe) } };
    },

    DescribeImageSupportInstanceTypes: (cloud, request) => ({
        imageId: image(need(request.imageId, "ImageId")).id,
        regionId: cloud.region,
        instanceTypes: {
            instanceType: catalogue.types.map((type) => ({
                instanceTypeId: type.id,
                instanceTypeFamily: type.family,
                cpuCoreCount: type.cpus,
                memorySize: type.memoryGiB,
            })),
        },
    }),
} satisfies Actions<typeof sdk>;

function describe(each: Image) {
    return {
        imageId: each.id,
        imageName: each.id,
        imageFamily: each.family,
        imageOwnerAlias: "system",
        imageVersion: "",
        description: "",
        architecture: "x86_64",
        bootMode: "BIOS",
        creationTime: each.createdAt,
        diskDeviceMappings: { diskDeviceMapping: [] },
        isCopied: false,
        isPublic: true,
        isSelfShared: "",
        isSubscribed: false,
        isSupportCloudinit: true,
        isSupportIoOptimized: true,
        OSName: each.osName,
        OSNameEn: each.osName,
        OSType: "linux",
        platform: each.platform,
        productCode: "",
        progress: "100%",
        resourceGroupId: "",
        size: each.sizeGiB,
        status: "Available",
        tags: { tag: [] },
        usage: "none",
    };
}
