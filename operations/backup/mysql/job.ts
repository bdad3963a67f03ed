import { ask } from "../../status/api";
import { waitFor } from "../../status/wait";
import type { Context } from "../kind";

const jobs = "/apis/batch/v1/namespaces/mysql/jobs";
const template = "/apis/batch/v1/namespaces/mysql/cronjobs/mysql-backup";
const pods = "/api/v1/namespaces/mysql/pods";

/** Seconds that a Job may take, and after which a Job that is done is forgotten. */
const patience = 3600;

interface Container {
    command: string[];
    env: { name: string; value: string }[];
}

interface JobSpec {
    ttlSecondsAfterFinished?: number;
    template: { spec: { containers: Container[] } };
}

/** The spec of the backups by the clock, with another script and with other variables. */
export function changed(spec: JobSpec, script: string, given: Record<string, string>): JobSpec {
    const [container] = spec.template.spec.containers;
    const kept = container.env.filter(({ name }) => given[name] === undefined);
    const env = [...kept, ...Object.entries(given).map(([name, value]) => ({ name, value }))];
    const containers = [{ ...container, command: ["/bin/bash", `/scripts/${script}`], env }];
    const { spec: pod } = spec.template;
    return {
        ...spec,
        ttlSecondsAfterFinished: patience,
        template: { ...spec.template, spec: { ...pod, containers } },
    };
}

/**
 * Runs a script of `apps/mysql/scripts` in a pod as the backups by the clock have it. Returns what it printed.
 * @throws Error with the script's last words when it fails
 */
export async function runJob(
    { api, say, signal }: Context,
    script: string,
    given: Record<string, string>,
): Promise<string> {
    const { spec } = await ask<{ spec: { jobTemplate: { spec: JobSpec } } }>(api, "GET", template);
    const body = JSON.stringify({
        apiVersion: "batch/v1",
        kind: "Job",
        metadata: { generateName: `mysql-${script.replace(".sh", "")}-` },
        spec: changed(spec.jobTemplate.spec, script, given),
    });
    const { metadata } = await ask<{ metadata: { name: string } }>(api, "POST", jobs, { body });
    const { name } = metadata;
    say(`Job ${name} of namespace mysql works; its log: kubectl -n mysql logs job/${name}`);
    interface Status {
        status?: { conditions?: { type: string; status: string; message?: string }[] };
    }
    let ended: { type: string; message?: string } | undefined;
    const done = async () => {
        const { status } = await ask<Status>(api, "GET", `${jobs}/${name}`);
        ended = status?.conditions?.find((one) => ["Complete", "Failed"].includes(one.type) && one.status === "True");
        return ended !== undefined;
    };
    try {
        await waitFor(done, patience, `Job ${name} was not done`, signal);
    } catch (error) {
        if (signal.aborted) say(`Job ${name} goes on to its end; to stop it: kubectl -n mysql delete job ${name}`);
        throw error;
    }
    const printed = await logOf(api, name);
    if (ended!.type === "Complete") return printed;
    const words = printed.trim().split("\n").slice(-3).join("; ");
    throw new Error(words || `Job ${name} failed: ${ended!.message ?? "it says no reason"}`);
}

/** The log of the Job's one pod; nothing where no pod of it has come to run. */
async function logOf(api: Context["api"], job: string): Promise<string> {
    const selector = `labelSelector=${encodeURIComponent(`batch.kubernetes.io/job-name=${job}`)}`;
    const { items } = await ask<{ items: { metadata: { name: string } }[] }>(api, "GET", `${pods}?${selector}`);
    if (items.length === 0) return "";
    const { status, body } = await api.request("GET", `${pods}/${items[0].metadata.name}/log`);
    return status < 300 ? body : "";
}
