import type { StackConfig } from "../../config";
import { claimOf, foldersOf } from "../storage";
import type { Demand } from "./ask";

/** Where the claims of the demands are: each is a data disk in one host, or a folder of one. */
export function volumesOf(config: StackConfig, demands: Demand[]): Record<string, string[]> {
    const claims = config.disks.data.flatMap(({ name, host }) => {
        const folders = foldersOf(config, name).map((folder) => claimOf(name, folder));
        return [name, ...folders].map((claim) => ({ claim, host }));
    });
    return Object.fromEntries(
        demands.flatMap(({ namespace }) => claims.map(({ claim, host }) => [`${namespace}/${claim}`, [host]])),
    );
}
