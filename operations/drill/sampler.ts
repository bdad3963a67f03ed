import { within } from "../status/wait";
import type { Recorder } from "./record";

/** Something tried again and again while a drill runs. */
export interface Probe {
    name: string;
    /** Seconds between two tries. */
    every: number;
    /** Seconds after which a try has failed. */
    patience: number;
    /** Fails with the reason. */
    run(): Promise<void>;
}

/**
 * Tries probes by the clock until it is stopped, and takes down how each try went. A try does not wait for the one
 * before it: else a server that stands still for six seconds would count as one slow answer, not as twelve.
 */
export class Sampler {
    private readonly timers: NodeJS.Timeout[];
    private readonly running = new Set<Promise<void>>();

    constructor(
        probes: Probe[],
        private readonly recorder: Recorder,
    ) {
        this.timers = probes.map((probe) => {
            const start = () => {
                const done: Promise<void> = this.tried(probe).finally(() => this.running.delete(done));
                this.running.add(done);
            };
            start();
            return setInterval(start, probe.every * 1000);
        });
    }

    /** Returns when no try is under way any more. */
    async stop(): Promise<void> {
        this.timers.forEach((timer) => clearInterval(timer));
        await Promise.all(this.running);
    }

    private async tried({ name, patience, run }: Probe): Promise<void> {
        const at = this.recorder.now();
        const sample = (failure?: string) =>
            this.recorder.sample(name, { at, seconds: this.recorder.now() - at, ...(failure && { failure }) });
        try {
            await within(patience, run());
            sample();
        } catch (error) {
            sample((error as Error).message || "it failed");
        }
    }
}
