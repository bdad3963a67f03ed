import { z } from "zod";
import { memory, quantity } from "./types";

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
    memory: memory
        .default("512Mi")
        .describe("Memory request and limit of MySQL's backup, which restores each dump into a server of its own"),
    cpu: quantity.default("50m").describe("CPU request of MySQL's backup"),
});
