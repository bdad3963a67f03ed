import { engineEvents } from "./events";

/** Where the time of a `pulumi up` went: seconds by phase, from the engine's event log. */
export interface Phase {
    name: string;
    seconds: number;
}

/** The resource whose completion ends a phase, by its URN. */
const ends: [name: string, resource: RegExp][] = [
    ["network, disks and hosts created", /ecs\/instance:Instance::/],
    ["first boot of the hosts", /remote:Command::[a-z0-9-]+-prepared$/],
    ["control plane", /remote:Command::control-plane$/],
    ["workers joined", /remote:Command::[a-z0-9-]+-join$/],
    ["system pods Ready", /remote:Command::system-ready$/],
    ["applications Ready", /remote:Command::applications-ready$/],
];

/** Reads the log that `pulumi up --event-log FILE` wrote. Phases that did nothing are left out. */
export function phases(file: string): Phase[] {
    const events = engineEvents(file);
    let last = events[0]?.timestamp ?? 0;
    const found: Phase[] = [];
    for (const [name, resource] of ends) {
        const done = events
            .filter(
                ({ resOutputsEvent: event }) =>
                    event && event.metadata.op !== "same" && resource.test(event.metadata.urn),
            )
            .map((event) => event.timestamp);
        if (done.length === 0) continue;
        // Phases overlap (MySQL starts beside the system pods): what counts is how much longer each took.
        const end = Math.max(...done);
        found.push({ name, seconds: Math.max(0, end - last) });
        last = Math.max(last, end);
    }
    return found;
}
