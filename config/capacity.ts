import { z } from "zod";
import { quantity } from "./types";

/** Settings of the budget: what nodes give, and how much of it may be asked for. */
export const capacity = z.strictObject({
    unseenMemory: quantity
        .optional()
        .describe(
            "How much of a type's nominal memory its hosts' kernel does not show, as a share or an amount; left out, " +
                "it is reckoned from what was measured on such types",
        ),
    watermarks: z
        .strictObject({
            requests: z
                .number()
                .int()
                .min(1)
                .max(100)
                .default(85)
                .describe("The most that may be requested of a node, % of what it gives"),
            limits: z
                .number()
                .int()
                .min(1)
                .max(1000)
                .default(150)
                .describe("The most that memory limits on a node may add up to, % of what it gives"),
            used: z
                .number()
                .int()
                .min(1)
                .max(100)
                .default(85)
                .describe(
                    "The most that may really be used of a node's memory, or of a disk, before people are told, %",
                ),
        })
        .prefault({}),
});
