import type * as sdk from "@alicloud/ecs20140526";

import type { Actions } from "../../api/action";
import { invalid, notFound } from "../../api/errors";
import { page } from "../../api/paging";
import { hasTags, jsonList, matches, need, tagList, tagsOf } from "../../api/parameters";
import type { Cloud } from "../../cloud";
import { newId, timestamp } from "../../state/ids";
import type { SnapshotPolicyRecord } from "../../state/records";
import { findDisk } from "./disk";

/** Automatic snapshot policies; schedule.ts takes the snapshots. */
export const policies = {
    CreateAutoSnapshotPolicy: (cloud, request) => {
        const policy: SnapshotPolicyRecord = {
            id: newId("sp"),
            name: request.autoSnapshotPolicyName ?? "",
            description: "",
            createdAt: timestamp(),
            tags: tagsOf(request.tag),
            hours: numbers(request.timePoints, "timePoints", 0, 23),
            weekdays: numbers(request.repeatWeekdays, "repeatWeekdays", 1, 7),
            retentionDays: retention(need(request.retentionDays, "retentionDays")),
        };
        cloud.state.snapshotPolicies[policy.id] = policy;
        return { autoSnapshotPolicyId: policy.id };
    },

    ModifyAutoSnapshotPolicyEx: (cloud, request) => {
        const policy = findPolicy(cloud, need(request.autoSnapshotPolicyId, "autoSnapshotPolicyId"));
        if (request.timePoints) policy.hours = numbers(request.timePoints, "timePoints", 0, 23);
        if (request.repeatWeekdays) policy.weekdays = numbers(request.repeatWeekdays, "repeatWeekdays", 1, 7);
        if (request.retentionDays !== undefined) policy.retentionDays = retention(request.retentionDays);
        policy.name = request.autoSnapshotPolicyName ?? policy.name;
        return {};
    },

    DescribeAutoSnapshotPolicyEx: (cloud, request) => {
        const found = Object.values(cloud.state.snapshotPolicies).filter(
            (policy) =>
                matches(policy.id, request.autoSnapshotPolicyId) &&
                matches(policy.name, request.autoSnapshotPolicyName) &&
                hasTags(policy.tags, request.tag),
        );
        const { items, counts } = page(found, request);
        return { ...counts, autoSnapshotPolicies: { autoSnapshotPolicy: items.map((each) => describe(cloud, each)) } };
    },

    /** Disks that it was applied to have none afterwards. */
    DeleteAutoSnapshotPolicy: (cloud, request) => {
        const policy = findPolicy(cloud, need(request.autoSnapshotPolicyId, "autoSnapshotPolicyId"));
        for (const disk of disksOf(cloud, policy)) disk.autoSnapshotPolicyId = "";
        delete cloud.state.snapshotPolicies[policy.id];
        return {};
    },

    ApplyAutoSnapshotPolicy: (cloud, request) => {
        const policy = findPolicy(cloud, need(request.autoSnapshotPolicyId, "autoSnapshotPolicyId"));
        const ids = need(jsonList(request.diskIds, "diskIds"), "diskIds");
        for (const disk of ids.map((id) => findDisk(cloud, id))) disk.autoSnapshotPolicyId = policy.id;
        return {};
    },

    CancelAutoSnapshotPolicy: (cloud, request) => {
        const ids = need(jsonList(request.diskIds, "diskIds"), "diskIds");
        for (const disk of ids.map((id) => findDisk(cloud, id))) {
            if (matches(disk.autoSnapshotPolicyId, request.autoSnapshotPolicyId)) disk.autoSnapshotPolicyId = "";
        }
        return {};
    },
} satisfies Actions<typeof sdk>;

function findPolicy(cloud: Cloud, id: string): SnapshotPolicyRecord {
    const policy = cloud.state.snapshotPolicies[id];
    if (!policy) throw notFound("AutoSnapshotPolicyId", id);
    return policy;
}

function disksOf(cloud: Cloud, policy: SnapshotPolicyRecord) {
    return Object.values(cloud.state.disks).filter((disk) => disk.autoSnapshotPolicyId === policy.id);
}

function numbers(text: string | undefined, parameter: string, least: number, most: number): number[] {
    const list = need(jsonList(text, parameter), parameter).map(Number);
    if (list.length > 0 && list.every((n) => Number.isInteger(n) && n >= least && n <= most)) return list;
    throw invalid(parameter, text, `it must be a JSON list of numbers from ${least} to ${most}`);
}

function retention(days: number): number {
    if (days === -1 || (Number.isInteger(days) && days >= 1 && days <= 65536)) return days;
    throw invalid("retentionDays", days, "it must be -1, for ever, or 1 to 65536 days");
}

function describe(cloud: Cloud, policy: SnapshotPolicyRecord) {
    return {
        autoSnapshotPolicyId: policy.id,
        autoSnapshotPolicyName: policy.name,
        creationTime: policy.createdAt,
        diskNums: disksOf(cloud, policy).length,
        enableCrossRegionCopy: false,
        regionId: cloud.region,
        resourceGroupId: "",
        retentionDays: policy.retentionDays,
        status: "Normal",
        tags: tagList(policy.tags),
        targetCopyRegions: "[]",
        repeatWeekdays: JSON.stringify(policy.weekdays.map(String)),
        timePoints: JSON.stringify(policy.hours.map(String)),
        volumeNums: 0,
    };
}
