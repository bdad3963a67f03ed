import { strict as assert } from "node:assert";
import { elasticsearch } from "../../../operations/backup/elasticsearch";
import type { Snapshot } from "../../../operations/backup/snapshots";
import type { Said } from "../../../operations/status/ssh";
import { ago, StandInApi, StandInShell } from "../status/standins";
import { context } from "./example";

const gibibyte = 2 ** 30;
const shards = { total: 2, failed: 0, successful: 2 };
const metadata = { stack: "local", why: "schedule", documents: 90 };

function snapshot(name: string, minutes: number, fields: Partial<Snapshot> = {}): Snapshot {
    const indices = ["logs-000002", "logs-000001"];
    const details = Object.fromEntries(indices.map((index) => [index, { size_in_bytes: gibibyte }]));
    return {
        ...{ snapshot: name, state: "SUCCESS", indices, shards, metadata, index_details: details },
        ...{ start_time_in_millis: ago(minutes).getTime(), duration_in_millis: 1500, ...fields },
    };
}

/** Stands in for Elasticsearch in its pod: it has snapshots and indices, and restores what it is told to. */
class Server extends StandInShell {
    /** What was changed: method, path, body. */
    readonly changes: [string, string, Record<string, unknown>][] = [];
    avail = 10 * gibibyte;
    /** What becomes of a snapshot that is made here. */
    ends: Partial<Snapshot> = {};
    broken = false;

    constructor(
        readonly snapshots: Snapshot[],
        readonly indices: Record<string, { created: Date; documents: number }>,
    ) {
        super({});
    }

    override async run(_: string, script: string): Promise<Said> {
        const given = (key: string) => new RegExp(`^${key}='?(.*?)'?$`, "m").exec(script)?.[1] ?? "";
        const [method, place] = [given("METHOD"), given("PLACE").split("?")[0]];
        const body = JSON.parse(given("JSON") || "{}") as Record<string, unknown>;
        if (method !== "GET") this.changes.push([method, place, body]);
        return { stdout: `${JSON.stringify(this.answer(method, place, body))}\n1000\n` };
    }

    private answer(method: string, place: string, body: Record<string, unknown>): unknown {
        const { indices } = this;
        if (place.startsWith("/_snapshot/backup/es-") && method === "GET") return { snapshots: this.snapshots };
        if (method === "PUT") {
            const made = snapshot(place.split("/").at(-1)!, 0, { metadata: body.metadata as never, ...this.ends });
            this.snapshots.unshift(made);
        }
        if (place.endsWith("/_restore"))
            indices[String(body.rename_replacement)] = { created: ago(999), documents: 45 };
        if (place.endsWith("/_count")) return { count: indices[place.split("/")[1]]?.documents ?? 123 };
        if (place.startsWith("/_cluster/health")) {
            return {
                active_shards: this.broken ? 0 : 1,
                initializing_shards: 0,
                unassigned_shards: this.broken ? 1 : 0,
            };
        }
        if (place === "/_cat/allocation") {
            return [{ "disk.avail": String(this.avail), "disk.total": String(20 * gibibyte) }];
        }
        if (!place.startsWith("/_cat/indices/")) return {};
        return Object.entries(indices).map(([index, { created, documents }]) => ({
            ...{ index, "creation.date": String(created.getTime()), "docs.count": String(documents) },
            "store.size": "1000",
        }));
    }
}

const keeper = { name: "keeper", env: [{ name: "KEEP_MIB", value: "1024" }] };
const api = new StandInApi({
    "GET /apis/apps/v1/.*/elasticsearch": () => ({ spec: { template: { spec: { containers: [keeper] } } } }),
});
const of = (server: Server) => context(server, api).context;
const old = { created: ago(3000), documents: 50 };
const both = () => ({ "logs-000001": { ...old }, "logs-000002": { ...old } });
const restores = ({ changes }: Server) =>
    changes
        .filter(([, place]) => place.endsWith("_restore"))
        .map(([, , body]) => [body.indices, body.rename_replacement]);

describe("Elasticsearch's backups", () => {
    it("are snapshots of all logs, kept when every shard is in them", async () => {
        const server = new Server([], both());
        const made = await elasticsearch.backup(of(server), "by hand");
        assert.match(made.name, /^es-\d{8}t\d{6}z$/);
        assert.deepEqual(
            [made.kind, made.stack, made.bytes, made.seconds, made.why, made.verified],
            ["elasticsearch", "local", 2 * gibibyte, 1.5, "by hand", "its repository, and 2 of 2 shards"],
        );
        const [tried, begun, ...more] = server.changes;
        assert.deepEqual(
            [tried[1], begun[1], more],
            ["/_snapshot/backup/_verify", `/_snapshot/backup/${made.name}`, []],
        );
        assert.deepEqual(begun[2], {
            indices: "logs-0*,logs-refused*",
            include_global_state: false,
            metadata: { stack: "local", why: "by hand", documents: 123 },
        });
    });

    it("are not kept when they are not whole", async () => {
        const server = new Server([], both());
        server.ends = { state: "PARTIAL", shards: { ...shards, failed: 1 } };
        await assert.rejects(elasticsearch.backup(of(server), "by hand"), /ended PARTIAL, not whole; it was not kept/);
        assert.match(server.changes.at(-1)!.slice(0, 2).join(" "), /^DELETE \/_snapshot\/backup\/es-/);
    });

    it("are listed newest first, whole ones alone", async () => {
        const partial = snapshot("es-c", 5, { state: "PARTIAL" });
        const found = await elasticsearch.list(
            of(new Server([snapshot("es-a", 60), partial, snapshot("es-b", 30)], {})),
        );
        assert.deepEqual(
            found.map(({ name }) => name),
            ["es-b", "es-a"],
        );
    });

    it("bring back what is gone under names that Kibana shows, and overwrite nothing", async () => {
        // An index of the same name, made later, is another one.
        const server = new Server([snapshot("es-a", 60)], { "logs-000001": { created: ago(10), documents: 3 } });
        const plan = await elasticsearch.plan(of(server), {});
        assert.match(plan.join("\n"), /nothing is overwritten:\nlogs-000001, which is gone, as logs_restored-000001, /);
        assert.equal(server.changes.length, 0);
        const proof = await elasticsearch.restore(of(server), {});
        assert.deepEqual(restores(server), [
            ["logs-000001", "logs_restored-000001"],
            ["logs-000002", "logs_restored-000002"],
        ]);
        for (const [, , body] of server.changes) {
            assert.deepEqual([body.include_aliases, body.include_global_state], [false, false]);
        }
        assert.equal(proof[0], "logs_restored-000001 is whole and has 45 documents");
        assert.match(proof.join("\n"), /90 documents in all, of at least 90/);
    });

    it("fail when fewer documents came back than were there", async () => {
        const few = snapshot("es-a", 60, { metadata: { ...metadata, documents: 91 } });
        await assert.rejects(
            elasticsearch.restore(of(new Server([few], {})), {}),
            /90 documents came back of at least 91/,
        );
    });

    it("bring back one that is still there beside it, when it is named", async () => {
        const server = new Server([snapshot("es-a", 60)], both());
        await assert.rejects(elasticsearch.plan(of(server), {}), /nothing of es-a is missing.*--id INDEX/);
        const wanted = { id: "logs-000002" };
        assert.match(
            (await elasticsearch.plan(of(server), wanted))[1],
            /still there with 50 documents, as restored-logs/,
        );
        const [proof] = await elasticsearch.restore(of(server), wanted);
        assert.deepEqual(restores(server), [["logs-000002", "restored-logs-000002"]]);
        assert.match(proof, /has 45 documents; logs-000002 has 50 now/);
        await assert.rejects(elasticsearch.plan(of(server), wanted), /restored-logs-000002: there already/);
        await assert.rejects(elasticsearch.plan(of(server), { id: "logs-9" }), /no index logs-9; it has logs-000001, /);
    });

    it("go on after a restore that was ended half-way with what is not there yet", async () => {
        const server = new Server([snapshot("es-a", 60)], { "logs_restored-000001": { ...old } });
        await elasticsearch.restore(of(server), {});
        assert.deepEqual(restores(server), [["logs-000002", "logs_restored-000002"]]);
    });

    it("are refused where they are damaged, foreign or unknown, and the newest good one is named", async () => {
        const partial = snapshot("es-c", 5, { state: "PARTIAL" });
        const foreign = snapshot("es-d", 4, { metadata: { ...metadata, stack: "dev" } });
        const server = new Server([foreign, partial, snapshot("es-b", 30), snapshot("es-a", 60)], {});
        const plan = (backup: string) => elasticsearch.plan(of(server), { backup });
        await assert.rejects(plan("es-c"), { message: "es-c is PARTIAL, not whole; the newest good one is es-b" });
        await assert.rejects(plan("es-d"), { message: "es-d is of stack dev, not local; the newest good one is es-b" });
        await assert.rejects(plan("es-e"), { message: "there is no snapshot es-e; the newest good one is es-b" });
        assert.match((await elasticsearch.plan(of(server), {}))[0], /^From snapshot es-b /);
    });

    it("are refused where they would fill the disk, with what logs may still come to", async () => {
        const server = new Server([snapshot("es-a", 60)], {});
        // 15 % of 20 GiB are to be free, 1 GiB is for logs, 2 GiB are needed.
        server.avail = 5.9 * gibibyte;
        await assert.rejects(elasticsearch.plan(of(server), {}), /no room: 2 GiB are needed, .* has 1\.9 GiB beside/);
        server.avail = 6.1 * gibibyte;
        await elasticsearch.plan(of(server), {});
    });

    it("leave nothing of an index that can't be restored", async () => {
        const server = new Server([snapshot("es-a", 60)], {});
        server.broken = true;
        const given = elasticsearch.restore(of(server), { id: "logs-000001" });
        await assert.rejects(given, /logs-000001 can't be restored: .* Is es-a damaged\?/);
        assert.deepEqual(server.changes.at(-1)?.slice(0, 2), ["DELETE", "/logs_restored-000001"]);
    }).timeout(60_000);
});
