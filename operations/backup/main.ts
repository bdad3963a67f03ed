import { parseArgs } from "node:util";
import { runCommand } from "../command";
import { kindOf, onStack } from "./context";
import type { Context, Kind, Manifest } from "./kind";
import { kinds, ownKinds } from "./kinds";
import { made } from "./table";

const usage = `npm run backup -- [KIND…] [--stack NAME] [--json]: makes backups now, and verifies them
  KIND          ${kinds.map(({ name }) => name).join(", ")}; all when none is named
  --stack NAME  of this stack, not the selected one or that in STACK
  --json        one JSON document
Exit status: 0 all were made, 1 one was not, 2 it can't be told.`;

function optionsOf(args: string[]) {
    const flag = { type: "boolean", default: false } as const;
    const options = { stack: { type: "string" }, json: flag, help: flag } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const wanted = [...new Set(positionals)].map((name) => kindOf(name));
    return { ...values, wanted: wanted.length > 0 ? wanted : ownKinds };
}

/** Makes a backup of each kind, one after the other; one that fails keeps none of the others from being made. */
export async function backUp(wanted: Kind[], context: Context, why: string): Promise<[string, Manifest | Error][]> {
    const results: [string, Manifest | Error][] = [];
    for (const kind of wanted) {
        try {
            context.signal.throwIfAborted();
            context.say(`${kind.name}: begun`);
            results.push([kind.name, await kind.backup(context, why)]);
        } catch (error) {
            results.push([kind.name, error as Error]);
        }
    }
    return results;
}

async function main(args: string[]): Promise<number> {
    const { wanted, stack, json, help } = optionsOf(args);
    if (help) {
        console.log(usage);
        return 0;
    }
    const left = () =>
        "What is under way may come to its end by itself: npm run backups. Ctrl-C again ends this at once";
    return onStack(stack, left, async (context) => {
        const results = await backUp(wanted, context, "by hand");
        const colour = process.stdout.isTTY && !process.env.NO_COLOR;
        const backups = results.map(([kind, one]) => (one instanceof Error ? { kind, failure: one.message } : one));
        if (json) console.log(JSON.stringify({ stack: context.stack.name, backups }, null, 2));
        else results.forEach(([kind, result]) => console.log(made(kind, result, colour)));
        return results.some(([, result]) => result instanceof Error) ? 1 : 0;
    });
}

if (require.main === module) runCommand(main);
