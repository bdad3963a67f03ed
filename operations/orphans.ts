import { parseArgs } from "node:util";
import { exportStack, stackIn } from "./access";
import { type Cloud, cloudOf, type Orphan } from "./cloud";
import { cloudSettings } from "./cloudSettings";
import { runCommand } from "./command";

const usage = `npm run orphans [-- --release] [--stack NAME]: hosts that a cut-off \`pulumi up\` made and forgot
They carry the stack's tags, are not in its state, cost money, and keep a new host of that address from being made.
Not while \`pulumi up\` is at work: what it is making is not in the state yet either.
  --release     releases them, all of them; data disks stay
  --stack NAME  of this stack, not the selected one or that in STACK
Exit status: 0 there is none, or none any more, 1 there are some, 2 it can't be told.`;

/**
 * Tells of a stack's orphans, and releases them where that is asked for.
 * @returns whether there is none any more
 */
export async function orphans(
    cloud: Pick<Cloud, "orphans" | "releaseOrphan">,
    release: boolean,
    print: (line: string) => void,
): Promise<boolean> {
    const found = await cloud.orphans();
    if (found.length === 0) print("no host is in the cloud that the stack does not know");
    for (const orphan of found) print(line(orphan));
    if (!release) return found.length === 0;
    for (const orphan of found) {
        await cloud.releaseOrphan(orphan);
        print(`released: ${orphan.id}`);
    }
    return true;
}

function line({ id, name, address, made }: Orphan): string {
    return `${id}  ${name}  ${address}  made ${made}`;
}

async function main(args: string[]): Promise<number> {
    const flag = { type: "boolean", default: false } as const;
    const { values } = parseArgs({ args, options: { release: flag, help: flag, stack: { type: "string" } } });
    if (values.help) {
        console.log(usage);
        return 0;
    }
    const exported = exportStack(values.stack);
    const cloud = cloudOf(exported, cloudSettings(stackIn(exported)));
    const none = await orphans(cloud, values.release, (line) => console.log(line));
    if (!none) console.log("npm run orphans -- --release releases them, when no `pulumi up` is at work");
    return none ? 0 : 1;
}

if (require.main === module) runCommand(main);
