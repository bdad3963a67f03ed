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

/** Every byte of the rows up to a number. @throws Error where there is no such table */
const contents = (scene: Scene, last = rows.kept) =>
    asRoot(scene.context, `SELECT number, content FROM ${full} WHERE number <= ${last} ORDER BY number;`);

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

const all = rows.kept + rows.later;

async function lessRows(scene: Scene): Promise<string | undefined> {
    const there = Number(await asRoot(scene.context, `SELECT COUNT(*) FROM ${full};`));
    return there < all ? `table ${table} has ${there} of ${all} rows` : undefined;
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

/** Until when all rows were there, by MySQL's clock, of which a later second has begun since. */
const moments = new WeakMap<Scene, string>();

export const rowsDeleted: Fault = {
    ...tableDropped,
    name: "rows-deleted",
    what: "Rows of a table of MySQL are deleted, and some of them were written after its backup",
    async prepare(scene) {
        await tableDropped.prepare!(scene);
        scene.was = await contents(scene, all);
        const answer = await asRoot(scene.context, "SELECT UTC_TIMESTAMP(); SELECT SLEEP(1.1);");
        moments.set(scene, `${answer.split("\n")[0]}Z`);
    },
    break: async (scene) => void (await asRoot(scene.context, `DELETE FROM ${full} WHERE number % 2 = 0;`)),
    noticed: lessRows,
    repair: {
        what: `${tableRestore} --until, of the last moment at which all was well`,
        run: (scene) => restored(scene, mysql, { database, table, until: moments.get(scene)!.replace(" ", "T") }),
    },
    missing: async (scene) =>
        (await contents(scene, all)) === scene.was ? undefined : `table ${table} has other rows than before`,
};
