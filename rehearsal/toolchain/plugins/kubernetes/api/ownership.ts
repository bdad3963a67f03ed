import { isMap, JsonObject, Value } from "../../value";
import { ApiError } from "./client";
import { Cluster } from "./cluster";
import { Manifest, annotation, annotations, at, listAt, referenceOf, textAt, without } from "../object";

/** Who creates: a plain create, so that an object that is already there is refused instead of taken over. */
export const creator = "pulumi-kubernetes";

/** Managers whose fields the program takes over on its first update: its own create, and kubectl before an import. */
const takenOver = [
    { manager: creator, operation: "Update" },
    { manager: "kubectl", operation: "Apply" },
    { manager: "kubectl", operation: "Update" },
    { manager: "before-first-apply", operation: "Update" },
];

function isTakenOver(entry: Value): boolean {
    return takenOver.some(
        ({ manager, operation }) => textAt(entry, "manager") === manager && textAt(entry, "operation") === operation,
    );
}

/**
 * Makes the fields of the live object that the program wrote by other means its own, so that applying can remove them.
 * Returns the object as it is afterwards.
 */
export async function takeOver(cluster: Cluster, live: Manifest, fieldManager: string): Promise<Manifest> {
    const entries = listAt(live, "metadata", "managedFields");
    const taken = entries.filter((entry) => isTakenOver(entry) && !textAt(entry, "subresource"));
    if (taken.length === 0) {
        return live;
    }
    const isOurs = (entry: Value) =>
        textAt(entry, "manager") === fieldManager && textAt(entry, "operation") === "Apply";
    const ours = entries.find(isOurs) ?? {
        manager: fieldManager,
        operation: "Apply",
        apiVersion: live.apiVersion,
        fieldsType: "FieldsV1",
        fieldsV1: {},
    };
    const fieldsV1 = taken.map((entry) => at(entry, "fieldsV1") ?? {}).reduce(union, at(ours, "fieldsV1") ?? {});
    const rest = entries.filter((entry) => !taken.includes(entry) && !isOurs(entry));
    const managedFields = [...rest, { ...(ours as Manifest), fieldsV1 }];
    return cluster.patch(referenceOf(live), [
        { op: "replace", path: "/metadata/managedFields", value: managedFields } as JsonObject,
        { op: "replace", path: "/metadata/resourceVersion", value: textAt(live, "metadata", "resourceVersion") },
    ]);
}

function union(a: Value, b: Value): Value {
    if (!isMap(a) || !isMap(b)) {
        return a;
    }
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return Object.fromEntries(
        [...keys].map((key) => [key, key in a && key in b ? union(a[key], b[key]) : (a[key] ?? b[key])]),
    );
}

/** Whether the program says to take fields from other managers. */
export function isForced(manifest: Manifest, options: { enablePatchForce: boolean }): boolean {
    return options.enablePatchForce || annotation(manifest, annotations.patchForce) === "true";
}

/**
 * Whether applying may take fields from other managers: where the program says so, where nobody is recorded, and in a
 * dry run where the real run would take them over first.
 */
export function mayForce(manifest: Manifest, live: Manifest, options: { enablePatchForce: boolean; preview: boolean }) {
    const entries = listAt(live, "metadata", "managedFields");
    return (
        isForced(manifest, options) ||
        entries.length === 0 ||
        (options.preview && entries.some((entry) => isTakenOver(entry)))
    );
}

/**
 * The manifest without the ignored fields that another manager owns; ignored fields that are the program's own keep
 * their live value. Paths through lists are left as they are.
 */
export function withoutIgnored(manifest: Manifest, live: Manifest, ignored: string[], fieldManager: string): Manifest {
    const entries = listAt(live, "metadata", "managedFields");
    const owns = (entry: Value, path: string[]) =>
        at(entry, "fieldsV1", ...path.map((key) => `f:${key}`)) !== undefined;
    return ignored.reduce((result, text) => {
        const path = text.split(".");
        const value = at(live, ...path);
        if (value === undefined) {
            return result;
        }
        const [ours, theirs] = [true, false].map((own) =>
            entries.some((entry) => (textAt(entry, "manager") === fieldManager) === own && owns(entry, path)),
        );
        return replaceAt(result, path, theirs && !ours ? undefined : value);
    }, manifest);
}

function replaceAt(manifest: Manifest, [key, ...rest]: string[], value: Value | undefined): Manifest {
    const old = manifest[key];
    if (rest.length) {
        return isMap(old) ? { ...manifest, [key]: replaceAt(old, rest, value) } : manifest;
    }
    return value === undefined ? without(manifest, key) : { ...manifest, [key]: value };
}

/** Gives up every field that a manager owns in an object, without changing values that others own too. */
export async function relinquish(cluster: Cluster, live: Manifest, fieldManager: string): Promise<void> {
    const { apiVersion, kind, namespace, name } = referenceOf(live);
    const bare: Manifest = { apiVersion, kind, metadata: namespace ? { name, namespace } : { name } };
    await cluster.apply(bare, { fieldManager, preview: false });
}

/** A conflict with another manager, told with the fields, the managers and the ways out; other errors as they are. */
export function explained(error: unknown, fieldManager: string): unknown {
    if (!(error instanceof ApiError) || error.reason !== "Conflict" || error.causes.length === 0) {
        return error;
    }
    return new Error(
        [
            `server-side apply field conflict detected: the resource managed by field manager "${fieldManager}" had an apply conflict: ${error.message}`,
            ...error.causes.map((cause) => `  - ${cause}`),
            `Take the field out of the program, or add it to ignoreChanges, to leave it to the other manager; set the annotation ${annotations.patchForce}: "true" to take it over.`,
        ].join("\n"),
    );
}
