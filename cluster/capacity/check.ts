import * as pulumi from "@pulumi/pulumi";
import { ConfigurationError, type StackConfig } from "../../config";
import type { Catalog } from "../catalog";
import type { Demand } from "./ask";
import { budget, type Known } from "./budget";
import { report } from "./report";

/**
 * Shows the stack's budget.
 * @throws ConfigurationError where it is exceeded
 */
export async function checkCapacity(
    config: StackConfig,
    catalog: Catalog,
    demands: Demand[],
    known?: Known,
): Promise<void> {
    const found = budget(config, catalog, demands, known);
    if (found.uses.length > 0) await pulumi.log.info(report(found));
    for (const warning of found.warnings) await pulumi.log.warn(`capacity: ${warning}`);
    if (found.mistakes.length > 0) throw new ConfigurationError(found.mistakes);
}
