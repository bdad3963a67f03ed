import { invalid, notFound } from "./api/errors";
import { page } from "./api/paging";
import { hasTags, need, Tags, tagsOf } from "./api/parameters";
import type { State } from "./state/records";

interface Tagged {
    id: string;
    tags: Tags;
}

/** The resources of one type, by the name that the tag actions have for it, whatever its case. */
function resources(state: State, type: string): Record<string, Tagged> {
    const byType: Record<string, Record<string, Tagged> | undefined> = {
        vpc: state.vpcs,
        vswitch: state.vswitches,
        instance: state.instances,
        disk: state.disks,
        securitygroup: state.securityGroups,
        keypair: state.keyPairs,
        snapshot: state.snapshots,
        snapshotpolicy: state.snapshotPolicies,
        // The region's images and network interfaces carry none.
        image: {},
        eni: {},
    };
    const found = byType[type.toLowerCase()];
    if (!found) throw invalid("ResourceType", type, `this region has ${Object.keys(byType).join(", ")}`);
    return found;
}

function find(state: State, type: string, ids: string[]): Tagged[] {
    const all = resources(state, type);
    return ids.map((id) => {
        if (!all[id]) throw notFound("ResourceId", id);
        return all[id];
    });
}

interface TagRequest {
    resourceType?: string;
    resourceId?: string[];
    tag?: { key?: string; value?: string }[];
}

interface UntagRequest {
    resourceType?: string;
    resourceId?: string[];
    tagKey?: string[];
    all?: boolean;
}

/** Tags resources of either product. @throws ApiError `InvalidResourceId.NotFound` before any is changed */
export function tagResources({ state }: { state: State }, request: TagRequest) {
    const type = need(request.resourceType, "ResourceType");
    const ids = need(request.resourceId, "ResourceId");
    const tags = tagsOf(need(request.tag, "Tag"));
    for (const resource of find(state, type, ids)) Object.assign(resource.tags, tags);
    return {};
}

/** Takes tags away; all of them where the request says so. */
export function untagResources({ state }: { state: State }, request: UntagRequest) {
    const type = need(request.resourceType, "ResourceType");
    for (const resource of find(state, type, need(request.resourceId, "ResourceId"))) {
        const keys = (request.all ? undefined : request.tagKey) ?? Object.keys(resource.tags);
        for (const key of keys) delete resource.tags[key];
    }
    return {};
}

/** The answer of either product's ListTagResources. */
export function listTagResources({ state }: { state: State }, request: ListRequest) {
    const { items, nextToken } = listTags(state, request);
    return { nextToken, tagResources: { tagResource: items } };
}

interface ListRequest {
    resourceType?: string;
    resourceId?: string[];
    tag?: { key?: string; value?: string }[];
    nextToken?: string;
}

/** One line per resource and tag, 50 a page as the cloud has it. */
export function listTags(state: State, request: ListRequest) {
    const type = need(request.resourceType, "ResourceType");
    const lines = Object.values(resources(state, type))
        .filter(
            ({ id, tags }) => (!request.resourceId || request.resourceId.includes(id)) && hasTags(tags, request.tag),
        )
        .flatMap(({ id, tags }) =>
            Object.entries(tags).map(([tagKey, tagValue]) => ({
                resourceId: id,
                resourceType: type.toLowerCase(),
                tagKey,
                tagValue,
            })),
        );
    const { items, next } = page(lines, { maxResults: 50, nextToken: request.nextToken });
    return { items, nextToken: next.nextToken };
}
