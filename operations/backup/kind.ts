import type { Api } from "../status/api";
import type { Shell } from "../status/ssh";
import type { Stack } from "../status/stack";

/** A kind of backup, as the commands drive it. */
export interface Kind {
    name: "etcd" | "mysql" | "nacos" | "elasticsearch";
    /** Makes one now; returns its manifest. */
    backup(context: Context, why: string): Promise<Manifest>;
    /** Newest first. */
    list(context: Context): Promise<Manifest[]>;
    /**
     * What a restore will do and what it will overwrite, a line each.
     * @throws Error saying what speaks against it: a damaged or foreign one, with the newest good one named
     */
    plan(context: Context, wanted: Wanted): Promise<string[]>;
    /** Returns what proves it, a line each. */
    restore(context: Context, wanted: Wanted): Promise<string[]>;
}

/** What is to be restored: of the newest backup, or the one named; all of it, or a part. */
export interface Wanted {
    backup?: string;
    database?: string;
    table?: string;
    id?: string;
    /** A moment, in ISO 8601, up to which what was written after the backup is played as well. */
    until?: string;
}

/** What a backup says of itself. */
export interface Manifest {
    name: string;
    kind: string;
    /** Name of the stack that it is of. */
    stack: string;
    /** When it was made, in ISO 8601. */
    at: string;
    bytes: number;
    /** Of the sealed file; absent where there is none. */
    sha256?: string;
    /** How long it took. */
    seconds: number;
    /** Schedule, by hand, before up, before restore. */
    why: string;
    /** How it was verified. */
    verified: string;
}

/** What a kind works with. */
export interface Context {
    stack: Stack;
    api: Api;
    shell: Shell;
    /** Tells whoever watches. */
    say(text: string): void;
    /** Nobody waits any more. */
    signal: AbortSignal;
}
