import type { Deployment, Registered } from "./engine";

/** The URNs of all that is made before a resource: what it and its parents depend on, and what those do. */
export function madeBefore(deployment: Deployment, resource: Registered): Set<string> {
    const found = new Set<string>();
    const follow = (urn: string) => {
        if (found.has(urn)) return;
        found.add(urn);
        const next = deployment.resources.find((candidate) => candidate.urn === urn);
        if (next) [...next.dependencies, next.parent].forEach(follow);
    };
    [...resource.dependencies, resource.parent].forEach(follow);
    return found;
}
