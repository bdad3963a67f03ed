import { dump, load } from "js-yaml";
import { parseSettings } from "../../../../config";
import { ownSettings } from "../../../capacity/settings";
import type { Fault, Scene } from "../fault";
import { mysqlHost, workers } from "../hosts";
import { patience, upChanged, upRefresh } from "../repair";

/** The data disk that is moved. */
const disk = "mysql";

/**
 * A stack's configuration with a data disk on another host.
 * @param text of the stack's file, in YAML
 */
export function withDiskOn(text: string, disk: string, host: string): string {
    const file = load(text) as { config?: Record<string, unknown> };
    const keys = file.config ?? {};
    const { data } = parseSettings(ownSettings(keys)).disks;
    const moved = data.map((each) => (each.name === disk ? { ...each, host } : each));
    const disks = { ...(keys["test-cluster:disks"] as object | undefined), data: moved };
    return dump({ ...file, config: { ...keys, "test-cluster:disks": disks } }, { skipInvalid: true });
}

/** The worker that the disk goes to. @throws Error where there is no other */
function otherWorker({ context, host }: Scene): string {
    const other = workers(context.stack).find((name) => name !== host);
    if (other === undefined) throw new Error(`${host} is the only worker: its disk has nowhere to go`);
    return other;
}

/** As the configuration has it again. A disk moves only where its host is gone, so the other one is released now. */
async function movedBack({ context, was, ...scene }: Scene): Promise<void> {
    await context.reread();
    const moved = mysqlHost(context.stack)[0] === was;
    if (moved && (await context.cloud.status(was!)) !== "Gone") await context.cloud.release(was!);
    await upRefresh.run({ ...scene, context, signal: undefined });
}

export const diskMoved: Fault = {
    name: "disk-moved",
    what: "A worker is released, and MySQL's data disk, which was in it, is given to another one",
    hosts: mysqlHost,
    goals: { notice: 60, repair: 360 },
    spares: "other hosts",
    async prepare(scene) {
        scene.was = otherWorker(scene);
        scene.context.undo.later("the place of MySQL's data disk", patience, () => movedBack(scene));
    },
    break: ({ context, host }) => context.cloud.release(host),
    repair: {
        what: "pulumi up --refresh --yes, with another host for MySQL's disk in the configuration",
        run: (scene) => upChanged(scene, (text) => withDiskOn(text, disk, scene.was!)),
    },
    missing: async ({ context, was }) => {
        const [host] = mysqlHost(context.stack);
        return host === was ? undefined : `MySQL's disk is in ${host ?? "no host"}, not in ${was}`;
    },
    // Where it was is what the undo of its place brings back.
    putBack: async () => undefined,
};
