import { z } from "zod";
import { quantity } from "./types";

/** Settings of the budget: what nodes give, and how much of it may be asked for. */
export const capacity = z.strictObject({
    // The kernel's own image and page tables and the firmware's share are missing in MemTotal, which the kubelet reads.
    unseenMemory: quantity
        .default("4%")
        .describe("How much of an instance type's nominal memory the kubelet does not see, as a share or an amount"),
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
        })
        .prefault({}),
});
