import { PropertyMap, Unknown, Value, hasUnknowns, isMap, withoutSecrets } from "../value";

/** A Kubernetes object, without secret marks; in a preview parts of it may be unknown. */
export type Manifest = PropertyMap;

/** What addresses an object: its type, and its name in its namespace; no namespace for cluster-wide objects. */
export interface Reference {
    apiVersion: string;
    kind: string;
    namespace?: string;
    name: string;
}

export const annotations = {
    autonamed: "pulumi.com/autonamed",
    skipAwait: "pulumi.com/skipAwait",
    timeoutSeconds: "pulumi.com/timeoutSeconds",
    replaceUnready: "pulumi.com/replaceUnready",
    patchForce: "pulumi.com/patchForce",
    patchFieldManager: "pulumi.com/patchFieldManager",
    deletionPropagation: "pulumi.com/deletionPropagationPolicy",
};

/** The value under a path of keys, or undefined where the path ends early. */
export function at(value: Value | undefined, ...path: string[]): Value | undefined {
    return path.reduce((found, key) => (isMap(found) ? found[key] : undefined), value);
}

/** The string under a path of keys; empty when there is none. */
export function textAt(value: Value | undefined, ...path: string[]): string {
    const found = at(value, ...path);
    return typeof found === "string" ? found : "";
}

/** The number under a path of keys; `otherwise` when there is none. */
export function numberAt(value: Value | undefined, path: string[], otherwise = 0): number {
    const found = at(value, ...path);
    return typeof found === "number" ? found : otherwise;
}

/** The list under a path of keys; empty when there is none. */
export function listAt(value: Value | undefined, ...path: string[]): Value[] {
    const found = at(value, ...path);
    return Array.isArray(found) ? found : [];
}

export function annotation(manifest: Manifest, key: string): string {
    return textAt(manifest, "metadata", "annotations", key);
}

export function nameOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "name");
}

export function namespaceOf(manifest: Manifest): string {
    return textAt(manifest, "metadata", "namespace");
}

/** A copy without a key. */
export function without(properties: PropertyMap, key: string): PropertyMap {
    return Object.fromEntries(Object.entries(properties).filter(([name]) => name !== key));
}

/** A copy with one key of the metadata set, or left out for undefined; metadata that is unknown stays unknown. */
export function withMetadata(manifest: Manifest, key: string, value: Value | undefined): Manifest {
    if (manifest.metadata instanceof Unknown) {
        return manifest;
    }
    const rest = without(isMap(manifest.metadata) ? manifest.metadata : {}, key);
    return { ...manifest, metadata: value === undefined ? rest : { ...rest, [key]: value } };
}

/** A copy with an annotation set; annotations that are unknown stay unknown. */
export function withAnnotation(manifest: Manifest, key: string, value: string): Manifest {
    const old = at(manifest, "metadata", "annotations");
    return old instanceof Unknown
        ? manifest
        : withMetadata(manifest, "annotations", { ...(isMap(old) ? old : {}), [key]: value });
}

export function referenceOf(manifest: Manifest): Reference {
    return {
        apiVersion: textAt(manifest, "apiVersion"),
        kind: textAt(manifest, "kind"),
        namespace: namespaceOf(manifest) || undefined,
        name: nameOf(manifest),
    };
}

/** The id of a resource: `namespace/name`, or the name alone. */
export function idOf(manifest: Manifest): string {
    const { namespace, name } = referenceOf(manifest);
    return namespace ? `${namespace}/${name}` : name;
}

/** @throws Error naming an id that is neither `name` nor `namespace/name` */
export function parseId(id: string): { namespace?: string; name: string } {
    const parts = id.split("/");
    if (parts.length > 2 || parts.some((part) => part === "")) {
        throw new Error(
            `"${id}" is not the id of a Kubernetes object; write namespace/name, or name for cluster-wide ones`,
        );
    }
    return parts.length === 2 ? { namespace: parts[0], name: parts[1] } : { name: parts[0] };
}

/** The API version and kind that a type token names: `kubernetes:core/v1:Pod` is `v1`, `Pod`. */
export function typeOf(token: string): { apiVersion: string; kind: string } {
    const [, groupVersion = "", kind = ""] = token.split(":");
    return { apiVersion: groupVersion.replace(/^core\//, ""), kind };
}

/** Whether the resource patches an object that it doesn't own: `kubernetes:core/v1:NodePatch` with kind `Node`. */
export function isPatch(token: string, manifest: Manifest): boolean {
    const { kind } = typeOf(token);
    return kind.endsWith("Patch") && textAt(manifest, "kind") !== kind;
}

// Property names can't have dashes in every SDK, so these keys of a CustomResourceDefinition are written otherwise.
const dashed = new Map(
    ["embedded-resource", "int-or-string", "list-map-keys", "list-type", "map-type", "preserve-unknown-fields"]
        .concat("validations")
        .map((rest) => [`x_kubernetes_${rest.replaceAll("-", "_")}`, `x-kubernetes-${rest}`]),
);
const underscored = new Map([...dashed].map(([underscore, dash]) => [dash, underscore]));

function renamed(value: Value, names: Map<string, string>): Value {
    if (Array.isArray(value)) {
        return value.map((item) => renamed(item, names));
    }
    return isMap(value)
        ? Object.fromEntries(Object.entries(value).map(([key, item]) => [names.get(key) ?? key, renamed(item, names)]))
        : value;
}

/** Properties as the API server reads them: without secret marks, under Kubernetes' own names. */
export function toManifest(properties: PropertyMap): Manifest {
    return renamed(withoutSecrets(properties), dashed) as Manifest;
}

/** The other way round. */
export function toProperties(manifest: Manifest): PropertyMap {
    return renamed(manifest, underscored) as PropertyMap;
}

const readOnlyMetadata = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "uid",
];

/**
 * Brings what says the same into the same form, so that it doesn't look like a change: no nulls, no read-only
 * metadata, a Secret's `stringData` as `data` in the server's base64.
 */
export function normalize(manifest: Manifest): Manifest {
    let normal = withoutNulls(manifest) as Manifest;
    for (const key of readOnlyMetadata) {
        if (at(normal, "metadata", key) !== undefined) {
            normal = withMetadata(normal, key, undefined);
        }
    }
    if (normal.apiVersion === "v1" && normal.kind === "Secret" && !hasUnknowns(normal)) {
        normal = normalizeSecret(normal);
    }
    if (normal.kind === "CustomResourceDefinition") {
        normal = without(normal, "status");
    }
    return normal;
}

function normalizeSecret({ stringData, ...secret }: Manifest): Manifest {
    const decode = (text: Value) => (typeof text === "string" ? Buffer.from(text, "base64").toString("base64") : text);
    const data = {
        ...map(isMap(secret.data) ? secret.data : {}, decode),
        ...map(isMap(stringData) ? stringData : {}, (text) => Buffer.from(String(text)).toString("base64")),
    };
    return Object.keys(data).length ? { ...secret, data } : secret;
}

function map(properties: PropertyMap, change: (value: Value) => Value): PropertyMap {
    return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, change(value)]));
}

function withoutNulls(value: Value): Value {
    if (Array.isArray(value)) {
        return value.map(withoutNulls);
    }
    return isMap(value)
        ? Object.fromEntries(
              Object.entries(value)
                  .filter(([, item]) => item !== null)
                  .map(([key, item]) => [key, withoutNulls(item)]),
          )
        : value;
}
