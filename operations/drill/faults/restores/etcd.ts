import { etcd } from "../../../backup/etcd";
import { printed } from "../../../status/ssh";
import type { Fault, Scene } from "../fault";
import { script } from "../script";
import { restored, why, work } from "./restored";

/** Seconds until etcd has ended and is asked for again. */
const patience = 120;

export const etcdLost: Fault = {
    name: "etcd-lost",
    what: "etcd's database is damaged, and etcd can't start from it",
    goals: { notice: 60, repair: 120 },
    spares: "all",
    prepare: async (scene) => void (await etcd.backup(work(scene), why)),
    break: (scene) => onMaster(scene, "etcd-break"),
    repair: {
        what: "npm run restore -- etcd --without-backup",
        // What is damaged can't be backed up.
        run: (scene) => restored(scene, etcd, {}, true),
    },
    putBack: (scene) => onMaster(scene, "etcd-mend"),
};

async function onMaster({ context: { shell, stack } }: Scene, name: string): Promise<void> {
    const given = { DATA: "/var/lib/etcd", MANIFEST: "/etc/kubernetes/manifests/etcd.yaml" };
    await printed(shell, stack.controlPlane!, script(name, given), patience);
}
