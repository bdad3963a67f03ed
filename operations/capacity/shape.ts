import { z } from "zod";
import { quantity } from "../../config/quantity";
import type { PodSpec } from "../../cluster/scheduler/types";

/** What must be right in a manifest for its pods to be reckoned; everything else of it passes as it is. */

const amount = z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((text) => quantity(text) >= 0, { error: ({ input }) => `${JSON.stringify(input)} is no quantity` });

const amounts = z
    .record(z.string(), amount)
    .nullish()
    .transform((all) => all ?? {});

const resources = z
    .looseObject({ requests: amounts, limits: amounts })
    .nullish()
    .transform((all) => all ?? undefined);

const container = z.looseObject({
    name: z.string(),
    image: z.string().optional(),
    resources,
    restartPolicy: z.string().optional(),
});

/** What charts leave empty is as if it were not there. */
const list = <T extends z.ZodType>(of: T) =>
    z
        .array(of)
        .nullish()
        .transform((all) => all ?? undefined);
const object = z
    .looseObject({})
    .nullish()
    .transform((all) => all ?? undefined);
const labels = z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
    .nullish()
    .transform((all) => all ?? {});

const podSpec = z
    .looseObject({
        containers: z.array(container).min(1, "a pod needs a container"),
        initContainers: list(container),
        overhead: amounts.optional(),
        resources: resources.optional(),
        nodeSelector: labels.optional(),
        affinity: object,
        tolerations: list(z.looseObject({})),
        volumes: list(z.looseObject({})),
    })
    .transform((spec) => spec as unknown as PodSpec);

const metadata = z.looseObject({
    name: z.string().optional(),
    generateName: z.string().optional(),
    namespace: z.string().optional(),
    labels,
    annotations: labels,
});

const count = z
    .number()
    .int()
    .min(0)
    .nullish()
    .transform((number) => number ?? undefined);

const template = z.looseObject({ metadata: metadata.optional(), spec: podSpec });

/** Any object of Kubernetes. */
export const anyObject = z.looseObject({
    apiVersion: z.string(),
    kind: z.string(),
    metadata: metadata.default({ labels: {}, annotations: {} }),
});

export type AnyObject = z.infer<typeof anyObject>;

export const pod = z.looseObject({ spec: podSpec });
/** A Deployment, StatefulSet, ReplicaSet, ReplicationController or DaemonSet. */
export const replicated = z.looseObject({ spec: z.looseObject({ replicas: count, template }) });
const jobSpec = z.looseObject({ parallelism: count, completions: count, template });
export const job = z.looseObject({ spec: jobSpec });
export const cronJob = z.looseObject({
    spec: z.looseObject({
        concurrencyPolicy: z.string().optional(),
        jobTemplate: z.looseObject({ spec: jobSpec }),
    }),
});
export const autoscaler = z.looseObject({
    metadata,
    spec: z.looseObject({
        minReplicas: count,
        maxReplicas: z.number().int(),
        scaleTargetRef: z.looseObject({ kind: z.string(), name: z.string() }),
    }),
});
export const priorityClass = z.looseObject({
    metadata: metadata.extend({ name: z.string() }),
    value: z.number().int(),
    globalDefault: z.boolean().optional(),
});
