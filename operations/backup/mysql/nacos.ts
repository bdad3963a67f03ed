import { backupFolder } from "../../../apps/mysql/demand";
import { type Place } from "../../../apps/nacos/api";
import type { Declared } from "../../../apps/nacos/provider";
import { quote } from "../../../cluster/shell";
import { loggedIn } from "../../status/nacos";
import { waitFor } from "../../status/wait";
import { filed, onBackupHost } from "./host";
import type { Context, Kind, Wanted } from "../kind";
import { backedUp } from "./mysql";

/** Seconds until a client can read what was published. */
const patience = 10;

/** Nacos' configurations. Its users, history and the rest are in MySQL's backup. */
export const nacos: Kind = {
    name: "nacos",
    backup: (context, why) => backedUp(context, why, "nacos"),
    list: (context) => filed(context, "nacos"),

    async plan(context, wanted) {
        const { name, configurations } = await opened(context, wanted);
        const api = await loggedIn(context.api, context.stack.nacosPassword);
        const lines = [
            `publishes ${configurations.length} of Nacos' configurations from ${name}; others stay as they are`,
        ];
        for (const one of configurations) {
            const now = await api.read(one);
            const what =
                now === undefined ? "is not there now" : now === one.content ? "is the same" : "is overwritten";
            lines.push(`${idOf(one)}: ${what}, ${Buffer.byteLength(one.content)} bytes in the backup`);
        }
        return lines;
    },

    async restore(context, wanted) {
        const { configurations } = await opened(context, wanted);
        const api = await loggedIn(context.api, context.stack.nacosPassword);
        const lines: string[] = [];
        for (const namespace of new Set(configurations.map((one) => one.namespace)))
            if (namespace !== "public") await api.makeNamespace(namespace);
        for (const one of configurations) {
            context.signal.throwIfAborted();
            await api.publish(one, one.content, one.type);
            const read = async () => (await api.read(one)) === one.content;
            await waitFor(read, patience, `${idOf(one)} was published, and can't be read as it was`, context.signal);
            lines.push(`${idOf(one)}: published, and read by a client as it is in the backup`);
        }
        return lines;
    },
};

/**
 * The configurations of a backup that are wanted, as a folder of configurations declares them.
 * @throws Error when the backup is damaged or another stack's, with the newest good one, or has no such configuration
 */
async function opened(context: Context, { backup, id }: Wanted): Promise<{ name: string; configurations: Declared[] }> {
    const choose = backup
        ? `name=${quote(backup)}
           check_backup "$name" || { echo "$name is not restored; the newest that is whole: $(newest_good nacos 2>/dev/null || echo none)" >&2; exit 1; }`
        : "name=$(newest_good nacos)";
    const script = `${choose}\nprintf '%s\\n' "$name"\nunseal <"$FOLDER/$name.sealed" | gunzip`;
    const [name, ...lines] = (await onBackupHost(context, backupFolder, script)).trimEnd().split("\n");
    const all = lines.map((line) => JSON.parse(line) as Declared);
    return { name, configurations: wantedOf(all, id, name) };
}

/** @param id `NAMESPACE/GROUP/DATAID`, or `GROUP/DATAID` of the namespace public; all where there is none */
export function wantedOf(all: Declared[], id: string | undefined, backup: string): Declared[] {
    if (id === undefined) return all;
    const full = id.split("/").length === 2 ? `public/${id}` : id;
    const found = all.filter((one) => idOf(one) === full);
    if (found.length > 0) return found;
    throw new Error(`${backup} has no configuration ${full}; it has ${all.map(idOf).join(", ") || "none"}`);
}

function idOf({ namespace, group, dataId }: Place): string {
    return `${namespace}/${group}/${dataId}`;
}
