import { Archive, Asset, DiffKind, PropertyMap, Secret, Unknown, Value, isMap } from "../serve";

/** What changed between two property maps, by property path; a null counts as absent. */
export function difference(before: PropertyMap, after: PropertyMap): Record<string, DiffKind> {
    const changes: Record<string, DiffKind> = {};
    compareMaps(before, after, "", changes);
    return changes;
}

function compareMaps(before: PropertyMap, after: PropertyMap, path: string, changes: Record<string, DiffKind>): void {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
        compare(before[key] ?? null, after[key] ?? null, extend(path, key), changes);
    }
}

function compare(before: Value, after: Value, path: string, changes: Record<string, DiffKind>): void {
    if (Array.isArray(before) && Array.isArray(after)) {
        for (let index = 0; index < Math.max(before.length, after.length); index++) {
            compare(before[index] ?? null, after[index] ?? null, `${path}[${index}]`, changes);
        }
    } else if (isMap(before) && isMap(after)) {
        compareMaps(before, after, path, changes);
    } else if (!same(before, after)) {
        changes[path] = before === null ? "add" : after === null ? "delete" : "update";
    }
}

/** A secret and the same value in plain are two things; an unknown equals another; assets are their contents. */
function same(before: Value, after: Value): boolean {
    if (before instanceof Secret && after instanceof Secret) {
        return Object.keys(difference({ value: before.value }, { value: after.value })).length === 0;
    }
    if (before instanceof Unknown) {
        return after instanceof Unknown;
    }
    for (const kind of [Asset, Archive]) {
        if (before instanceof kind && after instanceof kind) {
            return before.source.hash === undefined
                ? JSON.stringify(before.source) === JSON.stringify(after.source)
                : before.source.hash === after.source.hash;
        }
    }
    return before === after;
}

function extend(path: string, key: string): string {
    if (!/^[A-Za-z_$][\w$]*$/.test(key)) {
        return `${path}[${JSON.stringify(key)}]`;
    }
    return path === "" ? key : `${path}.${key}`;
}
