import { parseArgs } from "node:util";
import { exportStack, stackIn } from "./access";
import { type Cloud, cloudOf } from "./cloud";
import { cloudSettings } from "./cloudSettings";
import { runCommand } from "./command";
import type { Orphan } from "./forgotten";

const usage = `npm run orphans [-- --release] [--stack NAME]: what a cut-off \`pulumi up\` made and forgot
Hosts that carry the stack's tags and are not in its state: they cost money, and keep a new host of that address from being
made. Data disks attached where the state has no attachment: they can't be attached again. And key pairs, security groups,
vSwitches, VPCs and snapshot policies that have the stack's name: a second key pair of that name is refused.
Not while \`pulumi up\` is at work: what it is making is not in the state yet either.
  --release     releases them, and detaches the disks; data disks stay
  --stack NAME  of this stack, not the selected one or that in STACK
Exit status: 0 there is nothing, or nothing any more, 1 there is something, 2 it can't be told.`;

/**
 * Tells of a stack's orphans, and releases them where that is asked for.
 * @returns whether there is none any more
 */
export async function orphans(
    cloud: Pick<Cloud, "orphans" | "forget">,
    release: boolean,
    print: (line: string) => void,
): Promise<boolean> {
    const found = await cloud.orphans();
    if (found.length === 0) print("nothing is in the cloud that the stack has made and forgotten");
    for (const orphan of found) print(sentence(orphan));
    if (!release) return found.length === 0;
    const hosts = new Set(found.filter(({ kind }) => kind === "host").map(({ id }) => id));
    for (const orphan of found) {
        // A host takes its disks' attachments with it.
        if (hosts.has(orphan.where)) continue;
        await cloud.forget(orphan);
        print(`${orphan.kind === "attachment" ? "detached" : "released"}: ${orphan.id}`);
    }
    return true;
}

/** What one is, for people. */
export function sentence({ kind, id, name, where }: Orphan): string {
    return kind === "attachment" ? `disk ${name} (${id}), attached to ${where}` : `${kind} ${name} (${id}), ${where}`;
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
