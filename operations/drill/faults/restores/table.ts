import { mysql } from "../../../backup/mysql/mysql";
import type { Wanted } from "../../../backup/kind";
import { asRoot, database } from "../../rows";
import type { Fault, Scene } from "../fault";
import { restored, why, work } from "./restored";

const table = "kept";
const full = `${database}.${table}`;
/** Rows that are in the backup, by their number, and rows that are written after it. */
const rows = { kept: 1000, later: 10 };
export const tableRestore = `npm run restore -- mysql --database ${database} --table ${table}`;

/** Writes rows of these numbers. */
const filled = (first: number, last: number) => `INSERT INTO ${table}
    WITH RECURSIVE rows_of (n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM rows_of WHERE n < ${last})
    SELECT n, SHA2(CONCAT(n, RAND()), 256) FROM rows_of;`;

/** Every byte of the rows that are in the backup. @throws Error where there is no such table */
const contents = (scene: Scene) =>
    asRoot(scene.context, `SELECT number, content FROM ${full} WHERE number <= ${rows.kept} ORDER BY number;`);

async function noTable(scene: Scene): Promise<string | undefined> {
    const [, sum] = (await asRoot(scene.context, `CHECKSUM TABLE ${full};`)).trim().split("\t");
    return sum === "NULL" ? `MySQL has no table ${table}` : undefined;
}

async function otherRows(scene: Scene): Promise<string | undefined> {
    return (await contents(scene)) === scene.was ? undefined : `table ${table} has other rows than in the backup`;
}

/** Restores the table alone, and says what no restore can bring back. */
export async function tableRestored(scene: Scene, backup?: string): Promise<void> {
    const wanted: Wanted = { database, table, ...(backup !== undefined && { backup }) };
    await restored(scene, mysql, wanted);
    const there = await asRoot(scene.context, `SELECT COUNT(*) FROM ${full} WHERE number > ${rows.kept};`);
    const lost = `${rows.later - Number(there)} of ${rows.later} lost: a table is what it was at its backup`;
    scene.context.recorder.fact("Rows written after the backup", lost);
}

export const tableDropped: Fault = {
    name: "table-dropped",
    what: "A table of MySQL is dropped",
    goals: { notice: 30, repair: 240 },
    spares: "all",
    async prepare(scene) {
        // It goes with the database, which is that of the rows that are written all the time.
        const columns = "(number INT PRIMARY KEY, content CHAR(64) NOT NULL) ENGINE = InnoDB";
        await asRoot(scene.context, `USE ${database};\nCREATE TABLE ${table} ${columns};\n${filled(1, rows.kept)}`);
        scene.was = await contents(scene);
        const wrote = scene.was.trimEnd().split("\n").length;
        if (wrote !== rows.kept) throw new Error(`MySQL has ${wrote} of ${rows.kept} rows of table ${table}`);
        await mysql.backup(work(scene), why);
        await asRoot(scene.context, `USE ${database};\n${filled(rows.kept + 1, rows.kept + rows.later)}`);
    },
    break: async (scene) => void (await asRoot(scene.context, `DROP TABLE ${full};`)),
    noticed: noTable,
    repair: { what: tableRestore, run: (scene) => tableRestored(scene) },
    missing: otherRows,
    putBack: async () => undefined,
};
