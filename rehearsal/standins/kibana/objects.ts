import { Elasticsearch, ElasticsearchError, Hit } from "./elasticsearch";

export const version = "7.17.28";

/** A saved object as the API has it. */
export interface SavedObject {
    type: string;
    id: string;
    attributes: Record<string, unknown>;
    references: { type: string; id: string; name: string }[];
    migrationVersion?: Record<string, string>;
    coreMigrationVersion?: string;
    updated_at?: string;
}

/** As the index has it: the attributes under the type's name. */
type Document = Omit<SavedObject, "id" | "attributes"> & Record<string, unknown>;

const alias = ".kibana";
const index = `.kibana_${version}_001`;
/** More than the stack will ever have. */
const most = 1000;

/** The saved objects, in the index of the real server and in its form. */
export class Objects {
    constructor(private readonly elasticsearch: Elasticsearch) {}

    /** Makes the index when there is none. */
    async ensureIndex(): Promise<void> {
        try {
            await this.elasticsearch.request("GET", `/${alias}/_mapping`);
            return;
        } catch (error) {
            if (!is(404, error)) throw error;
        }
        try {
            await this.elasticsearch.request("PUT", `/${index}`, {
                settings: { number_of_shards: 1, auto_expand_replicas: "0-1" },
                mappings: { dynamic: false, properties: { type: { type: "keyword" }, updated_at: { type: "date" } } },
                aliases: { [alias]: {} },
            });
        } catch (error) {
            // Another one made it in the meantime.
            if (!/already exists/.test((error as Error).message)) throw error;
        }
    }

    async get(type: string, id: string): Promise<SavedObject | undefined> {
        try {
            const path = `/${alias}/_doc/${encodeURIComponent(`${type}:${id}`)}`;
            return fromDocument(await this.elasticsearch.request<Hit<Document>>("GET", path));
        } catch (error) {
            if (is(404, error)) return undefined;
            throw error;
        }
    }

    /** Every object of these types, by title. */
    async list(types: string[]): Promise<SavedObject[]> {
        const query = { terms: { type: types } };
        const found = await this.elasticsearch.search<Document>(alias, { size: most, query });
        return found.hits.hits.map(fromDocument).sort((a, b) => titleOf(a).localeCompare(titleOf(b)));
    }

    /** Writes them all, over what is there. */
    async write(objects: SavedObject[]): Promise<void> {
        if (!objects.length) return;
        const now = new Date().toISOString();
        const lines = objects.flatMap((object) => [
            { index: { _index: alias, _id: `${object.type}:${object.id}` } },
            { ...toDocument(object), updated_at: now },
        ]);
        const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
        const result = await this.elasticsearch.request<{ errors: boolean; items: unknown[] }>(
            "POST",
            "/_bulk?refresh=true",
            body,
        );
        if (result.errors) throw new ElasticsearchError(JSON.stringify(result.items).slice(0, 500), 500);
    }

    async delete(type: string, id: string): Promise<void> {
        const path = `/${alias}/_doc/${encodeURIComponent(`${type}:${id}`)}?refresh=true`;
        await this.elasticsearch.request("DELETE", path);
    }
}

export const titleOf = (object: SavedObject) => String(object.attributes.title ?? object.id);

const is = (status: number, error: unknown) => error instanceof ElasticsearchError && error.status === status;

function fromDocument({ _id, _source }: Hit<Document>): SavedObject {
    const { type, references, migrationVersion, coreMigrationVersion, updated_at } = _source;
    const attributes = _source[type] as Record<string, unknown>;
    const id = _id.slice(type.length + 1);
    return { type, id, attributes, references: references ?? [], migrationVersion, coreMigrationVersion, updated_at };
}

function toDocument(object: SavedObject): Document {
    const { type, attributes, references, migrationVersion, coreMigrationVersion } = object;
    return { type, [type]: attributes, references, migrationVersion, coreMigrationVersion };
}
