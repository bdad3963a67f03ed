import { parseArgs } from "node:util";
import { runCommand } from "../command";
import { onStack } from "./context";
import type { Context } from "./kind";
import { ownKinds } from "./kinds";
import { pull } from "./pull";
import { type Listed, table, wrongWith } from "./table";

const usage = `npm run backups [-- --stack NAME] [--pull [--newest N]] [--all] [--json]: what backups there are
  --stack NAME  of this stack, not the selected one or that in STACK
  --pull        first brings back from the bucket what the disk of backups lacks
  --newest N    of that, only the newest N of each kind
  --all         all of them, not the newest five of each kind
  --json        one JSON document, of all
Exit status: 0 there are young ones of every kind, 1 one is too old or missing, or could not be brought back, 2 it can't
be told.`;

/** What has no backup of its own, so that nobody looks for it at the wrong time. */
const others = "Nacos' configurations are in MySQL's. Kafka has none: docs/recovery.md says what protects it.";

/** @throws Error naming what is wrong and the way out */
export function optionsOf(args: string[]) {
    const flag = { type: "boolean", default: false } as const;
    const text = { type: "string" } as const;
    const options = { stack: text, newest: text, pull: flag, all: flag, json: flag, help: flag } as const;
    const { values } = parseArgs({ args, options });
    const { newest } = values;
    if (newest !== undefined && !values.pull) throw new Error(`--newest ${newest}: it is for --pull`);
    if (newest !== undefined && !/^[1-9]\d*$/.test(newest)) throw new Error(`--newest ${newest}: a number from 1 on`);
    return { ...values, newest: newest === undefined ? undefined : Number(newest) };
}

/** Brings back what the bucket has, and says so. Returns whether all came. */
async function broughtBack(context: Context, newest: number | undefined): Promise<boolean> {
    try {
        const lines = await pull(context, newest);
        (lines.length > 0 ? lines : ["the disk of backups lacks nothing that the bucket has"]).forEach(context.say);
        return true;
    } catch (error) {
        context.say(`NOT BROUGHT BACK: ${(error as Error).message}`);
        return false;
    }
}

async function main(args: string[]): Promise<number> {
    const values = optionsOf(args);
    if (values.help) {
        console.log(usage);
        return 0;
    }
    const left = () => (values.pull ? "What has come back is kept" : "Nothing was changed");
    return onStack(values.stack, left, async (context) => {
        const { backup: place, name } = context.stack;
        if (!place) throw new Error(`stack ${name} keeps no backups yet: pulumi up`);
        const came = !values.pull || (await broughtBack(context, values.newest));
        const listed = await Promise.all(
            ownKinds.map(async (kind): Promise<Listed> => {
                try {
                    return { kind: kind.name, backups: await kind.list(context) };
                } catch (error) {
                    return { kind: kind.name, backups: [], failure: (error as Error).message };
                }
            }),
        );
        const now = new Date();
        const wrong = listed.map((one) => wrongWith(one, place, now));
        const colour = process.stdout.isTTY && !process.env.NO_COLOR;
        if (values.json) {
            const parts = listed.map((one, i) => ({ ...one, wrong: wrong[i] ?? null }));
            console.log(JSON.stringify({ stack: name, at: now.toISOString(), kinds: parts }, null, 2));
        } else {
            console.log(`${table(listed, place, now, { all: values.all, colour })}\n${others}`);
        }
        return came && wrong.every((each) => each === undefined) ? 0 : 1;
    });
}

if (require.main === module) runCommand(main);
