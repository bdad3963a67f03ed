/** What a drill saw: plain data, from which the verdict and the report are made. Times are seconds since it began. */

/** One try of a probe. */
export interface Sample {
    at: number;
    /** How long it took, or how long it was waited for. */
    seconds: number;
    failure?: string;
}

export interface Phase {
    name: string;
    what: string;
    /** Whether something is broken in it. */
    fault: boolean;
    from: number;
    to: number;
}

/** Something that the cluster said. */
export interface Message {
    at: number;
    from: string;
    text: string;
    /** How often it was said. */
    count: number;
}

/** Bytes used on a host, and in all. */
export interface MemorySample {
    at: number;
    used: number;
    of: number;
}

/** A goal, and how it was met. */
export interface Want {
    what: string;
    wanted: string;
    got: string;
    met: boolean;
    /** What was wanted came, and after its time. */
    late?: boolean;
}

/** How long a fault lasted, and what it took with it. */
export interface Outcome {
    /** Seconds until it was noticed. */
    notice?: number;
    /** Seconds from the repair's begin, or from the fault's where it mends itself, until all was as before. */
    repair?: number;
    /** Pieces of known data that were taken, and are missing or other than they were; absent where it can't be told. */
    lost?: number;
    taken?: number;
    /** What the seconds may be. */
    goals?: { notice?: number; repair: number };
}

export interface DrillRecord {
    drill: string;
    what: string;
    stack: string;
    /** ISO 8601, UTC. */
    began: string;
    seconds: number;
    phases: Phase[];
    /** By the name of the probe. */
    samples: Record<string, Sample[]>;
    /** By host. */
    memory: Record<string, MemorySample[]>;
    messages: Message[];
    wants: Want[];
    /** What is to be known beside: times, counts. */
    facts: { name: string; value: string }[];
    /** The host that a fault was done to. */
    host?: string;
    /** Of a fault that is repaired, or mends itself. */
    outcome?: Outcome;
    /** How it went the last time on this stack. */
    last?: Outcome;
    /** Why it did not come to its end. */
    broken?: string;
}

/** Whether the drill came to its end and every want was met. */
export function passed({ broken, wants }: DrillRecord): boolean {
    return broken === undefined && wants.every(({ met }) => met);
}

/** Takes down what a drill sees. */
export class Recorder {
    readonly record: DrillRecord;
    private readonly start: number;

    /** @param clock milliseconds */
    constructor(
        names: Pick<DrillRecord, "drill" | "what" | "stack">,
        private readonly clock: () => number = Date.now,
    ) {
        this.start = clock();
        this.record = {
            ...names,
            began: new Date(this.start).toISOString(),
            seconds: 0,
            phases: [],
            samples: {},
            memory: {},
            messages: [],
            wants: [],
            facts: [],
        };
    }

    now(): number {
        return (this.clock() - this.start) / 1000;
    }

    /** Ends the phase that is, and begins another. */
    phase(name: string, what: string, fault = false): Phase {
        this.end();
        const now = this.now();
        const phase = { name, what, fault, from: now, to: now };
        this.record.phases.push(phase);
        return phase;
    }

    /** Brings the last phase, and the whole, to now. */
    end(): void {
        const now = this.now();
        const last = this.record.phases.at(-1);
        if (last) last.to = now;
        this.record.seconds = now;
    }

    sample(probe: string, sample: Sample): void {
        (this.record.samples[probe] ??= []).push(sample);
    }

    memory(host: string, sample: MemorySample): void {
        (this.record.memory[host] ??= []).push(sample);
    }

    /** Takes a message down once, however often it is said; `count` is how often that is by now. */
    message(from: string, text: string, count?: number): void {
        const known = this.record.messages.find((message) => message.from === from && message.text === text);
        if (known) known.count = count ?? known.count + 1;
        else this.record.messages.push({ at: this.now(), from, text, count: count ?? 1 });
    }

    fact(name: string, value: string): void {
        this.record.facts.push({ name, value });
    }
}
