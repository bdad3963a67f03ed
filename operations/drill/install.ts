import { type Api, ask } from "../status/api";
import type { Metadata } from "../status/kinds";
import { list } from "./cluster";
import { drillLabel, deploymentsOf, type Hog, namespaceOf } from "./hog";

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

/** Applies an install in its namespace, as `helm install` would. */
export async function install(api: Api, hog: Hog): Promise<Installed> {
    const installed: Installed = { accepted: 0, refusals: [] };
    for (const deployment of deploymentsOf(hog)) {
        const path = `/apis/apps/v1/namespaces/${hog.namespace}/deployments`;
        const { status, body } = await api.request("POST", path, { body: JSON.stringify(deployment) });
        if (status < 300) {
            installed.accepted++;
            continue;
        }
        const { message } = JSON.parse(body) as { message: string };
        // The same for all of them, but for the name.
        const reason = message.replaceAll(deployment.metadata.name, "hog-…");
        if (!installed.refusals.includes(reason)) installed.refusals.push(reason);
    }
    return installed;
}

/** Namespaces that drills have made. */
export async function namespaces(api: Api): Promise<string[]> {
    const made = await list<{ metadata: Metadata }>(api, `/api/v1/namespaces?labelSelector=${drillLabel}`);
    return made.map(({ metadata }) => metadata.name);
}

/** Deletes what drills have installed. Fails while something of it is there: call it again. */
export async function uninstall(api: Api): Promise<void> {
    const left = await namespaces(api);
    await Promise.all(left.map((name) => api.request("DELETE", `/api/v1/namespaces/${name}`)));
    if (left.length > 0) throw new Error(`namespace ${left.join(", ")} is being deleted`);
}
