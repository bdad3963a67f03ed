import type { Stack } from "../../status/stack";
import type { Context } from "../drill";
import type { Watch } from "../watch";

/** What a fault's functions work with. */
export interface Scene {
    context: Context;
    watch: Watch;
    /** The host that it is done to; empty where the fault has no choice of hosts. */
    host: string;
    /** How it was before, for faults that compare. */
    was?: string;
    /** Nobody waits any more; absent where what was broken is put back whoever waits. */
    signal?: AbortSignal;
}

/** Seconds that a fault may last. */
export interface Goals {
    /** Until it is noticed; when it is not said, it may pass unnoticed. */
    notice?: number;
    /** From the repair's begin, or from the fault's where it mends itself, until all is as before. */
    repair: number;
    /** From the fault's begin until a probe answers for good, by the probe's name. */
    back?: Record<string, number>;
}

/** Something broken through the cloud's or the cluster's own interface, and how it is whole again. */
export interface Fault {
    name: string;
    what: string;
    goals: Goals;
    /** The hosts that it can be done to, the usual one first. */
    hosts?(stack: Stack): string[];
    /** What a stack lacks that it can't be done without; absent where any will do. */
    lacks?(stack: Stack): string | undefined;
    destructive?: "whole cluster";
    /** Kinds of known data that go with it, and why: all others have to stay. */
    takes?: Record<string, string>;
    /** Whose pods of the data tier have to stay as they are: those on other hosts, or all. */
    spares?: "other hosts" | "all";
    /** Makes what it needs, such as a backup, while all is well: its time does not count. */
    prepare?(scene: Scene): Promise<void>;
    /** Breaks it. Half of it may be done when it fails. */
    break(scene: Scene): Promise<void>;
    /** What tells of it, in a line; nothing while nothing does. When it is not said: whatever is not as it was before. */
    noticed?(scene: Scene): Promise<string | undefined>;
    /** Absent where it must mend itself. */
    repair?: {
        /** The command. */
        what: string;
        run(scene: Scene): Promise<void>;
    };
    /** What is still not as before, of what the watch does not see. */
    missing?(scene: Scene): Promise<string | undefined>;
    /** Puts back what is broken when neither it nor its repair did; the repair once more when it is not said. */
    putBack?(scene: Scene): Promise<void>;
}
