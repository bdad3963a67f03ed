import { waitFor } from "../../status/wait";
import type { Context } from "../drill";
import { uninstall } from "./install";
import { refuseAgain } from "./protections";
import { all } from "./repair";
import { restore } from "./unprotect";

/** Seconds that what was installed has to be gone. */
const patience = 300;

/**
 * Puts back what an earlier run, ended too early, could not.
 * @throws Error when it is not so within 300 s
 */
export async function tidy({
    api,
    shell,
    stack,
    say,
    signal,
}: Pick<Context, "api" | "shell" | "stack" | "say" | "signal">): Promise<void> {
    await all([refuseAgain(api), ...stack.access.hosts.map(({ name }) => restore(shell, name))]);
    const left = async () =>
        uninstall(api).then(
            () => true,
            (error: Error) => (say(error.message), false),
        );
    await waitFor(left, patience, "what an earlier drill installed is not gone", signal);
}
