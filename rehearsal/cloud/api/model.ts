import { ApiError } from "./errors";

/** What the official SDK says of one request, response, or part of one. */
export interface Model {
    /** From the property's name to its name on the wire. */
    names(): Record<string, string>;
    types(): Record<string, FieldType>;
}

interface ListType {
    type: "array";
    itemType: FieldType;
}

type FieldType = string | Model | ListType;

interface Tree {
    [key: string]: string | Tree;
}

/** Parameters of every action, whether its model lists them or not: the gateway's own, and those it takes anywhere. */
const common = new Set(
    (
        "action version format accesskeyid signature signaturemethod signaturenonce signatureversion signaturetype " +
        "timestamp securitytoken sourceip securetransport regionid clienttoken ownerid owneraccount " +
        "resourceownerid resourceowneraccount acceptlanguage"
    ).split(" "),
);

/**
 * Builds the request that a model describes from flat parameters: `Tag.1.Key=a` becomes `{ tag: [{ key: "a" }] }`.
 * Names are compared without case, as clients differ in it (`autoSnapshotPolicyId`, `AutoSnapshotPolicyId`).
 *
 * @throws ApiError for a parameter that the model does not know or a value that is not of its type
 */
export function decode(model: Model, parameters: Record<string, string>): Record<string, unknown> {
    const tree: Tree = {};
    for (const [name, value] of Object.entries(parameters)) plant(tree, name.split("."), value);
    return decodeObject(model, tree, "");
}

function plant(tree: Tree, path: string[], value: string): void {
    const [head, ...rest] = path;
    if (rest.length === 0) {
        tree[head] = value;
        return;
    }
    const child = (tree[head] ??= {});
    if (typeof child === "string") throw new ApiError("InvalidParameter", `${head} is given as a value and as a list.`);
    plant(child, rest, value);
}

function decodeObject(model: Model, tree: Tree, prefix: string): Record<string, unknown> {
    const types = model.types();
    const properties = new Map(Object.entries(model.names()).map(([property, name]) => [name.toLowerCase(), property]));
    const result: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(tree)) {
        const property = properties.get(name.toLowerCase());
        if (property) result[property] = decodeValue(types[property], value, prefix + name);
        else if (prefix !== "" || !common.has(name.toLowerCase())) {
            throw new ApiError("InvalidParameter", `The specified parameter "${prefix}${name}" is not known here.`);
        }
    }
    return result;
}

function decodeValue(type: FieldType, value: string | Tree, name: string): unknown {
    if (isList(type)) {
        if (typeof value === "string") throw wrongType(name, value, `a list: ${name}.1, ${name}.2, …`);
        const positions = Object.keys(value).sort((a, b) => Number(a) - Number(b));
        return positions.map((n) => decodeValue(type.itemType, value[n], `${name}.${n}`));
    }
    if (typeof type === "function") {
        if (typeof value === "string") throw wrongType(name, value, "an object");
        return decodeObject(type, value, `${name}.`);
    }
    if (typeof value !== "string") throw wrongType(name, "(a list)", "a value");
    if (type === "number") {
        if (!/^-?\d+(\.\d+)?$/.test(value)) throw wrongType(name, value, "a number");
        return Number(value);
    }
    if (type === "boolean") {
        if (!/^(true|false)$/i.test(value)) throw wrongType(name, value, "true or false");
        return value.toLowerCase() === "true";
    }
    return value;
}

function isList(type: FieldType): type is ListType {
    return typeof type === "object";
}

function wrongType(name: string, value: string, expected: string): ApiError {
    return new ApiError(`InvalidParameter.${name}`, `The parameter ${name} "${value}" must be ${expected}.`);
}

/**
 * Gives an answer its names on the wire.
 *
 * @throws TypeError when the answer is not what the model describes: a mistake in an action, not in a request
 */
export function encode(model: Model, value: object, path = ""): Record<string, unknown> {
    const [names, types] = [model.names(), model.types()];
    const result: Record<string, unknown> = {};
    for (const [property, field] of Object.entries(value)) {
        if (field === undefined) continue;
        if (!(property in names)) throw new TypeError(`answer has no field ${path}${property}`);
        result[names[property]] = encodeValue(types[property], field, path + property);
    }
    return result;
}

function encodeValue(type: FieldType, value: unknown, path: string): unknown {
    if (isList(type)) {
        if (!Array.isArray(value)) throw new TypeError(`answer's ${path} is not a list`);
        return value.map((item, n) => encodeValue(type.itemType, item, `${path}[${n}]`));
    }
    if (typeof type === "function") return encode(type, value as object, `${path}.`);
    if (typeof type === "string" && type !== "any" && typeof value !== type) {
        throw new TypeError(`answer's ${path} is a ${typeof value}, not a ${type}`);
    }
    return value;
}
