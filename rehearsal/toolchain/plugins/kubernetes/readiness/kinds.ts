import { Manifest, textAt } from "../object";
import { Readiness } from "./readiness";
import { service } from "./services";
import { persistentVolume, persistentVolumeClaim, resourceQuota, secret } from "./storage";
import { daemonSet, deployment, job, pod, statefulSet } from "./workloads";

const minute = 60;
const workload = { timeout: 10 * minute, onRead: true };
const storage = { timeout: 5 * minute, onRead: false };

const known: Record<string, Readiness> = {
    "apps/v1/Deployment": { check: () => deployment, ...workload },
    "apps/v1/StatefulSet": { check: () => statefulSet, ...workload },
    "apps/v1/DaemonSet": { check: () => daemonSet, ...workload },
    "batch/v1/Job": { check: () => job, ...workload },
    "v1/Pod": { check: () => pod, ...workload },
    "v1/Service": { check: service, ...workload },
    "v1/PersistentVolume": { check: () => persistentVolume, ...storage },
    "v1/PersistentVolumeClaim": { check: () => persistentVolumeClaim, ...storage },
    "v1/ResourceQuota": { check: () => resourceQuota, timeout: minute, onRead: false },
    "v1/Secret": { check: () => secret, timeout: 5, onRead: false },
};

/** How to tell that an object is ready; undefined for kinds that are so once they exist. */
export function readinessOf(manifest: Manifest): Readiness | undefined {
    return known[`${textAt(manifest, "apiVersion")}/${textAt(manifest, "kind")}`];
}
