/** How much is used, and of how much: bytes, or cores of CPU. */
export interface Use {
    used: number;
    /** Absent where there is no limit. */
    of?: number;
}

/** Something tried from end to end. */
export interface Probed {
    /** What was done. */
    what: string;
    /** How long it took; absent when it failed, or has not come to its end yet. */
    seconds?: number;
    failure?: string;
}

/** A part of the stack. */
export interface Row {
    part: "api" | "guardrails" | "node" | "disk" | "application" | "logs";
    name: string;
    /** Absent: the stack does not have it. */
    state: "up" | "down" | "absent";
    /** Since when it is so. */
    since?: Date;
    uses: { memory?: Use; cpu?: Use; disk?: Use };
    probe?: Probed;
    /** Why it is down, or what is to be known though it is up. */
    reason?: string;
}
