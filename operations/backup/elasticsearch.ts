import { plural } from "../../cluster/words";
import type { Elasticsearch } from "../status/elasticsearch";
import { waitFor } from "../status/wait";
import type { Context, Kind, Manifest, Wanted } from "./kind";
import { checkRoom, choose, type Copy } from "./copies";
import {
    elasticsearchOf,
    indices,
    isWhole,
    manifestOf,
    manifestsIn,
    repository,
    type Snapshot,
    snapshotsIn,
} from "./snapshots";

/** Seconds that a snapshot may take, and a restored index until it is whole. */
const patience = 3600;

/** Elasticsearch's logs, by snapshots that it writes itself. */
export const elasticsearch: Kind = {
    name: "elasticsearch",

    async backup(context: Context, why: string): Promise<Manifest> {
        const asked = elasticsearchOf(context);
        const name = `es-${new Date()
            .toISOString()
            .replace(/\..*|[-:]/g, "")
            .toLowerCase()}z`;
        await asked.ask("POST", `${repository}/_verify`);
        const { answer } = await asked.ask<{ count: number }>("GET", `/${indices}/_count`);
        const metadata = { stack: context.stack.name, why, documents: answer.count };
        await asked.ask("PUT", `${repository}/${name}`, { indices, include_global_state: false, metadata });
        context.say(`elasticsearch: ${name} is under way, ${plural(answer.count, "document")}`);
        let made: Snapshot | undefined;
        const ended = async () => {
            made = (await snapshotsIn(asked)).find(({ snapshot }) => snapshot === name);
            return made?.state !== "IN_PROGRESS";
        };
        await waitFor(ended, patience, `snapshot ${name} was not made`, context.signal);
        if (made && isWhole(made)) return manifestOf(made);
        if (made) await asked.ask("DELETE", `${repository}/${name}`);
        throw new Error(`snapshot ${name} ended ${made?.state ?? "without a trace"}, not whole; it was not kept`);
    },

    async list(context: Context): Promise<Manifest[]> {
        return await manifestsIn(elasticsearchOf(context));
    },

    async plan(context: Context, wanted: Wanted): Promise<string[]> {
        const asked = elasticsearchOf(context);
        const snapshot = await found(asked, context.stack.name, wanted.backup);
        const copies = await choose(asked, snapshot, wanted.id);
        await checkRoom(context.api, asked, snapshot, copies);
        const { at } = manifestOf(snapshot);
        return [
            `From snapshot ${snapshot.snapshot} of ${at}, beside what is there; nothing is overwritten:`,
            ...copies.map(({ index, target, live }) =>
                live
                    ? `${index}, which is still there with ${live.documents} documents, as ${target}, which Kibana does not show`
                    : `${index}, which is gone, as ${target}, which Kibana shows with the other logs`,
            ),
        ];
    },

    async restore(context: Context, wanted: Wanted): Promise<string[]> {
        const asked = elasticsearchOf(context);
        const snapshot = await found(asked, context.stack.name, wanted.backup);
        const copies = await choose(asked, snapshot, wanted.id);
        const lines: string[] = [];
        let total = 0;
        for (const copy of copies) {
            context.signal.throwIfAborted();
            context.say(`${copy.index}: being restored as ${copy.target}`);
            const documents = await restored(asked, snapshot, copy, context.signal);
            total += documents;
            const now = copy.live ? `; ${copy.index} has ${copy.live.documents} now` : "";
            lines.push(`${copy.target} is whole and has ${plural(documents, "document")}${now}`);
        }
        const { documents: least } = snapshot.metadata ?? {};
        if (least !== undefined && copies.length === snapshot.indices.length) {
            if (total < least) throw new Error(`${total} documents came back of at least ${least}`);
            lines.push(`${total} documents in all, of at least ${least} that were there when it was made`);
        }
        const remove = `'. /scripts/es.sh; es DELETE /${copies[0].target}'`;
        lines.push(
            "They stay until somebody removes them, on the master:",
            `  kubectl -n logging exec elasticsearch-0 -c keeper -- bash -c ${remove}`,
        );
        return lines;
    },
};

/** @throws Error naming the newest good one where the wanted is none */
async function found(asked: Elasticsearch, stack: string, wanted: string | undefined): Promise<Snapshot> {
    const all = await snapshotsIn(asked);
    const good = all.filter((each) => isWhole(each) && each.metadata?.stack === stack);
    const instead = good[0] ? `the newest good one is ${good[0].snapshot}` : "and there is no good one";
    const one = wanted ? all.find(({ snapshot }) => snapshot === wanted) : good[0];
    if (!one) throw new Error(`there is no snapshot${wanted ? ` ${wanted}` : ""}; ${instead}`);
    if (!isWhole(one)) throw new Error(`${one.snapshot} is ${one.state}, not whole; ${instead}`);
    const { stack: from } = one.metadata ?? {};
    if (from !== stack) throw new Error(`${one.snapshot} is of stack ${from ?? "unknown"}, not ${stack}; ${instead}`);
    return one;
}

/** Restores an index under its new name. Returns its documents; leaves nothing when it fails. */
async function restored(
    asked: Elasticsearch,
    { snapshot }: Snapshot,
    { index, target }: Copy,
    signal: AbortSignal,
): Promise<number> {
    const renamed = { rename_pattern: "^.+$", rename_replacement: target };
    const body = { indices: index, include_global_state: false, include_aliases: false, ...renamed };
    await asked.ask("POST", `${repository}/${snapshot}/_restore`, body);
    let still = 0;
    const whole = async () => {
        const { answer } = await asked.ask<Health>("GET", `/_cluster/health/${target}`);
        const { active_shards: active, initializing_shards: under, unassigned_shards: out } = answer;
        if (out === 0 && under === 0 && active > 0) return true;
        // It may be between two tries.
        still = under === 0 ? still + 1 : 0;
        if (still < 20) return false;
        await asked.ask("DELETE", `/${target}`);
        throw new Error(
            `${index} can't be restored: Elasticsearch gave it up. Is ${snapshot} damaged? Try an older one`,
        );
    };
    await waitFor(whole, patience, `${target} was not whole`, signal);
    const { answer } = await asked.ask<{ count: number }>("GET", `/${target}/_count`);
    return answer.count;
}

interface Health {
    active_shards: number;
    initializing_shards: number;
    unassigned_shards: number;
}
