import { loggedIn } from "../../status/nacos";
import { printed } from "../../status/ssh";
import { onBackupHost } from "../../backup/mysql/host";
import { etcd } from "../../backup/etcd";
import { mysql } from "../../backup/mysql/mysql";
import { nacos } from "../../backup/mysql/nacos";
import type { Context as Work, Kind, Wanted } from "../../backup/kind";
import { restore } from "../../backup/restore";
import { backupFolder } from "../../../apps/mysql/demand";
import { place as configuration } from "../known/nacos";
import { asRoot, database } from "../rows";
import type { Fault, Scene } from "./fault";
import { script } from "./script";

/** What was lost, and comes back from a backup that was made just before. */

const why = "before a drill";

const work = ({ context, signal }: Scene): Work => ({ ...context, signal: signal ?? new AbortController().signal });

/** As `npm run restore -- KIND --yes` does. @throws Error when it was refused, or failed */
async function restored(scene: Scene, kind: Kind, wanted: Wanted, withoutBackup = false): Promise<void> {
    const code = await restore(kind, work(scene), wanted, { yes: true, withoutBackup });
    if (code !== 0) throw new Error(`npm run restore -- ${kind.name} has failed, as said above`);
}

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

/** Of those that every drill knows. */
const lost = configuration("known-1");

const client = ({ context: { api, stack } }: Scene) => loggedIn(api, stack.nacosPassword);

async function noConfiguration(scene: Scene): Promise<string | undefined> {
    const found = await (await client(scene)).read(lost);
    return found === undefined ? `Nacos has no configuration ${lost.group}/${lost.dataId}` : undefined;
}

export const nacosLost: Fault = {
    name: "nacos-lost",
    what: "A configuration is removed from Nacos",
    goals: { notice: 30, repair: 180 },
    spares: "all",
    prepare: async (scene) => void (await nacos.backup(work(scene), why)),
    break: async (scene) => (await client(scene)).remove(lost),
    noticed: noConfiguration,
    repair: {
        what: `npm run restore -- nacos --id ${lost.group}/${lost.dataId}`,
        run: (scene) => restored(scene, nacos, { id: `${lost.group}/${lost.dataId}` }),
    },
    missing: noConfiguration,
    putBack: async () => undefined,
};

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
