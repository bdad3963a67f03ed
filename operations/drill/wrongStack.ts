import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Context, Drill } from "./drill";
import type { Want } from "./record";
import { checkMarked } from "./runs/marked";

/** Seconds that a preview has. */
const patience = 300;

/** The mistake of a person, not a fault: nothing is done, and that is what is proven. */
export const wrongStack: Drill = {
    name: "wrong-stack",
    what: "The wrong stack is selected: a stack without a mark refuses drills, and a destroy keeps the data disks",
    flags: {},
    async run(context) {
        context.recorder.phase("asked", "for a drill without the mark, and for a preview of a destroy");
        return [unmarked(context), await destroyed(context)];
    },
};

/** The same check that every drill begins with, on a configuration without the mark. */
function unmarked({ stack }: Context): Want {
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "drill-unmarked-"));
    const file = path.join(dir, `Pulumi.${stack.name}.yaml`);
    try {
        fs.writeFileSync(file, "config: {}\n");
        checkMarked(stack.name, file);
        return refused("A stack without the mark refuses drills");
    } catch (error) {
        return refused("A stack without the mark refuses drills", (error as Error).message.split("\n")[0]);
    } finally {
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

/** Only a preview: where nothing were kept, nothing would be destroyed all the same. */
async function destroyed({ pulumi, signal }: Context): Promise<Want> {
    try {
        return kept(await pulumi(["destroy", "--preview-only"], patience, signal));
    } catch (error) {
        signal.throwIfAborted();
        const { message } = error as Error;
        // Whatever else failed is no refusal.
        if (!/protected/.test(message)) throw error;
        return { ...keeping, got: message, met: true };
    }
}

const keeping = { what: "`pulumi destroy` keeps the data disks", wanted: "a refusal, or every disk kept" };

/** What Pulumi writes of a disk that it would leave in the cloud ends with `[retain]`. */
export function kept(preview: string): Want {
    const disks = [...preview.matchAll(/alicloud:ecs:EcsDisk (\S+) delete(.*)$/gm)];
    const lost = disks.filter(([, , how]) => !how.includes("[retain]")).map(([, name]) => name);
    if (disks.length === 0) return { ...keeping, got: "no data disk is in the preview", met: false };
    if (lost.length > 0) return { ...keeping, got: `deleted with it: ${lost.join(", ")}`, met: false };
    return { ...keeping, got: `kept: ${disks.map(([, name]) => name).join(", ")}`, met: true };
}

function refused(what: string, words?: string): Want {
    return { what, wanted: "a refusal", got: words ?? "it was not refused", met: words !== undefined };
}
