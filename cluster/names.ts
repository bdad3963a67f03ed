import type { StackConfig } from "../config";

/** Name of a stack's thing in the cloud. */
export function cloudName(config: Pick<StackConfig, "stack">, name?: string): string {
    return ["test-cluster", config.stack, name].filter(Boolean).join("-");
}

/** Tags that say whose a resource is. */
export function ownTags(config: Pick<StackConfig, "stack">): Record<string, string> {
    return { project: "test-cluster", stack: config.stack };
}
