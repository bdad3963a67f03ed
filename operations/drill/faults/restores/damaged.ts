import { backupFolder } from "../../../../apps/mysql/demand";
import { onBackupHost } from "../../../backup/mysql/host";
import type { Fault, Scene } from "../fault";
import { later, notLater, onHost, script } from "../script";
import { work } from "./restored";
import { tableDropped, tableRestore, tableRestored } from "./table";

const undamageTimer = "undamage";

/** On the host that has the backups, in MySQL's folder of them. */
const there = (scene: Scene, text: string) => onBackupHost(work(scene), backupFolder, text);

async function damage(scene: Scene): Promise<void> {
    const { context } = scene;
    const { host, folder } = context.stack.backup ?? {};
    if (!host) throw new Error("the disk of backups is in no host of this stack: pulumi up --refresh");
    const undamage = script("undamage", { FOLDER: `${folder}/${backupFolder}` });
    await onHost(context, host, later(undamageTimer, undamage));
    // Over what a drill that was killed has left.
    await there(scene, script("undamage") + script("damage"));
}

async function undamaged(scene: Scene): Promise<void> {
    await there(scene, script("undamage") + notLater(undamageTimer));
}

/**
 * Has the damaged backup refused, by its name: the schedule may have made a newer one meanwhile. Returns the newest good
 * one, which the refusal has to name.
 * @throws Error when it is not refused, or for another reason
 */
async function refusal(scene: Scene): Promise<string> {
    const names = await there(scene, 'cat "$FOLDER/.drill"; newest_good mysql 2>/dev/null');
    const [damaged, good] = names.trim().split("\n");
    const message = await tableRestored(scene, damaged).then(
        () => {
            throw new Error(`${damaged} is damaged, and was restored`);
        },
        (error: Error) => error.message,
    );
    scene.context.recorder.fact("The refusal", message);
    if (!message.includes("damaged") || !message.includes(good)) throw new Error(message);
    return good;
}

export const backupDamaged: Fault = {
    ...tableDropped,
    name: "backup-damaged",
    what: "A table of MySQL is dropped, and the newest backup is damaged",
    goals: { notice: 30, repair: 300 },
    async prepare(scene) {
        await tableDropped.prepare!(scene);
        await damage(scene);
    },
    repair: {
        what: `${tableRestore} --backup, of the name that the refusal gives`,
        async run(scene) {
            await tableRestored(scene, await refusal(scene));
            await undamaged(scene);
        },
    },
    putBack: undamaged,
};
