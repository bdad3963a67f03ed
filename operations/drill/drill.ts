import type { Cloud } from "../cloud";
import type { Api } from "../status/api";
import type { Shell } from "../status/ssh";
import type { Stack } from "../status/stack";
import type { Recorder, Want } from "./record";
import type { Sql } from "./rows";
import type { Undo } from "./undo";

/** What a drill works with. */
export interface Context {
    stack: Stack;
    api: Api;
    shell: Shell;
    cloud: Cloud;
    /**
     * Runs `pulumi` on the stack, its words shown as they come. Returns them.
     * @param signal ends it as Ctrl-C would
     * @param heard gets each line of its words; `true` kills it there
     * @throws Error with its last words when it fails, or has not come to its end within `seconds`; Killed
     */
    pulumi(args: string[], seconds: number, signal?: AbortSignal, heard?: (line: string) => boolean): Promise<string>;
    /**
     * Reads the stack's state anew: after `pulumi up`, hosts may have other addresses and the cluster another key. Where
     * there is no cluster yet, only the cloud knows of what is new.
     */
    reread(): Promise<void>;
    /** The host that was asked for; the drill's own choice when none was. */
    host?: string;
    /** Opens a way to what serves in the cluster, at `host:port`, that does not lead through the Kubernetes API. */
    reach(addresses: { mysql: string; nacos: string }): Promise<Services>;
    /** Lets seconds pass; fails when nobody waits any more. */
    rest(seconds: number): Promise<void>;
    recorder: Recorder;
    undo: Undo;
    /** Nobody waits any more. */
    signal: AbortSignal;
    /** Phases are as short as they can be. */
    short: boolean;
    /** Of the drill's own flags, those that were given. */
    flags: Set<string>;
    /** Tells whoever watches. */
    say(text: string): void;
}

/** What serves in the cluster, as its clients have it. */
export interface Services {
    /** MySQL for the drill's own user, whose password this is. */
    sql(password: string): Sql;
    nacos: Api;
    close(): void;
}

/** A fault, and the proof that it was held or repaired. A file each. */
export interface Drill {
    name: string;
    what: string;
    /** Flags that it alone has, and what they mean. */
    flags: Record<string, string>;
    /** The hosts of a stack that it can be done to, the usual one first; absent where there is nothing to choose. */
    hosts?(stack: Stack): string[];
    /** What a stack lacks that it can't be done without; absent where any will do. */
    lacks?(stack: Stack): string | undefined;
    /** It takes down more than one part of the stack, so it goes last where several are run. */
    destructive?: "whole cluster";
    /**
     * Returns how its goals were met. Whatever it does to the stack it says to `context.undo` before.
     * @throws Error when it can't be told, as when the stack is not well before
     */
    run(context: Context): Promise<Want[]>;
}
