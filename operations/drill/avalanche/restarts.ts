import type { Context } from "../drill";
import { seconds } from "../verdict";
import { sshProbe } from "../watch";

/** Seconds without an answer over SSH, in the repair, after which a host is taken to hang. */
const silence = 60;

/** Of a drill's context, what this needs; the cloud is asked for when a host hangs. */
type Restarted = Pick<Context, "stack" | "recorder" | "say" | "cloud">;

/** Restarts through the cloud what hangs while a stack is repaired: hosts that hear nothing over SSH, each once. */
export class Restarts {
    private since = 0;
    private timer?: NodeJS.Timeout;
    private readonly ordered = new Map<string, Promise<void>>();

    constructor(private readonly context: Restarted) {}

    /** Looks every second from now on. */
    begin(): void {
        if (this.timer) return;
        this.since = this.context.recorder.now();
        this.timer = setInterval(() => this.look(), 1000);
    }

    /** Returns when no restart is under way any more. */
    async end(): Promise<void> {
        clearInterval(this.timer);
        this.timer = undefined;
        await Promise.all(this.ordered.values());
    }

    /** Restarts who has been silent for too long, by what the probes saw. */
    look(): void {
        const { stack, recorder } = this.context;
        const now = recorder.now();
        for (const { name } of stack.access.hosts) {
            const tries = recorder.record.samples[sshProbe(name)] ?? [];
            const answer = tries.findLast(({ failure }) => !failure);
            const heard = answer ? answer.at + answer.seconds : 0;
            if (tries.length === 0 || this.ordered.has(name) || now - Math.max(heard, this.since) < silence) continue;
            this.ordered.set(name, this.restart(name, now - heard));
        }
    }

    private async restart(host: string, silent: number): Promise<void> {
        const { cloud, recorder, say } = this.context;
        const deaf = `${host} heard nothing for ${seconds(silent)} and`;
        say(`${deaf} is being restarted through the cloud`);
        const told = await cloud.reboot(host, { force: true }).then(
            () => `${deaf} was restarted through the cloud`,
            (error: Error) => `${deaf} could not be restarted through the cloud: ${error.message}`,
        );
        say(told);
        recorder.message("cloud", told);
        recorder.fact("Restart", told);
    }
}
