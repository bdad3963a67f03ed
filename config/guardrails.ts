import { z } from "zod";
import { name } from "./types";

/** Settings of what keeps one install from taking the rest. */
export const guardrails = z.strictObject({
    systemNamespaces: z
        .array(name)
        .default([])
        .describe(
            "Namespaces beside Kubernetes' own and flannel's in which no guardrail holds, such as a storage driver's",
        ),
});
