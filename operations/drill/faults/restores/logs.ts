import { elasticsearch } from "../../../backup/elasticsearch";
import { elasticsearchOf, repository, snapshotsIn } from "../../../backup/snapshots";
import { applications } from "../../../status/probes";
import { readDocuments, removeIndex, writeDocuments } from "../../known/elasticsearch";
import { lostOf } from "../../known/known";
import type { Fault, Scene } from "../fault";
import { restored, why, work } from "./restored";

/**
 * Snapshots take it for one of logs, and so does a restore; the keeper, which removes old ones, and the product's own
 * templates of data streams do not.
 */
const index = "logs-refused_drill";
/** What a restore calls it. */
const copy = "logs_restored-refused_drill";

const asked = ({ context }: Scene) => elasticsearchOf(context);

async function noIndex(scene: Scene): Promise<string | undefined> {
    const place = `/_cat/indices/${index}*?format=json&h=index`;
    const { answer } = await asked(scene).ask<{ index: string }[]>("GET", place);
    return answer.length === 0 ? `Elasticsearch has no index ${index}` : undefined;
}

async function lost({ context, was = "[]" }: Scene): Promise<string | undefined> {
    const written = new Map(JSON.parse(was) as [string, string][]);
    const found = lostOf(written, await readDocuments(elasticsearchOf(context), copy));
    return found.lost > 0 ? `${found.lost} of ${found.taken} documents of ${index} are not in ${copy}` : undefined;
}

/** A snapshot that has the index would bring it back whenever somebody restores what is gone. */
async function remove(scene: Scene): Promise<void> {
    for (const each of [index, copy]) await removeIndex(asked(scene), each);
    for (const { snapshot, indices, metadata } of await snapshotsIn(asked(scene))) {
        if (!indices.includes(index) || metadata?.why !== why) continue;
        await asked(scene).ask("DELETE", `${repository}/${snapshot}`);
    }
}

export const indexDeleted: Fault = {
    name: "index-deleted",
    what: "An index of logs is deleted",
    goals: { notice: 30, repair: 120 },
    spares: "all",
    async prepare(scene) {
        const { stack, undo } = scene.context;
        if (!stack.workloads.includes(applications.Elasticsearch)) {
            throw new Error(`stack ${stack.name} has no Elasticsearch for the drill index-deleted`);
        }
        undo.later(`index ${index}, its copy and its snapshot`, 120, () => remove(scene));
        await remove(scene);
        scene.was = JSON.stringify([...(await writeDocuments(asked(scene), index))]);
        await elasticsearch.backup(work(scene), why);
    },
    break: (scene) => removeIndex(asked(scene), index),
    noticed: noIndex,
    repair: {
        what: `npm run restore -- elasticsearch --id ${index}`,
        run: (scene) => restored(scene, elasticsearch, { id: index }),
    },
    missing: lost,
    // Nothing of it is to stay, and what made sure of that before removes it.
    putBack: async () => undefined,
};
