import { etcd } from "../../../backup/etcd";
import type { Fault, Scene } from "../fault";
import { later, notLater, onHost, script } from "../script";
import { restored, why, work } from "./restored";

/** Seconds until nobody else works on etcd, it has ended and is asked for again. */
const patience = 300;

const mendTimer = "etcd-mend";
const places = {
    DATA: "/var/lib/etcd",
    MANIFEST: "/etc/kubernetes/manifests/etcd.yaml",
    STOPPED: "/etc/kubernetes/manifests-stopped",
    LOCK: "/run/etcd-work.lock",
};
const mend = script("etcd-mend", places);

export const etcdLost: Fault = {
    name: "etcd-lost",
    what: "etcd's database is damaged, and etcd can't start from it",
    goals: { notice: 60, repair: 120 },
    spares: "all",
    prepare: async (scene) => void (await etcd.backup(work(scene), why)),
    async break(scene) {
        await onMaster(scene, later(mendTimer, mend));
        await onMaster(scene, script("etcd-break", places));
    },
    repair: {
        what: "npm run restore -- etcd --without-backup",
        async run(scene) {
            // What is damaged can't be backed up.
            await restored(scene, etcd, {}, true);
            await onMaster(scene, notLater(mendTimer) + script("etcd-forget", places));
        },
    },
    putBack: async (scene) => {
        await onMaster(scene, mend);
        await onMaster(scene, notLater(mendTimer));
    },
};

function onMaster({ context }: Scene, text: string): Promise<string> {
    return onHost(context, context.stack.controlPlane!, text, patience);
}
