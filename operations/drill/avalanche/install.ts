import { type Api, ask } from "../../status/api";
import type { Metadata, Pod } from "../../status/kinds";
import { applications } from "../../status/probes";
import { list } from "../cluster";
import type { Context } from "../drill";
import { drillLabel, deploymentsOf, type Hog, namespaceOf } from "./hog";

export const namespace = "drill-avalanche";
/** Seconds after which the install, and what was taken away for it, has ended by itself. */
export const atMost = 600;

/**
 * As much in each second as fills a worker within half a minute, two within a minute or so; in few pods, since in a region
 * all hosts have one machine's cores, and it is to be short of memory, not of time for pages and for starting containers.
 */
export function hogOf({ flags }: Context, pods: Pod[]): Hog {
    const node = flags.has("one-worker") ? pods.find(isOf(applications.MySQL))?.spec.nodeName : undefined;
    const until = Math.floor(Date.now() / 1000) + atMost;
    const size = { deployments: 4, replicas: 2, rate: 24 * 2 ** 20 };
    return { namespace, image: image(pods), ...size, until, node, burstable: flags.has("burstable") };
}

/** Filebeat's, which every node has; else MySQL's. */
function image(pods: Pod[]): string {
    const found = pods.find(isOf(applications.Filebeat)) ?? pods.find(isOf(applications.MySQL));
    if (!found) throw new Error("no pod of Filebeat or MySQL was seen, whose image the install could use");
    return found.spec.containers[0].image!;
}

/** Whether a pod is of a workload, `namespace/name`. */
function isOf(id: string): (pod: Pod) => boolean {
    return ({ metadata }) => `${metadata.namespace}/${metadata.name}`.startsWith(`${id}-`);
}

/** What the Kubernetes API said to each deployment of an install. */
export interface Installed {
    accepted: number;
    /** Why it refused, each reason once. */
    refusals: string[];
}

/** Makes the install's namespace, with the guardrails in it or without. */
export async function makeNamespace(api: Api, name: string, off: boolean): Promise<void> {
    await ask(api, "POST", "/api/v1/namespaces", { body: JSON.stringify(namespaceOf(name, off)) });
}

/**
 * Applies an install in its namespace, as `helm install` would.
 * @param seconds how long a refusal is not believed: admission learns a moment late of what has just been changed
 */
export async function install(api: Api, hog: Hog, seconds = 0): Promise<Installed> {
    const deadline = Date.now() + seconds * 1000;
    const path = `/apis/apps/v1/namespaces/${hog.namespace}/deployments`;
    const installed: Installed = { accepted: 0, refusals: [] };
    for (const deployment of deploymentsOf(hog)) {
        const post = () => api.request("POST", path, { body: JSON.stringify(deployment) });
        let answer = await post();
        while (answer.status >= 300 && Date.now() < deadline) {
            await new Promise((resolve) => setTimeout(resolve, 250));
            answer = await post();
        }
        if (answer.status < 300) {
            installed.accepted++;
            continue;
        }
        const { message } = JSON.parse(answer.body) as { message: string };
        // The same for all of them, but for the name.
        const reason = message.replaceAll(deployment.metadata.name, "hog-…");
        if (!installed.refusals.includes(reason)) installed.refusals.push(reason);
    }
    return installed;
}

/** Namespaces that drills have made: by label and name, since anybody may have copied a label. */
async function namespaces(api: Api): Promise<string[]> {
    const made = await list<{ metadata: Metadata }>(api, `/api/v1/namespaces?labelSelector=${drillLabel}`);
    return made.map(({ metadata }) => metadata.name).filter((name) => name.startsWith("drill-"));
}

/** Deletes what drills have installed. Fails while something of it is there: call it again. */
export async function uninstall(api: Api): Promise<void> {
    const left = await namespaces(api);
    await Promise.all(left.map((name) => api.request("DELETE", `/api/v1/namespaces/${name}`)));
    if (left.length > 0) throw new Error(`namespace ${left.join(", ")} is being deleted`);
}
