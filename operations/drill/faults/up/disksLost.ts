import { etcd } from "../../../backup/etcd";
import { mysql } from "../../../backup/mysql/mysql";
import { nacos } from "../../../backup/mysql/nacos";
import { pull } from "../../../backup/pull";
import { documentsKind } from "../../known/elasticsearch";
import { messagesKind } from "../../known/kafka";
import { rowsKind } from "../../watch";
import type { Fault, Scene } from "../fault";
import { patience, reachAnother, upChanged } from "../repair";
import { restored, why, work } from "../restores/restored";
import { tableDropped } from "../restores/table";
import { onHost } from "../script";
import { askNoMore, recovering } from "./recovered";

/** Of each kind, so many are brought back: what `up` has made of the new, empty cluster meanwhile is newer. */
const brought = 5;

/** The backups that were in the bucket when the disks went. */
const copied = new WeakMap<Scene, { mysql: string; nacos: string }>();

/** Has everything copied that there is. @throws Error where it can't be: what is broken then would be lost for good */
async function intoBucket(scene: Scene): Promise<void> {
    const { context } = scene;
    const newest = async (kind: typeof mysql) => (await kind.list(work(scene)))[0].name;
    copied.set(scene, { mysql: await newest(mysql), nacos: await newest(nacos) });
    await onHost(context, context.stack.bucket!.host!, "/usr/local/sbin/backup-copies push\n", patience);
}

const notInBucket = "its disk is gone, and it is in no backup that is in the bucket";

export const disksLost: Fault = {
    name: "disks-lost",
    what: "All hosts and data disks are deleted in the cloud, and the bucket is what is left",
    goals: { notice: 60, repair: 600 },
    lacks: ({ bucket }) => (bucket?.host ? undefined : "it copies no backups to a bucket (backup.bucket)"),
    destructive: "whole cluster",
    takes: {
        [rowsKind]: "those that were written after the last backup, which comes every backup.everyMinutes",
        [messagesKind]: notInBucket,
        [documentsKind]: notInBucket,
    },
    async prepare(scene) {
        await tableDropped.prepare!(scene);
        await etcd.backup(work(scene), why);
        await intoBucket(scene);
        askNoMore(scene);
    },
    async break({ context, signal }) {
        for (const { name } of context.stack.access.hosts) {
            signal?.throwIfAborted();
            await context.cloud.release(name);
        }
        await context.cloud.deleteDisks();
    },
    repair: {
        what: "pulumi up --refresh --yes, with backup.recoverFrom in the configuration; npm run backups -- --pull; npm run restore -- mysql, nacos",
        async run(scene) {
            await upChanged(scene, recovering);
            await reachAnother(scene);
            for (const line of await pull(work(scene), brought)) scene.context.say(line);
            const backups = copied.get(scene)!;
            await restored(scene, mysql, { backup: backups.mysql });
            await restored(scene, nacos, { backup: backups.nacos });
        },
    },
    missing: tableDropped.missing,
    // Where it did not come back that way, the undo of the configuration makes a new cluster.
    putBack: async () => undefined,
};
