import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { attributes } from "./instances/attributes";
import { disks } from "./disks/disks";
import { images } from "./images";
import { instances } from "./instances/instances";
import { keyPairs } from "./keypairs";
import { policies } from "./disks/policies";
import { power } from "./instances/power";
import { rules } from "./groups/rules";
import { securityGroups } from "./groups/securitygroups";
import { snapshots } from "./disks/snapshots";
import { tags } from "./tags";
import { types } from "./types";

/** Elastic Compute Service, 2014-05-26. */
export const ecs = {
    ...attributes,
    ...disks,
    ...images,
    ...instances,
    ...keyPairs,
    ...policies,
    ...power,
    ...rules,
    ...securityGroups,
    ...snapshots,
    ...tags,
    ...types,
} satisfies Actions<typeof sdk>;
