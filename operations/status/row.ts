import type { Manifest } from "../backup/kind";
import type { Copies } from "./bucket";
import type { Mark, Trends } from "./marks";

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
    /** How the nodes were in the last hours: what the watermarks' own probe finds. */
    trends?: Trends;
    /** The backups that were found. */
    backups?: Manifest[];
    /** What the bucket has of them. */
    copies?: Copies;
}

/** A part of the stack. */
export interface Row {
    part: "api" | "guardrails" | "node" | "disk" | "application" | "logs" | "backup";
    name: string;
    /** Absent: the stack does not have it, or not yet. */
    state: "up" | "down" | "absent";
    /** Since when it is so. */
    since?: Date;
    uses: { memory?: Use; cpu?: Use; disk?: Use };
    probe?: Probed;
    /** Of a node or a disk: what is requested and used, against watermarks. */
    marks?: Mark[];
    /** Why it is down, or what is to be known though it is up. */
    reason?: string;
}

export const unknown = "not known: the Kubernetes API does not answer";

/** The field of a row with a reason, if there is one. */
export function reason(text: string | undefined): { reason?: string } {
    return text ? { reason: text } : {};
}

/** The same without the fields that have no value. */
export function defined<T extends object>(fields: T): T {
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
