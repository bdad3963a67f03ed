import { JsonObject } from "../../value";
import { ApiError, Client } from "./client";
import { Manifest, Reference, at, listAt, referenceOf, textAt } from "../object";

/** The API server has no such kind: never had it, or not yet. */
export class NoSuchKind extends Error {}

interface Mapping {
    plural: string;
    namespaced: boolean;
}

/** Everything that writes says who writes; a preview is a dry run, after which nothing is different. */
export interface Write {
    fieldManager: string;
    preview: boolean;
    force?: boolean;
}

/** The objects of a cluster, by reference or as manifests. Answers are live objects. */
export class Cluster {
    private readonly groupVersions = new Map<string, Promise<Map<string, Mapping>>>();

    constructor(readonly client: Client) {}

    /** @throws ApiError, Unreachable when the API server can't be used; also when it takes longer than 10 s */
    async probe(): Promise<void> {
        await this.client.json({ path: root("v1"), timeout: 10 });
    }

    /**
     * Whether objects of a kind live in namespaces.
     *
     * @throws NoSuchKind
     */
    async isNamespaced(type: { apiVersion: string; kind: string }): Promise<boolean> {
        return (await this.mapping(type)).namespaced;
    }

    async get(reference: Reference): Promise<Manifest> {
        return this.client.json({ path: await this.path(reference) });
    }

    /** @throws ApiError with reason AlreadyExists */
    async create(manifest: Manifest, write: Write): Promise<Manifest> {
        return this.client.json({
            method: "POST",
            path: await this.collection(referenceOf(manifest)),
            query: query(write),
            body: manifest as JsonObject,
        });
    }

    /** Server-side apply: sets what the manifest says, and removes what this manager set before and no longer does. */
    async apply(manifest: Manifest, write: Write): Promise<Manifest> {
        return this.client.json({
            method: "PATCH",
            path: await this.path(referenceOf(manifest)),
            query: { ...query(write), force: String(write.force ?? false) },
            contentType: "application/apply-patch+yaml",
            body: manifest as JsonObject,
        });
    }

    /** Puts the manifest in the place of what is there. */
    async replace(manifest: Manifest, write: Write): Promise<Manifest> {
        return this.client.json({
            method: "PUT",
            path: await this.path(referenceOf(manifest)),
            query: query(write),
            body: manifest as JsonObject,
        });
    }

    /** Applies a JSON patch. */
    async patch(target: Reference, operations: JsonObject[]): Promise<Manifest> {
        return this.client.json({
            method: "PATCH",
            path: await this.path(target),
            contentType: "application/json-patch+json",
            body: operations,
        });
    }

    async delete(target: Reference, propagationPolicy: string): Promise<void> {
        await this.client.json({
            method: "DELETE",
            path: await this.path(target),
            body: { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy },
        });
    }

    async list(type: Omit<Reference, "name">, labelSelector?: string): Promise<Manifest[]> {
        const answer = await this.client.json({ path: await this.collection(type), query: { labelSelector } });
        // The items of a list don't say their type, as the list does.
        const { apiVersion, kind } = type;
        return listAt(answer, "items").map((item) => ({ apiVersion, kind, ...(item as Manifest) }));
    }

    /** Calls back whenever the object changes, until the signal is aborted or the server ends the watch. */
    async watch(target: Reference, resourceVersion: string, signal: AbortSignal, onEvent: () => void): Promise<void> {
        const path = await this.collection(target);
        const fieldSelector = `metadata.name=${target.name}`;
        await this.client.watch({ path, query: { fieldSelector, resourceVersion } }, signal, onEvent);
    }

    /** The last lines that a container wrote; `previous` is the run before a restart. Empty when there are none. */
    async logs(pod: Reference, container: string, previous: boolean, tailLines: number): Promise<string> {
        const path = `${await this.path(pod)}/log`;
        return this.client
            .text({ path, query: { container, previous: String(previous), tailLines: String(tailLines) } })
            .catch(() => "");
    }

    private async path(target: Reference): Promise<string> {
        return `${await this.collection(target)}/${encodeURIComponent(target.name)}`;
    }

    private async collection(type: Omit<Reference, "name">): Promise<string> {
        const { plural, namespaced } = await this.mapping(type);
        const scope = namespaced ? `/namespaces/${encodeURIComponent(type.namespace ?? "default")}` : "";
        return `${root(type.apiVersion)}${scope}/${plural}`;
    }

    private async mapping({ apiVersion, kind }: { apiVersion: string; kind: string }): Promise<Mapping> {
        const known = (await this.kinds(apiVersion)).get(kind);
        if (known) {
            return known;
        }
        // The kind may have come after the answer that is kept: a CustomResourceDefinition of the same program.
        this.groupVersions.delete(apiVersion);
        const fresh = (await this.kinds(apiVersion)).get(kind);
        if (!fresh) {
            throw new NoSuchKind(
                `no matches for kind "${kind}" in version "${apiVersion}"; create its CustomResourceDefinition first`,
            );
        }
        return fresh;
    }

    private kinds(apiVersion: string): Promise<Map<string, Mapping>> {
        const kept = this.groupVersions.get(apiVersion);
        if (kept) {
            return kept;
        }
        const asked = this.discover(apiVersion);
        this.groupVersions.set(apiVersion, asked);
        asked.catch(() => this.groupVersions.delete(apiVersion));
        return asked;
    }

    private async discover(apiVersion: string): Promise<Map<string, Mapping>> {
        try {
            const answer = await this.client.json({ path: root(apiVersion) });
            const resources = listAt(answer, "resources").filter((item) => !textAt(item, "name").includes("/"));
            return new Map(
                resources.map((item) => [
                    textAt(item, "kind"),
                    { plural: textAt(item, "name"), namespaced: at(item, "namespaced") === true },
                ]),
            );
        } catch (error) {
            if (error instanceof ApiError && error.code === 404) {
                return new Map();
            }
            throw error;
        }
    }
}

function root(apiVersion: string): string {
    return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** A field that the kind doesn't have is a mistake of the program, so the server refuses it instead of dropping it. */
function query({ fieldManager, preview }: Write): Record<string, string | undefined> {
    return { fieldManager, fieldValidation: "Strict", dryRun: preview ? "All" : undefined };
}
