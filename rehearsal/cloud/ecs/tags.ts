import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { page } from "../api/paging";
import { need, tagsOf } from "../api/parameters";
import { addTags, listTags, removeTags } from "../tags";

export const tags = {
    TagResources: (cloud, request) => {
        const type = need(request.resourceType, "ResourceType");
        addTags(cloud.state, type, need(request.resourceId, "ResourceId"), tagsOf(need(request.tag, "Tag")));
        return {};
    },

    UntagResources: (cloud, request) => {
        const type = need(request.resourceType, "ResourceType");
        removeTags(cloud.state, type, need(request.resourceId, "ResourceId"), request.all ? undefined : request.tagKey);
        return {};
    },

    ListTagResources: (cloud, request) => {
        const { items, nextToken } = listTags(cloud.state, request);
        return { nextToken, tagResources: { tagResource: items } };
    },

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
