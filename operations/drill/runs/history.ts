import * as fs from "node:fs";
import * as path from "node:path";
import { type DrillRecord, type Outcome, passed } from "../record";

/** A drill that was run, as a line of the history has it: seconds and counts, null where they can't be told. */
export interface Entry {
    drill: string;
    stack: string;
    host: string | null;
    /** ISO 8601, UTC. */
    began: string;
    notice: number | null;
    repair: number | null;
    lost: number | null;
    passed: boolean;
}

/** What the history keeps of a drill. */
export function entryOf(record: DrillRecord): Entry {
    const { drill, stack, host = null, began, outcome = {} } = record;
    const { notice = null, repair = null, lost = null } = outcome;
    return { drill, stack, host, began, notice, repair, lost, passed: passed(record) };
}

/** Drills that were run, a line of JSON each. */
export class History {
    private readonly file: string;

    constructor(folder: string) {
        this.file = path.join(folder, "history.jsonl");
    }

    append(record: DrillRecord): void {
        fs.mkdirSync(path.dirname(this.file), { recursive: true });
        // A run that was killed may have left a line without its end.
        const begun = /[^\n]$/.test(this.text()) ? "\n" : "";
        fs.appendFileSync(this.file, `${begun}${JSON.stringify(entryOf(record))}\n`);
    }

    /** How a drill went the last time on a stack, if it came so far as to be repaired. */
    last(drill: string, stack: string): Outcome | undefined {
        const found = this.entries().findLast((entry) => {
            return entry.drill === drill && entry.stack === stack && entry.repair !== null;
        });
        if (!found) return undefined;
        const { notice, repair, lost } = found;
        return { notice: notice ?? undefined, repair: repair ?? undefined, lost: lost ?? undefined };
    }

    private entries(): Entry[] {
        return this.text()
            .split("\n")
            .flatMap((line) => {
                try {
                    return [JSON.parse(line) as Entry];
                } catch {
                    // The end of the file, or a line that was not written whole.
                    return [];
                }
            });
    }

    private text(): string {
        return fs.existsSync(this.file) ? fs.readFileSync(this.file, "utf8") : "";
    }
}
