import type * as sdk from "@alicloud/vpc20160428";

import type { Actions } from "../api/action";
import { need, tagsOf } from "../api/parameters";
import { addTags, listTags, removeTags } from "../tags";

export const tags = {
    TagResources: (cloud, request) => {
        const type = need(request.resourceType, "ResourceType");
        addTags(cloud.state, type, need(request.resourceId, "ResourceId"), tagsOf(need(request.tag, "Tag")));
        return {};
    },

    UnTagResources: (cloud, request) => {
        const type = need(request.resourceType, "ResourceType");
        removeTags(cloud.state, type, need(request.resourceId, "ResourceId"), request.all ? undefined : request.tagKey);
        return {};
    },

    ListTagResources: (cloud, request) => {
        const { items, nextToken } = listTags(cloud.state, request);
        return { nextToken, tagResources: { tagResource: items } };
    },
} satisfies Actions<typeof sdk>;
