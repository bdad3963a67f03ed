import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { capacity } from "../../config/capacity";
import type { Marks } from "./verdict";

const prefix = "test-cluster:";

/** Where a stack's configuration is. */
export function stackFile(stack: string): string {
    return path.resolve(__dirname, "../..", `Pulumi.${stack}.yaml`);
}

/** The keys of a stack's file, as they stand there; undefined where there is no such file. */
export function stackKeys(stack: string): Record<string, unknown> | undefined {
    const file = stackFile(stack);
    if (!fs.existsSync(file)) return undefined;
    return (load(fs.readFileSync(file, "utf8")) as { config?: Record<string, unknown> }).config ?? {};
}

/** The project's own settings among them. */
export function ownSettings(keys: Record<string, unknown>): Record<string, unknown> {
    const own = Object.entries(keys).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** How much of a node a stack's settings let be asked for. */
export function marksOf(keys: Record<string, unknown> = {}): Marks {
    const { requests, limits } = capacity.parse(ownSettings(keys).capacity ?? {}).watermarks;
    return { requests: requests / 100, limits: limits / 100 };
}
