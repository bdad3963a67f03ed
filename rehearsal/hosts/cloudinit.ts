import { InstanceSpec } from "./hypervisor";

/**
 * The files of cloud-init's NoCloud datasource for an instance: file name to contents. Cloud-init runs its
 * per-instance modules again only when `instance-id` changes, so a restart of the same instance does not.
 */
export function seed(spec: InstanceSpec): Record<"meta-data" | "user-data", string> {
    return {
        // JSON is YAML, and needs no care for what a name or a key may hold.
        "meta-data": JSON.stringify({
            "instance-id": spec.id,
            "local-hostname": spec.hostname,
            "public-keys": spec.authorizedKeys,
        }),
        "user-data": spec.userData,
    };
}
