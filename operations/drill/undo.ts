import { within } from "../status/wait";

interface Step {
    what: string;
    seconds: number;
    run(): Promise<void>;
}

/** What a drill has to put back, last first, whatever becomes of the drill. */
export class Undo {
    private readonly steps: Step[] = [];

    constructor(private readonly pause = 2000) {}

    /** Call it before the thing is done: half done has to be undone too. `run` may be called several times. */
    later(what: string, seconds: number, run: () => Promise<void>): void {
        this.steps.push({ what, seconds, run });
    }

    /** Puts everything back, trying each step until its time is over; returns what could not be. */
    async all(): Promise<string[]> {
        const failures: string[] = [];
        for (let step = this.steps.pop(); step; step = this.steps.pop()) {
            const failure = await this.tried(step);
            if (failure) failures.push(`${step.what}: ${failure}`);
        }
        return failures;
    }

    private async tried({ seconds, run }: Step): Promise<string | undefined> {
        const deadline = Date.now() + seconds * 1000;
        for (;;) {
            try {
                await within(Math.max(1, (deadline - Date.now()) / 1000), run());
                return undefined;
            } catch (error) {
                // The cluster may be down still, from what the drill did to it.
                if (Date.now() + this.pause > deadline) return (error as Error).message;
                await new Promise((resolve) => setTimeout(resolve, this.pause));
            }
        }
    }
}
