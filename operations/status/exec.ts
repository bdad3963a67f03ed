import { script } from "./host";
import type { Shell } from "./ssh";

/** Seconds that a script in a pod has. */
const patience = 11;

/** A container of a pod, and the host that kubectl is on. */
export interface Place {
    host: string;
    namespace: string;
    pod: string;
    container: string;
}

/**
 * Runs a bash script in a pod. Returns what it printed.
 * @throws Error with the script's last words when it fails
 */
export async function inPod(shell: Shell, place: Place, text: string, patience: number): Promise<string> {
    const { host, namespace, pod, container } = place;
    const kubectl = `kubectl --namespace ${namespace} exec --stdin ${pod} --container ${container} -- bash -s`;
    const command = `timeout ${patience} ${kubectl} <<'END-OF-SCRIPT'\n${text}END-OF-SCRIPT\n`;
    const { stdout, failure } = await shell.run(host, command, patience + 1);
    if (failure) throw new Error(failure);
    return stdout;
}

/**
 * Runs a script of this folder in a pod, whose environment has the way in and the password. The script prints last how
 * many microseconds it took; returns what it printed before, and the seconds.
 * @param given variables for the script
 * @throws Error with the script's last words when it fails, or prints no time
 */
export async function exec(
    shell: Shell,
    place: Place,
    name: string,
    given: Record<string, string>,
): Promise<{ printed: string; seconds: number }> {
    const stdout = await inPod(shell, place, script(name, given), patience);
    const [, printed, time] = /^([^]*?)(\d+)\n$/.exec(stdout) ?? [];
    if (!time) throw new Error(`it printed no time: ${stdout.slice(0, 200)}`);
    return { printed, seconds: Number(time) / 1e6 };
}
