import { filed } from "./host";
import type { Context, Kind, Manifest, Wanted } from "../kind";
import { runJob } from "./job";

/** MySQL: databases, and the users that were made by hand. */
export const mysql: Kind = {
    name: "mysql",
    backup: (context, why) => backedUp(context, why, "mysql"),
    list: (context) => filed(context, "mysql"),
    plan: (context, wanted) => restored(context, wanted, "plan"),
    restore: (context, wanted) => restored(context, wanted, "restore"),
};

/**
 * Backs up MySQL, and Nacos out of it. Returns the manifest of one of both.
 * @throws Error when it has made none
 */
export async function backedUp(context: Context, why: string, kind: string): Promise<Manifest> {
    const made = manifestsIn(await runJob(context, "backup.sh", { WHY: why }));
    const manifest = made.find((one) => one.kind === kind);
    if (!manifest) throw new Error(`MySQL was backed up, but it has nothing of ${kind}`);
    return manifest;
}

async function restored(context: Context, wanted: Wanted, mode: "plan" | "restore"): Promise<string[]> {
    const { backup = "", database = "", table = "", until } = wanted;
    if (table && !database) throw new Error(`table ${table}: of which database? Add --database`);
    const moment = until === undefined ? "" : new Date(until).toISOString().slice(0, 19).replace("T", " ");
    const given = { MODE: mode, BACKUP: backup, DATABASE: database, TABLE: table, UNTIL: moment };
    return results(await runJob(context, "restore.sh", given));
}

/** What a restore's script has to say. */
export function results(log: string): string[] {
    const prefix = "result: ";
    return log
        .split("\n")
        .filter((line) => line.startsWith(prefix))
        .map((line) => line.slice(prefix.length));
}

/** The manifests among whatever else a backup's script prints. */
function manifestsIn(log: string): Manifest[] {
    return log
        .split("\n")
        .filter((line) => line.startsWith('{"name":"'))
        .map((line) => JSON.parse(line) as Manifest);
}
