import type { Api } from "../status/api";
import type { Shell } from "../status/ssh";
import type { Stack } from "../status/stack";
import type { Recorder, Want } from "./record";
import type { Undo } from "./undo";

/** What a drill works with. */
export interface Context {
    stack: Stack;
    api: Api;
    shell: Shell;
    /** The SSH client's configuration, a file. */
    sshConfig: string;
    /** A folder that goes with the drill. */
    dir: string;
    recorder: Recorder;
    undo: Undo;
    /** Nobody waits any more. */
    signal: AbortSignal;
    /** Phases are as short as they can be. */
    short: boolean;
    /** What the drill's own flags say. */
    flags: Record<string, boolean>;
    /** Tells whoever watches. */
    say(text: string): void;
}

/** A fault, and the proof that it was held or repaired. A file each. */
export interface Drill {
    name: string;
    what: string;
    /** Flags that it alone has, and what they mean. */
    flags: Record<string, string>;
    /**
     * Returns how its goals were met. Whatever it does to the stack it says to `context.undo` before.
     * @throws Error when it can't be told, as when the stack is not well before
     */
    run(context: Context): Promise<Want[]>;
}
