import { PropertyMap, Secret, Value, isMap } from "../value";
import { Manifest, textAt, toManifest, toProperties } from "./object";

/** What the state of a resource holds beside the live object. */
export interface Checkpoint {
    inputs: Manifest;
    live: Manifest;
    /** The API version that the resource was first created with. */
    initialApiVersion?: string;
    /** The name under which the API server keeps which fields are ours. */
    fieldManager?: string;
}

/** The outputs of a resource: the live object, and what later runs need to know. Secret wherever `source` is. */
export function checkpoint(state: Required<Checkpoint>, source: PropertyMap): PropertyMap {
    return {
        ...markSecrets(toProperties(state.live), source),
        __inputs: markSecrets(toProperties(state.inputs), source),
        __initialApiVersion: state.initialApiVersion,
        __fieldManager: state.fieldManager,
    };
}

/** Reads the outputs of a resource; those of one never created are empty. */
export function readCheckpoint(outputs: PropertyMap): Checkpoint {
    const { __inputs, __initialApiVersion, __fieldManager, ...live } = toManifest(outputs);
    return {
        inputs: isMap(__inputs) ? __inputs : {},
        live,
        initialApiVersion: typeof __initialApiVersion === "string" ? __initialApiVersion : undefined,
        fieldManager: typeof __fieldManager === "string" ? __fieldManager : undefined,
    };
}

/**
 * Marks as secret what is secret in `source` at the same place. A list is secret as a whole when a part is, as its
 * order may change; the data of a Secret always is.
 */
export function markSecrets(properties: PropertyMap, source: PropertyMap): PropertyMap {
    const marked: PropertyMap = {};
    for (const [key, value] of Object.entries(properties)) {
        marked[key] = markSecret(value, source[key]);
    }
    if (textAt(properties, "kind") === "Secret") {
        for (const key of ["data", "stringData"]) {
            if (key in marked && !(marked[key] instanceof Secret)) {
                marked[key] = new Secret(properties[key]);
            }
        }
    }
    return marked;
}

function markSecret(value: Value, source: Value | undefined): Value {
    if (isMap(value) && isMap(source)) {
        return markSecrets(value, source);
    }
    return hasSecrets(source) && !(value instanceof Secret) ? new Secret(value) : value;
}

function hasSecrets(value: Value | undefined): boolean {
    if (Array.isArray(value)) {
        return value.some(hasSecrets);
    }
    return isMap(value) ? Object.values(value).some(hasSecrets) : value instanceof Secret;
}
