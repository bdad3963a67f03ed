import * as assert from "node:assert/strict";
import * as http from "node:http";
import { AddressInfo } from "node:net";

export type Obj = Record<string, unknown> & { metadata: Record<string, unknown> };

const kinds: Record<string, { name: string; kind: string; namespaced: boolean }[]> = {
    "/api/v1": [
        { name: "namespaces", kind: "Namespace", namespaced: false },
        { name: "configmaps", kind: "ConfigMap", namespaced: true },
        { name: "secrets", kind: "Secret", namespaced: true },
        { name: "services", kind: "Service", namespaced: true },
        { name: "endpoints", kind: "Endpoints", namespaced: true },
        { name: "pods", kind: "Pod", namespaced: true },
        { name: "persistentvolumeclaims", kind: "PersistentVolumeClaim", namespaced: true },
        { name: "nodes", kind: "Node", namespaced: false },
    ],
    "/apis/apps/v1": [
        { name: "deployments", kind: "Deployment", namespaced: true },
        { name: "replicasets", kind: "ReplicaSet", namespaced: true },
        { name: "statefulsets", kind: "StatefulSet", namespaced: true },
    ],
    "/apis/batch/v1": [{ name: "jobs", kind: "Job", namespaced: true }],
    "/apis/apiextensions.k8s.io/v1": [
        { name: "customresourcedefinitions", kind: "CustomResourceDefinition", namespaced: false },
    ],
    "/apis/storage.k8s.io/v1": [{ name: "storageclasses", kind: "StorageClass", namespaced: false }],
};

/**
 * Stands in for an API server: keeps objects, finds kinds, refuses unknown namespaces, names that exist and fields
 * called `typo`. Server-side apply owns leaf fields by manager: it reports conflicts, and removes what a manager no
 * longer applies. It knows no schemas, so lists are leaves.
 */
export class StandInApiServer {
    readonly objects = new Map<string, Obj>();
    /** Leaf paths by `object key`, then by manager. */
    readonly owners = new Map<string, Map<string, Set<string>>>();
    readonly requests: string[] = [];
    /** Called with every object written or asked for, to play the controllers. */
    controller: (key: string, object: Obj) => void = () => undefined;
    private readonly watches = new Set<http.ServerResponse>();
    private readonly server = http.createServer((request, response) => void this.serve(request, response));
    private version = 1;

    async start(): Promise<string> {
        await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
        return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    }

    stop(): void {
        this.server.closeAllConnections();
        this.server.close();
    }

    /** Adds an object as somebody else would. */
    put(path: string, object: Obj): void {
        const name = path.slice(path.lastIndexOf("/") + 1);
        this.objects.set(path, { ...object, metadata: { uid: `uid-${path}`, name, ...object.metadata } });
        this.announce();
    }

    /** Tells every watch that something changed. */
    private announce(): void {
        this.watches.forEach((watch) => watch.write("{}\n"));
    }

    /** Changes an object as another manager does, who then owns the fields. */
    edit(key: string, manager: string, body: Record<string, unknown>): void {
        const object = this.objects.get(key);
        assert.ok(object, `there is no ${key}`);
        const changed = leaves(body);
        for (const paths of this.owners.get(key)?.values() ?? []) {
            changed.forEach((path) => paths.delete(path));
        }
        this.store(key, merge(object, body), new URLSearchParams(), manager, "Update", body as Obj);
    }

    private async serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
        const url = new URL(request.url ?? "/", "http://stand-in");
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        const text = Buffer.concat(chunks).toString();
        this.requests.push(`${request.method} ${url.pathname}${url.search}`);
        const [code, body] = this.answer(request, url, text ? JSON.parse(text) : {});
        if (url.searchParams.has("watch")) {
            response.writeHead(200).flushHeaders();
            this.watches.add(response);
            return;
        }
        response.writeHead(code, { "content-type": "application/json" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
    }

    private answer(request: http.IncomingMessage, url: URL, body: Obj): [number, unknown] {
        const path = url.pathname;
        if (kinds[path]) {
            return [200, { kind: "APIResourceList", resources: kinds[path] }];
        }
        if (path.endsWith("/log")) {
            return [200, `last words of ${url.searchParams.get("container")}\n`];
        }
        const parsed = /^((?:\/api|\/apis\/[^/]+)\/v1)(?:\/namespaces\/([^/]+)(?=\/.))?\/([^/]+)(?:\/([^/]+))?$/.exec(
            path,
        );
        const kind = parsed && kinds[parsed[1]]?.find(({ name }) => name === parsed[3]);
        if (!parsed || !kind) {
            return status(404, "NotFound", "the server could not find the requested resource");
        }
        const [, root, namespace, plural, name] = parsed;
        if (JSON.stringify(body).includes('"typo":')) {
            return status(400, "BadRequest", 'strict decoding error: unknown field "spec.typo"');
        }
        if (request.method === "GET" && !name) {
            const items = [...this.objects].filter(([key]) => key.startsWith(`${path}/`)).map(([, object]) => object);
            return [200, { kind: `${kind.kind}List`, items }];
        }
        if (namespace && request.method !== "GET" && !this.objects.has(`/api/v1/namespaces/${namespace}`)) {
            return status(404, "NotFound", `namespaces "${namespace}" not found`);
        }
        const key = name ? path : `${path}/${String(body.metadata.name)}`;
        const found = this.objects.get(key);
        const query = url.searchParams;
        const manager = query.get("fieldManager") ?? "";
        switch (request.method) {
            case "POST":
                return found
                    ? status(409, "AlreadyExists", `${plural} "${String(body.metadata.name)}" already exists`)
                    : this.store(
                          key,
                          { ...fresh(root, kind.kind, key), ...merge({}, body) },
                          query,
                          manager,
                          "Update",
                          body,
                      );
            case "PATCH":
                return String(request.headers["content-type"]).includes("json-patch")
                    ? this.takeOver(key, body as unknown as { path: string; value: unknown }[])
                    : this.apply(key, fresh(root, kind.kind, key), body, query, manager);
            case "DELETE":
                this.objects.delete(key);
                return found ? [200, { kind: "Status", status: "Success" }] : status(404, "NotFound", "not found");
            case "GET":
                if (found) {
                    this.controller(key, found);
                }
                return found ? [200, found] : status(404, "NotFound", `${plural} "${name}" not found`);
            default:
                return status(405, "MethodNotAllowed", "not in this stand-in");
        }
    }

    private store(
        key: string,
        object: Obj,
        query: URLSearchParams,
        manager: string,
        operation: string,
        applied: Obj,
    ): [number, unknown] {
        const old = this.objects.get(key);
        const owned = new Map(this.owners.get(key));
        owned.set(`${manager}/${operation}`, new Set(leaves(applied)));
        const uid = old?.metadata.uid ?? `uid-${this.version}`;
        const generation = Number(old?.metadata.generation ?? 0) + 1;
        const managedFields = [...owned].map(([owner, paths]) => {
            const [name, by] = owner.split("/");
            return {
                manager: name,
                operation: by,
                apiVersion: "v1",
                fieldsType: "FieldsV1",
                fieldsV1: fieldsOf(paths),
            };
        });
        const metadata = {
            ...object.metadata,
            uid,
            generation,
            resourceVersion: String(++this.version),
            managedFields,
        };
        const stored = { ...object, metadata };
        if (query.get("dryRun") !== "All") {
            this.objects.set(key, stored);
            this.owners.set(key, owned);
            this.controller(key, stored);
            this.announce();
        }
        return [200, stored];
    }

    private apply(key: string, base: Obj, body: Obj, query: URLSearchParams, manager: string): [number, unknown] {
        const found = this.objects.get(key);
        const owned = this.owners.get(key) ?? new Map<string, Set<string>>();
        const mine = `${manager}/Apply`;
        const wanted = leaves(body);
        const conflicts = [...owned].flatMap(([owner, paths]) =>
            owner === mine
                ? []
                : wanted
                      .filter((path) => paths.has(path) && !same(at(found, path), at(body, path)))
                      .map((path) => ({ field: `.${path}`, message: `conflict with "${owner.split("/")[0]}"` })),
        );
        if (conflicts.length && query.get("force") !== "true") {
            return status(409, "Conflict", `Apply failed with ${conflicts.length} conflict`, { causes: conflicts });
        }
        let next = structuredClone(found ?? base);
        for (const path of owned.get(mine) ?? []) {
            const isShared = [...owned].some(([owner, paths]) => owner !== mine && paths.has(path));
            if (!wanted.includes(path) && !isShared) {
                remove(next, path.split("."));
            }
        }
        next = merge(next, body);
        return this.store(key, next, query, manager, "Apply", body);
    }

    /** Knows one JSON patch: new managed fields. */
    private takeOver(key: string, operations: { path: string; value: unknown }[]): [number, unknown] {
        const found = this.objects.get(key);
        const fields = operations.find(({ path }) => path === "/metadata/managedFields");
        if (!found || !fields) {
            return status(422, "Invalid", "not in this stand-in");
        }
        const entries = fields.value as { manager: string; operation: string; fieldsV1: object }[];
        this.owners.set(
            key,
            new Map(entries.map((entry) => [`${entry.manager}/${entry.operation}`, new Set(pathsOf(entry.fieldsV1))])),
        );
        found.metadata.managedFields = entries;
        return [200, found];
    }
}

function status(code: number, reason: string, message: string, details?: object): [number, unknown] {
    return [code, { kind: "Status", status: "Failure", code, reason, message, details }];
}

function fresh(root: string, kind: string, key: string): Obj {
    return {
        apiVersion: root.replace(/^\/apis?\//, ""),
        kind,
        metadata: { name: key.slice(key.lastIndexOf("/") + 1), creationTimestamp: "2026-01-01T00:00:00Z" },
    };
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function merge(base: Record<string, unknown>, over: Record<string, unknown>): Obj {
    const merged: Record<string, unknown> = { ...base };
    for (const [key, value] of Object.entries(over)) {
        merged[key] = isObject(value) ? merge(isObject(base[key]) ? base[key] : {}, value) : value;
    }
    return merged as Obj;
}

/** Paths of everything but the object's address; keys of the tests have no dots but in annotations. */
function leaves(value: unknown, path = ""): string[] {
    if (["apiVersion", "kind", "metadata.name", "metadata.namespace"].includes(path)) {
        return [];
    }
    return isObject(value)
        ? Object.entries(value).flatMap(([key, item]) => leaves(item, path ? `${path}.${key}` : key))
        : [path];
}

function at(value: unknown, path: string): unknown {
    return path.split(".").reduce((found, key) => (isObject(found) ? found[key] : undefined), value);
}

function remove(value: Record<string, unknown>, [key, ...rest]: string[]): void {
    if (rest.length === 0) {
        delete value[key];
    } else if (isObject(value[key])) {
        remove(value[key], rest);
    }
}

function same(a: unknown, b: unknown): boolean {
    return JSON.stringify(a) === JSON.stringify(b);
}

function fieldsOf(paths: Set<string>): object {
    const fields = {};
    for (const path of paths) {
        let level: Record<string, object> = fields;
        for (const key of path.split(".")) {
            level = (level[`f:${key}`] ??= {}) as Record<string, object>;
        }
    }
    return fields;
}

function pathsOf(fields: object, path = ""): string[] {
    const entries = Object.entries(fields) as [string, object][];
    return entries.length
        ? entries.flatMap(([key, rest]) => pathsOf(rest, path ? `${path}.${key.slice(2)}` : key.slice(2)))
        : [path];
}
