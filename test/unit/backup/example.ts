import type { Context, Kind, Manifest, Wanted } from "../../../operations/backup/kind";
import type { Api } from "../../../operations/status/api";
import { ago, stack, StandInApi, StandInShell } from "../status/standins";

/** A backup of `minutes` ago. */
export function manifest(name: string, minutes: number, fields: Partial<Manifest> = {}): Manifest {
    return {
        ...{ name, kind: "mysql", stack: "local", at: ago(minutes).toISOString(), bytes: 3_250_000, seconds: 2.1 },
        ...{ why: "schedule", verified: "12 tables", ...fields },
    };
}

/** A context that remembers what was said. */
export function context(shell = new StandInShell({}), api: Api = new StandInApi({})) {
    const said: string[] = [];
    const end = new AbortController();
    const made: Context = {
        ...{ stack: stack(), api, shell, signal: end.signal },
        say: (text) => said.push(text),
    };
    return { context: made, said, end };
}

/** A kind that keeps nothing but what was done with it, and fails where it is told to. */
export class StandInKind implements Kind {
    readonly name = "mysql";
    readonly calls: [string, unknown][] = [];

    constructor(
        readonly backups: Manifest[],
        readonly fails: Partial<Record<"backup" | "list" | "plan" | "restore", string>> = {},
    ) {}

    private called(what: keyof typeof this.fails, given: unknown): void {
        this.calls.push([what, given]);
        if (this.fails[what] !== undefined) throw new Error(this.fails[what]);
    }

    async backup(_: Context, why: string): Promise<Manifest> {
        this.called("backup", why);
        const made = manifest("mysql-new", 0, { why });
        this.backups.unshift(made);
        return made;
    }

    async list(): Promise<Manifest[]> {
        this.called("list", undefined);
        return this.backups;
    }

    async plan(_: Context, wanted: Wanted): Promise<string[]> {
        this.called("plan", wanted.backup);
        return ["everything is overwritten"];
    }

    async restore(_: Context, wanted: Wanted): Promise<string[]> {
        this.called("restore", wanted.backup);
        return ["12 tables are equal"];
    }
}
