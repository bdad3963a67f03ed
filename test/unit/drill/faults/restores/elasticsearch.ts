import type { Snapshot } from "../../../../../operations/backup/snapshots";
import type { Said } from "../../../../../operations/status/ssh";
import { StandInShell } from "../../../status/standins";

type Documents = Map<string, object>;
type Kept = Snapshot & { documents: Map<string, Documents> };

/**
 * Stands in for Elasticsearch in its pod: indices with documents, and snapshots that keep copies of them. Their
 * names are of seconds, so that `later` is called when one was made.
 */
export class Elasticsearch extends StandInShell {
    readonly indices = new Map<string, Documents>();
    readonly snapshots: Kept[] = [];

    constructor(private readonly later: () => void) {
        super({});
    }

    override async run(_: string, script: string): Promise<Said> {
        const given = (key: string) => new RegExp(`^${key}='?(.*?)'?$`, "m").exec(script)?.[1] ?? "";
        const body = JSON.parse(given("JSON") || "{}") as Record<string, string>;
        const answer = this.answer(given("METHOD"), given("PLACE").split("?")[0].slice(1).split("/"), body);
        return answer === undefined
            ? { stdout: "", failure: '{"error":{"reason":"no such index"}}' }
            : { stdout: `${JSON.stringify(answer)}\n1000\n` };
    }

    /** What an expression such as `logs-0*,logs-refused*` means. */
    private named(expression: string): string[] {
        const all = expression.split(",").map((part) => new RegExp(`^${part.replaceAll("*", ".*")}$`));
        return [...this.indices.keys()].filter((name) => all.some((one) => one.test(name)));
    }

    private answer(method: string, [first, second, third, fourth]: string[], body: Record<string, string>): unknown {
        if (first === "_snapshot") return this.repository(method, third, fourth, body);
        if (first === "_cluster") return { active_shards: 1, initializing_shards: 0, unassigned_shards: 0 };
        if (second === "allocation") return [{ "disk.avail": "9e9", "disk.total": "1e10" }];
        if (first === "_cat") {
            return this.named(third).map((index) => ({ index, "creation.date": "0", "docs.count": "5" }));
        }
        if (second === "_count") return { count: this.named(first).length };
        const index = this.indices.get(first);
        if (method === "PUT" && !second) return (this.indices.set(first, new Map()), {});
        if (!index) return undefined;
        if (method === "PUT") index.set(third, body);
        if (method === "DELETE") this.indices.delete(first);
        return { hits: { hits: [...index].map(([_id, _source]) => ({ _id, _source })) } };
    }

    private repository(method: string, name: string, verb: string | undefined, body: Record<string, string>): unknown {
        const at = this.snapshots.findIndex(({ snapshot }) => snapshot === name);
        if (verb === "_restore") {
            this.indices.set(body.rename_replacement, new Map(this.snapshots[at].documents.get(body.indices)));
        } else if (method === "PUT") {
            const indices = this.named(body.indices);
            this.snapshots.push({
                ...{ snapshot: name, state: "SUCCESS", shards: { total: 1, failed: 0, successful: 1 }, indices },
                ...{ start_time_in_millis: new Date().getTime(), metadata: body.metadata as never },
                documents: new Map(indices.map((index) => [index, new Map(this.indices.get(index))])),
            });
            this.later();
        } else if (method === "DELETE") {
            this.snapshots.splice(at, 1);
        }
        return { snapshots: this.snapshots };
    }
}
