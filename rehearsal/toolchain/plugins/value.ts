import { Struct } from "google-protobuf/google/protobuf/struct_pb";

/** A property as the engine sends it and a provider answers it. */
export type Value = null | boolean | number | string | Value[] | PropertyMap | Secret | Unknown | Asset | Archive;

export interface PropertyMap {
    [key: string]: Value;
}

/** What JSON can hold: a property without secrets, unknowns and assets. */
export type Json = null | boolean | number | string | Json[] | JsonObject;

export interface JsonObject {
    [key: string]: Json;
}

/** A value that the engine encrypts in the state and hides in every output. */
export class Secret {
    constructor(readonly value: Value) {}
}

/** A value that is known only once other resources exist; seen in previews. */
export class Unknown {}

export const unknown = new Unknown();

/** Text or a file. `hash` is SHA-256 in hex; an old asset carries nothing but its hash. */
export class Asset {
    constructor(readonly source: { text?: string; path?: string; uri?: string; hash?: string }) {}
}

/** Files under names, a folder or a packed archive. `hash` is SHA-256 in hex. */
export class Archive {
    constructor(readonly source: { assets?: PropertyMap; path?: string; uri?: string; hash?: string }) {}
}

// The engine marks what JSON can't say by these signatures and by one reserved string per type of unknown.
const signatureKey = "4dabf18193072939515e22adb298388d";
const assetSignature = "c44067f5952c0a294b673a41bacd8c17";
const archiveSignature = "0def7320c3a5731c473e5ecbe6d01bc7";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const resourceSignature = "5cf8f73096256a8f31e491e813e4eb8e";
const outputSignature = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const unknownStrings = new Set([
    "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
    "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
    "04da6b54-80e4-46f7-96ec-b56ff0331ba9",
    "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
    "030794c1-ac77-496b-92df-f27374a8bd58",
    "e48ece36-62e2-4504-bad9-02848725956a",
    "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);
const unknownString = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Reads the properties of a request; an absent struct is an empty map. */
export function decode(struct: Struct | undefined): PropertyMap {
    return struct ? (decodeValue(struct.toJavaScript() as Json) as PropertyMap) : {};
}

function decodeValue(wire: Json): Value {
    if (typeof wire === "string") {
        return unknownStrings.has(wire) ? unknown : wire;
    }
    if (Array.isArray(wire)) {
        return wire.map(decodeValue);
    }
    if (wire === null || typeof wire !== "object") {
        return wire;
    }
    switch (wire[signatureKey]) {
        case undefined:
            return Object.fromEntries(Object.entries(wire).map(([key, value]) => [key, decodeValue(value)]));
        case secretSignature:
            return new Secret(decodeValue(wire.value));
        case assetSignature:
            return new Asset(withoutSignature(wire) as Asset["source"]);
        case archiveSignature:
            return new Archive(decodeValue(withoutSignature(wire)) as Archive["source"]);
        case resourceSignature:
            return decodeValue(wire.id ?? wire.urn);
        case outputSignature: {
            const value = wire.value === undefined ? unknown : decodeValue(wire.value);
            return wire.secret ? new Secret(value) : value;
        }
        default:
            throw new Error(`a property carries the signature ${String(wire[signatureKey])}, which is not known here`);
    }
}

function withoutSignature(wire: JsonObject): JsonObject {
    return Object.fromEntries(Object.entries(wire).filter(([key]) => key !== signatureKey));
}

/** Writes properties for an answer. Keys whose value is `undefined` are left out. */
export function encode(properties: PropertyMap): Struct {
    return Struct.fromJavaScript(encodeValue(properties) as JsonObject);
}

function encodeValue(value: Value): Json {
    if (value instanceof Secret) {
        return { [signatureKey]: secretSignature, value: encodeValue(value.value) };
    }
    if (value instanceof Unknown) {
        return unknownString;
    }
    if (value instanceof Asset || value instanceof Archive) {
        const signature = value instanceof Asset ? assetSignature : archiveSignature;
        return { [signatureKey]: signature, ...(encodeValue(value.source as PropertyMap) as JsonObject) };
    }
    if (Array.isArray(value)) {
        return value.map(encodeValue);
    }
    if (value === null || typeof value !== "object") {
        return value;
    }
    return Object.fromEntries(
        Object.entries(value)
            .filter(([, item]) => item !== undefined)
            .map(([key, item]) => [key, encodeValue(item)]),
    );
}

/** Whether a value is an object with keys, and not one of the marked ones. */
export function isMap(value: Value | undefined): value is PropertyMap {
    return (
        typeof value === "object" &&
        value !== null &&
        !Array.isArray(value) &&
        !(value instanceof Secret || value instanceof Unknown || value instanceof Asset || value instanceof Archive)
    );
}

/** The value without the secret marks, at any depth; unknowns and assets stay. */
export function withoutSecrets(value: Value): Value {
    if (value instanceof Secret) {
        return withoutSecrets(value.value);
    }
    if (Array.isArray(value)) {
        return value.map(withoutSecrets);
    }
    if (isMap(value)) {
        return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutSecrets(item)]));
    }
    return value;
}

/** Whether anything in the value, at any depth, is not known yet. */
export function hasUnknowns(value: Value | undefined): boolean {
    if (value instanceof Secret) {
        return hasUnknowns(value.value);
    }
    if (Array.isArray(value)) {
        return value.some(hasUnknowns);
    }
    return isMap(value) ? Object.values(value).some(hasUnknowns) : value instanceof Unknown;
}
