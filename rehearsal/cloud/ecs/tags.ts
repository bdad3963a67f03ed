import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { page } from "../api/paging";
import { listTagResources, listTags, tagResources, untagResources } from "../tags";

export const tags = {
    TagResources: tagResources,
    UntagResources: untagResources,
    ListTagResources: listTagResources,

    /** The older way to ask; the provider still uses it for images. */
    DescribeTags: (cloud, request) => {
        const resourceType = request.resourceType || "instance";
        const resourceId = request.resourceId ? [request.resourceId] : undefined;
        const { items, counts } = page(
            listTags(cloud.state, { resourceType, resourceId, tag: request.tag }).items,
            request,
        );
        return { ...counts, tags: { tag: items.map(({ tagKey, tagValue }) => ({ tagKey, tagValue })) } };
    },
} satisfies Actions<typeof sdk>;
