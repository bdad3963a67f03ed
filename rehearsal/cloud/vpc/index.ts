import type * as sdk from "@alicloud/vpc20160428";
import type { Actions } from "../api/action";
import { tags } from "./tags";
import { vpcs } from "./vpcs";
import { vswitches } from "./vswitches";

/** Virtual Private Cloud, 2016-04-28. */
export const vpc = { ...vpcs, ...vswitches, ...tags } satisfies Actions<typeof sdk>;
