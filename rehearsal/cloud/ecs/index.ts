import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../api/action";
import { attributes } from "./attributes";
import { disks } from "./disks";
import { images } from "./images";
import { instances } from "./instances";
import { keyPairs } from "./keypairs";
import { policies } from "./policies";
import { power } from "./power";
import { rules } from "./rules";
import { securityGroups } from "./securitygroups";
import { snapshots } from "./snapshots";
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
