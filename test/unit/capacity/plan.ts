import { demands } from "../../../apps/demands";
import { budget, type Budget, type Known } from "../../../cluster/capacity/budget";
import type { Catalog } from "../../../cluster/catalog";
import type { StackConfig } from "../../../config";
import { stackConfig } from "../../sample";

/** Types as a zone has them: vCPUs and GiB by name. */
const sizes: Record<string, [number, number]> = {
    "ecs.c6.large": [2, 4],
    "ecs.g6.large": [2, 8],
    "ecs.c6.xlarge": [4, 8],
    "ecs.c7.xlarge": [4, 8],
    "ecs.g6.xlarge": [4, 16],
    "ecs.c6.2xlarge": [8, 16],
    "ecs.g6.2xlarge": [8, 32],
};

export const types = Object.entries(sizes).map(([id, [cpuCoreCount, memorySize]]) => ({
    id,
    cpuCoreCount,
    memorySize,
}));

/** What the cloud would say about a stack whose hosts name their types. */
export function catalogOf({ hosts }: StackConfig, has = types): Catalog {
    const instanceTypes = Object.fromEntries(hosts.map(({ name, instanceType }) => [name, instanceType!]));
    return { imageId: "image", disks: {}, instanceTypes, types: has };
}

/** The budget of the dev stack, whose hosts show 96 % of their memory, with some top-level keys changed. */
export function budgetOf(change: Record<string, unknown> = {}, known?: Known, has = types): Budget {
    const capacity = { unseenMemory: "4%", ...(change.capacity as object | undefined) };
    const config = stackConfig("dev", { ...change, capacity });
    return budget(config, catalogOf(config, has), demands(config), known);
}

/** The defaults' hosts, some of them changed. */
export function hosts(change: Record<string, object> = {}): object[] {
    return stackConfig("dev").hosts.map((host) => ({ ...host, ...change[host.name] }));
}

/** The defaults' Elasticsearch with this much memory. */
export const elasticsearch = (memory: string) => ({ elk: { elasticsearch: { memory } } });
