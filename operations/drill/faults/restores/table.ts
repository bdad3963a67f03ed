import { backupFolder } from "../../../../apps/mysql/demand";
import type { Wanted } from "../../../backup/kind";
import { onBackupHost } from "../../../backup/mysql/host";
import { mysql } from "../../../backup/mysql/mysql";
import { asRoot, database } from "../../rows";
import type { Fault, Scene } from "../fault";
import { script } from "../script";
import { restored, why, work } from "./restored";

const table = "kept";
const wanted: Wanted = { database, table };
const tableRestore = `npm run restore -- mysql --database ${database} --table ${table}`;

/** A table of a thousand rows beside those that are written all the time; it goes with their database. */
const filled = `USE ${database};
CREATE TABLE ${table} (number INT PRIMARY KEY, content CHAR(64) NOT NULL) ENGINE = InnoDB;
INSERT INTO ${table}
    WITH RECURSIVE rows_of (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM rows_of WHERE n < 1000)
    SELECT n, SHA2(CONCAT(n, RAND()), 256) FROM rows_of;`;

/** Number and sum of the rows, or that there is no such table. */
const contents = async (scene: Scene) =>
    (await asRoot(scene.context, `CHECKSUM TABLE ${database}.${table}`)).trim().split("\t").pop();
const gone = "NULL";

async function drop(scene: Scene): Promise<void> {
    await asRoot(scene.context, `DROP TABLE ${database}.${table};`);
}

/** The rows of the table are not what they were. */
async function otherRows(scene: Scene): Promise<string | undefined> {
    const now = await contents(scene);
    if (now === scene.was) return undefined;
    return now === gone ? `MySQL has no table ${table}` : `table ${table} has other rows than before`;
}

export const tableDropped: Fault = {
    name: "table-dropped",
    what: "A table of MySQL is dropped",
    goals: { notice: 30, repair: 240 },
    spares: "all",
    async prepare(scene) {
        await asRoot(scene.context, filled);
        scene.was = await contents(scene);
        await mysql.backup(work(scene), why);
    },
    break: drop,
    noticed: otherRows,
    repair: { what: tableRestore, run: (scene) => restored(scene, mysql, wanted) },
    missing: otherRows,
    // The table goes with the drill's rows.
    putBack: async () => undefined,
};

export const backupDamaged: Fault = {
    ...tableDropped,
    name: "backup-damaged",
    what: "A table of MySQL is dropped, and the newest backup is damaged",
    goals: { notice: 30, repair: 300 },
    async prepare(scene) {
        await tableDropped.prepare!(scene);
        await onBackupHost(work(scene), backupFolder, script("damage"));
    },
    repair: {
        what: `${tableRestore} --backup, of the name that the refusal gives`,
        async run(scene) {
            const [{ name: damaged }, { name: good }] = await mysql.list(work(scene));
            await restored(scene, mysql, wanted).then(
                () => {
                    throw new Error(`${damaged} is damaged, and was restored`);
                },
                ({ message }: Error) => {
                    scene.context.recorder.fact("The refusal", message);
                    if (!message.includes("damaged") || !message.includes(good)) throw new Error(message);
                },
            );
            await restored(scene, mysql, { ...wanted, backup: good });
            await undamaged(scene);
        },
    },
    putBack: undamaged,
};

async function undamaged(scene: Scene): Promise<void> {
    await onBackupHost(work(scene), backupFolder, script("undamage"));
}
