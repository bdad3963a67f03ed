import { dump, load } from "js-yaml";
import { etcd } from "../../../backup/etcd";
import type { Fault, Scene } from "../fault";
import { master } from "../hosts";
import { patience, upChanged, upRefresh } from "../repair";
import { why, work } from "../restores/restored";

const key = "test-cluster:backup";

/**
 * A stack's configuration whose control plane begins with the newest backup of etcd when it is made.
 * @param text of the stack's file, in YAML
 */
export function recovering(text: string): string {
    const file = load(text) as { config?: Record<string, unknown> };
    const backup = { ...(file.config?.[key] as object | undefined), recoverFrom: "newest" };
    return dump({ ...file, config: { ...file.config, [key]: backup } });
}

/** At its end the stack is as its own configuration has it, which asks for no backup. */
export function askNoMore(scene: Scene): void {
    scene.context.undo.later("the configuration that asks for the backup", patience, () =>
        upRefresh.run({ ...scene, signal: undefined }),
    );
}

export const masterRecovered: Fault = {
    name: "master-recovered",
    what: "The master is released in the cloud, and its successor begins with the last backup of etcd",
    hosts: master,
    goals: { notice: 60, repair: 360 },
    // What runs on the workers does not learn of it.
    spares: "other hosts",
    async prepare(scene) {
        await etcd.backup(work(scene), why);
        askNoMore(scene);
    },
    break: ({ context, host }) => context.cloud.release(host),
    repair: {
        what: "pulumi up --refresh --yes, with backup.recoverFrom in the configuration",
        run: (scene) => upChanged(scene, recovering),
    },
    // Where it did not come back that way, the undo of the configuration makes a new cluster.
    putBack: async () => undefined,
};
