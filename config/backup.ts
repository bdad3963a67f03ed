import { z } from "zod";
import { memory, quantity } from "./types";

/** A part of an access key. */
const word = z.string().regex(/^[\w+/=.-]+$/, "must be letters, digits and + / = . - _ alone");

/** The bucket that backups are copied to. */
const bucket = z.strictObject({
    name: z
        .string()
        .regex(
            /^[a-z0-9][-a-z0-9]{1,61}[a-z0-9]$/,
            "must be a bucket's name: 3 to 63 lower-case letters, digits and dashes, no dash first or last",
        )
        .describe("its name; the bucket is there already"),
    endpoint: z
        .string()
        .regex(
            /^https?:\/\/[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:\d+)?$/,
            "must be a URL without a path, such as https://oss-cn-hangzhou-internal.aliyuncs.com",
        )
        .optional()
        .describe("URL of the storage; left out, that of OSS in the stack's region, from inside the cloud"),
    accessKeyId: word.describe("access key of a RAM user who may list, read and write this bucket, and nothing else"),
    accessKeySecret: word.describe(
        "secret of that key: `pulumi config set --secret --path test-cluster:backup.bucket.accessKeySecret`",
    ),
});

/** Backups: what is kept, where, and for how long. */
export const backup = z.strictObject({
    disk: z.string().default("backup").describe("The data disk that backups are kept on"),
    everyMinutes: z
        .number()
        .int()
        .min(5)
        .max(60)
        .default(15)
        .describe("Minutes from one backup of etcd, and of MySQL, to the next; a divisor of 60"),
    keep: z
        .strictObject({
            hours: z.number().int().min(1).default(24).describe("hours of which the first backup is kept"),
            days: z.number().int().min(1).default(7).describe("days of which the first backup is kept"),
        })
        .prefault({})
        .describe("How long backups are kept; all of the last hour are"),
    recoverFrom: z
        .string()
        .regex(/^(newest|etcd-\d{8}T\d{6}Z)$/, "must be newest, or a backup of etcd such as etcd-20260102T030405Z")
        .optional()
        .describe(
            "The backup of etcd that a control plane begins with when its host is made; one that is there keeps its etcd. " +
                "Left out, a new control plane is a new, empty cluster",
        ),
    bucket: bucket.optional().describe("Sealed backups are copied to a bucket of OSS, too, where one is named"),
    memory: memory
        .default("512Mi")
        .describe("Memory request and limit of MySQL's backup, which restores each dump into a server of its own"),
    cpu: quantity.default("50m").describe("CPU request of MySQL's backup"),
});
