import { lookAtCluster } from "../../status/cluster";
import { waitFor } from "../../status/wait";
import { notReady } from "../cluster";
import type { Context } from "../drill";
import { Recorder } from "../record";
import { sshProbe } from "../watch";
import { uninstall } from "./install";
import { refuseAgain } from "./protections";
import { all } from "./repair";
import { Restarts } from "./restarts";
import { restore } from "./unprotect";

/** Seconds until all has to be as it was, a host that is restarted among it; that a look at a host may take. */
const patience = { all: 600, look: 6 };

/** Of a drill's context, what this needs. The cloud is asked for only where a host hangs. */
export type Tidied = Pick<Context, "api" | "shell" | "stack" | "say" | "signal" | "cloud">;

/**
 * Puts back what an earlier run, ended too early, could not, and waits until every node is Ready again. A host that hears
 * nothing for a minute is restarted through the cloud.
 * @param clock milliseconds
 * @throws Error when it is not so within 600 s
 */
export async function tidy(context: Tidied, clock?: () => number): Promise<void> {
    const { api, shell, stack, say, signal } = context;
    const hosts = stack.access.hosts.map(({ name }) => name);
    // Of its own: what is seen here is no part of a drill.
    const recorder = new Recorder({ drill: "tidy", what: "", stack: stack.name }, clock);
    const restarts = new Restarts({
        ...{ stack, recorder, say },
        get cloud() {
            return context.cloud;
        },
    });
    const look = async (host: string) => {
        const at = recorder.now();
        const { failure } = await shell.run(host, "true\n", patience.look);
        recorder.sample(sshProbe(host), { at, seconds: recorder.now() - at, failure });
        return failure;
    };
    let told: string | undefined;
    const whole = async () => {
        const deaf = (await Promise.all(hosts.map(look))).find((failure) => failure);
        // Each in any case: a host that hangs keeps the others from nothing.
        const put = all([refuseAgain(api), uninstall(api), ...hosts.map((host) => restore(shell, host))]);
        const still = await put
            .then(async () => deaf ?? notReady((await lookAtCluster(api)).nodes))
            .catch(({ message }: Error) => message);
        if (still && still !== told) say((told = still));
        return still === undefined;
    };
    restarts.begin();
    try {
        await waitFor(whole, patience.all, "", signal);
    } catch (error) {
        signal.throwIfAborted();
        throw new Error(`after ${patience.all} s it is not as before: ${told}`, { cause: error });
    } finally {
        await restarts.end();
    }
}
