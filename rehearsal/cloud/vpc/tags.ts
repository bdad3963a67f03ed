import type * as sdk from "@alicloud/vpc20160428";

import type { Actions } from "../api/action";
import { listTagResources, tagResources, untagResources } from "../tags";

/** The same as ECS's, but for the spelling of one. */
export const tags = {
    TagResources: tagResources,
    UnTagResources: untagResources,
    ListTagResources: listTagResources,
} satisfies Actions<typeof sdk>;
