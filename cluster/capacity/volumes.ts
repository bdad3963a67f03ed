import type { StackConfig } from "../../config";
import type { Demand } from "./ask";

/** Where the claims of the demands are: each is a data disk in one host. */
export function volumesOf({ disks }: StackConfig, demands: Demand[]): Record<string, string[]> {
    return Object.fromEntries(
        demands.flatMap(({ namespace }) => disks.data.map(({ name, host }) => [`${namespace}/${name}`, [host]])),
    );
}
