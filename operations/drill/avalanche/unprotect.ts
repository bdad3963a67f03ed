import { dump, load } from "js-yaml";
import * as fs from "node:fs";
import * as path from "node:path";
import { quote } from "../../../cluster/shell";
import type { Shell } from "../../status/ssh";
import { kubeletLibrary } from "../kubelet";

/** Seconds that a host has to take its protection away; to put it back, which is tried again where one hangs. */
const patience = { away: 90, back: 40 };

type Thresholds = Record<string, string> | undefined;

/** A kubelet's configuration without reservations that are enforced, and without eviction for want of memory. */
export function unprotected(config: string): string {
    const settings = load(config) as Record<string, Thresholds>;
    const { evictionHard, evictionSoft, evictionSoftGracePeriod, ...rest } = settings;
    delete rest.qosReserved;
    const without = (thresholds: Thresholds) =>
        Object.fromEntries(Object.entries(thresholds ?? {}).filter(([signal]) => !signal.startsWith("memory.")));
    return dump({
        ...rest,
        evictionHard: without(evictionHard),
        evictionSoft: without(evictionSoft),
        evictionSoftGracePeriod: without(evictionSoftGracePeriod),
        enforceNodeAllocatable: ["none"],
    });
}

/** Takes a host's protection away, for at most so many seconds. */
export async function unprotect(shell: Shell, host: string, atMost: number): Promise<void> {
    const config = await said(shell, host, "cat /var/lib/kubelet/config.yaml");
    const given = { UNPROTECTED: unprotected(config), RESTORE: script("restore"), AT_MOST: String(atMost) };
    const variables = Object.entries(given).map(([name, value]) => `${name}=${quote(value)}\n`);
    await said(shell, host, variables.join("") + script("unprotect"));
}

/** Puts it back. It may be there already. */
export async function restore(shell: Shell, host: string): Promise<void> {
    await said(shell, host, script("restore"), patience.back);
}

function script(name: string): string {
    return kubeletLibrary + fs.readFileSync(path.join(__dirname, `${name}.sh`), "utf8");
}

async function said(shell: Shell, host: string, text: string, seconds = patience.away): Promise<string> {
    const { stdout, failure } = await shell.run(host, text, seconds);
    if (failure) throw new Error(`${host}: ${failure}`);
    return stdout;
}
