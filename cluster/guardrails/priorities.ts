import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { tiers } from "./tiers";

/** The tiers as Kubernetes knows them. */
export function priorityClasses(opts: pulumi.CustomResourceOptions): kubernetes.scheduling.v1.PriorityClass[] {
    return Object.entries(tiers).map(
        ([name, tier]) => new kubernetes.scheduling.v1.PriorityClass(name, { metadata: { name }, ...tier }, opts),
    );
}
