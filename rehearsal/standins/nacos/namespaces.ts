import { randomUUID } from "node:crypto";

import { ApiError } from "./result";
import { Namespace, Tables } from "./store";

/** The namespace that is always there and is in no table. */
const publicNamespace: Namespace = { id: "public", name: "public", description: "Default Namespace" };
const isPublic = (id: string) => id === publicNamespace.id;

export async function listNamespaces(tables: Tables) {
    const all = [publicNamespace, ...(await tables.namespaces())];
    return Promise.all(all.map((namespace) => view(tables, namespace)));
}

export async function getNamespace(tables: Tables, parameters: URLSearchParams) {
    const id = present(parameters, "namespaceId");
    const found = !id.trim() || isPublic(id) ? publicNamespace : await find(tables, id);
    if (!found) throw new ApiError(404, "namespace not exist", `namespaceId [ ${id} ] not exist`);
    return view(tables, found);
}

export async function createNamespace(tables: Tables, parameters: URLSearchParams) {
    const namespace = read(parameters);
    if (!namespace.id.trim()) namespace.id = randomUUID();
    namespace.id = namespace.id.trim();
    const { id } = namespace;
    if (!/^[\w-]+$/.test(id)) throw illegal(`namespaceId [${id}] mismatch the pattern`);
    if (id.length > 128) throw illegal("too long namespaceId, over 128");
    if (isPublic(id)) throw exists(`namespaceId [${id}] is default namespace id and already exist.`);
    if (await find(tables, id)) throw exists(`namespaceId [${id}] already exist.`);
    await tables.insertNamespace(namespace);
    return true;
}

export async function updateNamespace(tables: Tables, parameters: URLSearchParams) {
    await tables.updateNamespace(read(parameters));
    return true;
}

/** Its configurations stay in their table, as in the real server. */
export async function deleteNamespace(tables: Tables, parameters: URLSearchParams) {
    await tables.deleteNamespace(present(parameters, "namespaceId"));
    return true;
}

export async function countNamespace(tables: Tables, parameters: URLSearchParams) {
    return (await find(tables, present(parameters, "namespaceId"))) ? 1 : 0;
}

function read(parameters: URLSearchParams): Namespace {
    const id = present(parameters, "namespaceId");
    const name = present(parameters, "namespaceName");
    if (!/^[^@#$%^&*]+$/.test(name)) throw illegal(`namespaceName [${name}] contains illegal char`);
    return { id, name, description: parameters.get("namespaceDesc") ?? "" };
}

function present(parameters: URLSearchParams, name: string): string {
    const value = parameters.get(name);
    if (value === null) throw new ApiError(400, "parameter missing", `required parameter '${name}' is missing`);
    return value;
}

async function find(tables: Tables, id: string) {
    return (await tables.namespaces()).find((namespace) => namespace.id === id);
}

async function view(tables: Tables, { id, name, description }: Namespace) {
    return {
        namespace: id,
        namespaceShowName: name,
        namespaceDesc: description,
        quota: 200,
        configCount: await tables.configCount(id),
        type: isPublic(id) ? 0 : 1,
    };
}

const illegal = (detail: string) => new ApiError(400, "illegal namespace", detail);
const exists = (detail: string) => new ApiError(400, "namespace already exist", detail);
