import { invalid, missing } from "./errors";

/**
 * @returns the parameter's value
 * @throws ApiError `MissingParameter` when it was not given, or is empty
 */
export function need<T>(value: T | undefined, parameter: string): T {
    if (value === undefined || value === "") throw missing(parameter);
    return value;
}

/**
 * A parameter that is a JSON list of strings inside a string, as `DiskIds`.
 *
 * @returns the list, or undefined when the parameter was not given
 */
export function jsonList(value: string | undefined, parameter: string): string[] | undefined {
    if (value === undefined || value === "") return undefined;
    try {
        const list: unknown = JSON.parse(value);
        if (Array.isArray(list)) return list.map(String);
    } catch {
        // Falls to the same answer as a value of another shape.
    }
    throw invalid(parameter, value, 'it must be a JSON list of strings, like ["a","b"]');
}

export type Tags = Record<string, string>;

/** The tags of a request as an object. */
export function tagsOf(list: { key?: string; value?: string }[] = []): Tags {
    return Object.fromEntries(list.map((tag, n) => [need(tag.key, `Tag.${n + 1}.Key`), tag.value ?? ""]));
}

/** Whether a thing carries all the tags of a request; a tag without a value asks for the key alone. */
export function hasTags(tags: Tags, list: { key?: string; value?: string }[] = []): boolean {
    return list.every(({ key, value }) => key !== undefined && key in tags && (!value || tags[key] === value));
}

/** Tags as ECS answers them. */
export function tagList(tags: Tags): { tag: { tagKey: string; tagValue: string }[] } {
    return { tag: Object.entries(tags).map(([tagKey, tagValue]) => ({ tagKey, tagValue })) };
}

/** Tags as VPC answers them. */
export function vpcTagList(tags: Tags): { tag: { key: string; value: string }[] } {
    return { tag: Object.entries(tags).map(([key, value]) => ({ key, value })) };
}

/** Whether `value` is what a filter asks for; a filter that was not given takes everything, `*` is any text. */
export function matches(value: string | boolean | undefined, filter: string | boolean | undefined): boolean {
    if (filter === undefined || filter === "") return true;
    if (typeof filter !== "string" || !filter.includes("*")) return value === filter;
    const pattern = filter.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
    return new RegExp(`^${pattern.join(".*")}$`).test(String(value));
}
