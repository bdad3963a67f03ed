import * as fs from "node:fs";

/** One resource's step, as the engine tells of it. */
export interface Change {
    op: string;
    urn: string;
    type: string;
}

/** A line of the log that `pulumi --event-log FILE` writes: before a step, or after one that succeeded. */
export interface EngineEvent {
    /** Seconds since the epoch. */
    timestamp: number;
    resourcePreEvent?: { metadata: Change };
    resOutputsEvent?: { metadata: Change };
}

/** The engine's events; none where it wrote no log. */
export function engineEvents(file: string): EngineEvent[] {
    if (!fs.existsSync(file)) return [];
    const lines = fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
    return lines.map((line) => JSON.parse(line) as EngineEvent);
}

/** The steps that change something: all that were begun but those that only look. */
export function changesIn(events: EngineEvent[]): Change[] {
    return events
        .flatMap(({ resourcePreEvent: event }) => event?.metadata ?? [])
        .filter(({ op }) => !["same", "read", "refresh"].includes(op));
}
