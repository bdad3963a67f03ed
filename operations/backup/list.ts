import { parseArgs } from "node:util";
import { runCommand } from "../command";
import { onStack } from "./context";
import { ownKinds } from "./kinds";
import { type Listed, table, wrongWith } from "./table";

const usage = `npm run backups [-- --stack NAME] [--all] [--json]: what backups there are
  --stack NAME  of this stack, not the selected one or that in STACK
  --all         all of them, not the newest five of each kind
  --json        one JSON document, of all
Exit status: 0 there are young ones of every kind, 1 one is too old or missing, 2 it can't be told.`;

/** What has no backup of its own, so that nobody looks for it at the wrong time. */
const others = "Nacos' configurations are in MySQL's. Kafka has none: docs/recovery.md says what protects it.";

async function main(args: string[]): Promise<number> {
    const flag = { type: "boolean", default: false } as const;
    const options = { stack: { type: "string" }, all: flag, json: flag, help: flag } as const;
    const { values } = parseArgs({ args, options });
    if (values.help) {
        console.log(usage);
        return 0;
    }
    const left = () => "Nothing was changed";
    return onStack(values.stack, left, async (context) => {
        const { backup: place, name } = context.stack;
        if (!place) throw new Error(`stack ${name} keeps no backups yet: pulumi up`);
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
        return wrong.some((each) => each !== undefined) ? 1 : 0;
    });
}

if (require.main === module) runCommand(main);
