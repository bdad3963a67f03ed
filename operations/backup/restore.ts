import * as readline from "node:readline/promises";
import { parseArgs } from "node:util";
import { quote } from "../../cluster/shell";
import { runCommand } from "../command";
import { kindOf, onStack } from "./context";
import type { Context, Kind, Wanted } from "./kind";
import { kinds } from "./kinds";

const usage = `npm run restore -- KIND [--backup NAME] [--database NAME [--table NAME]] [--until TIME] [--id ID] [--yes] [--without-backup] [--stack NAME]
  KIND              ${kinds.map(({ name }) => name).join(", ")}
  --backup NAME     this backup, not the newest; npm run backups shows them
  --database NAME   (mysql) this database alone
  --table NAME      (mysql) this table of it alone
  --until TIME      (mysql) and what was written after it until then, such as 2026-01-02T03:04:05Z, or +08:00 for Z
  --id ID           (nacos) this configuration alone: GROUP/DATAID or NAMESPACE/GROUP/DATAID; (elasticsearch) this index
  --yes             without being asked for the stack's name
  --without-backup  also when what is there now can't be backed up first
  --stack NAME      on this stack, not the selected one or that in STACK
Exit status: 0 it was restored, 1 it was not, 2 nothing was begun.`;

/** Options that only some kinds know. */
const own: Record<"database" | "table" | "until" | "id", Kind["name"][]> = {
    database: ["mysql"],
    table: ["mysql"],
    until: ["mysql"],
    id: ["nacos", "elasticsearch"],
};

/** How a restore is to go. */
export interface Way {
    yes: boolean;
    withoutBackup: boolean;
    /** Asks whoever sits there for a word; undefined where nobody does. */
    question?: (text: string) => Promise<string>;
    /** Where the plan and the proof go, a line each; standard output when it is not said. */
    print?: (line: string) => void;
}

/** @throws Error naming what is wrong and the way out */
export function optionsOf(args: string[]) {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const options = {
        ...{ backup: text, database: text, table: text, until: text, id: text, stack: text },
        ...{ yes: flag, "without-backup": flag, help: flag },
    } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const { backup, database, table, until, id, stack } = values;
    const wanted: Wanted = { backup, database, table, id, ...(until !== undefined && { until: momentOf(until) }) };
    const result = { ...values, stack, wanted };
    if (values.help) return { ...result, kind: kinds[0] };
    if (positionals.length !== 1) {
        throw new Error(
            `${positionals.length > 1 ? `one kind at a time, not ${positionals.join(", ")}` : "which kind?"}\n${usage}`,
        );
    }
    const [name] = positionals;
    for (const [option, of] of Object.entries(own)) {
        if (values[option as keyof typeof own] === undefined || of.some((each) => each === name)) continue;
        throw new Error(`--${option} is for ${of.join(" and ")}, not for ${name}`);
    }
    if (table !== undefined && database === undefined) {
        throw new Error(`--table ${table}: of which database? --database NAME`);
    }
    return { ...result, kind: kindOf(name) };
}

/** @throws Error where it says no moment, leaves its zone open, or is yet to come */
function momentOf(until: string): string {
    const form = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/;
    const at = form.test(until) ? Date.parse(until.replace(" ", "T")) : NaN;
    if (Number.isNaN(at)) throw new Error(`--until ${until}: a moment with its zone, such as 2026-01-02T03:04:05Z`);
    if (at > Date.now()) throw new Error(`--until ${until}: that is yet to come`);
    return new Date(at).toISOString();
}

/**
 * Shows the plan, asks, backs up what is there, restores and shows the proof.
 * @returns 0, or 1 when it was begun and failed
 * @throws Error when nothing was begun
 */
export async function restore(kind: Kind, context: Context, given: Wanted, way: Way): Promise<number> {
    const { stack, signal, say } = context;
    const print = way.print ?? ((line: string) => console.log(line));
    if (!way.yes && !way.question) {
        throw new Error("nobody can be asked here, as this is no terminal: --yes, if it is meant");
    }
    const wanted = await pinned(kind, context, given);
    for (const line of await kind.plan(context, wanted)) print(line);
    if (!way.yes) {
        const word = await way.question!(`This is stack ${stack.name}. To go on, type its name: `);
        if (word.trim() !== stack.name) throw new Error(`that was not ${stack.name}: nothing was changed`);
    }
    signal.throwIfAborted();
    const before = await backedUp(kind, context, way);
    const again = (of: Wanted) => `npm run restore -- ${kind.name} ${words(of)} --stack ${stack.name}`;
    signal.throwIfAborted();
    const began = Date.now();
    try {
        for (const line of await kind.restore(context, wanted)) print(line);
    } catch (error) {
        say(`NOT RESTORED: ${(error as Error).message}`);
        say(`It may be half done. To begin anew:\n  ${again(wanted)}`);
        if (before) say(`What was there before is backup ${before}:\n  ${again({ backup: before })}`);
        return 1;
    }
    print(`✔ restored ${kind.name} from ${wanted.backup} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    return 0;
}

/** What is wanted as the command is given it. */
function words(wanted: Wanted): string {
    const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
    return given.map(([option, value]) => `--${option} ${quote(value as string)}`).join(" ");
}

/** With the backup's name: what is backed up before would be the newest one else. */
async function pinned(kind: Kind, context: Context, wanted: Wanted): Promise<Wanted> {
    if (wanted.backup !== undefined) return wanted;
    const { until } = wanted;
    const all = await kind.list(context);
    const newest = all.find(({ at }) => until === undefined || Date.parse(at) <= Date.parse(until));
    if (!newest) throw new Error(`there is no backup of ${kind.name}${until ? ` from before ${until}` : ""}`);
    return { ...wanted, backup: newest.name };
}

/** The name of a backup of what is there now; undefined where it can't be had, and need not be. */
async function backedUp(kind: Kind, context: Context, { withoutBackup }: Way): Promise<string | undefined> {
    context.say(`backing up what is there now`);
    try {
        const { name } = await kind.backup(context, "before restore");
        context.say(`what is there now is backup ${name}`);
        return name;
    } catch (error) {
        context.signal.throwIfAborted();
        const why = `what is there now can't be backed up: ${(error as Error).message}`;
        if (!withoutBackup) {
            throw new Error(`${why}\nNothing was changed. If it is down or not worth keeping: --without-backup`, {
                cause: error,
            });
        }
        context.say(`${why}; going on without, as asked`);
        return undefined;
    }
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    if (options.help) {
        console.log(usage);
        return 0;
    }
    const { kind, wanted, stack } = options;
    const left = () =>
        "It ends where that does no harm. Ctrl-C again ends this command at once, and leaves it half done: " +
        "the same command begins anew";
    return onStack(stack, left, (context) => {
        const ask = async (text: string) => {
            const lines = readline.createInterface({
                input: process.stdin,
                output: process.stderr,
                // Else Ctrl-C would be the prompt's alone.
                terminal: false,
            });
            try {
                return await lines.question(text, { signal: context.signal });
            } finally {
                lines.close();
            }
        };
        const way = { yes: options.yes, withoutBackup: options["without-backup"] };
        return restore(kind, context, wanted, { ...way, ...(process.stdin.isTTY && { question: ask }) });
    });
}

if (require.main === module) runCommand(main);
