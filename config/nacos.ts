import { z } from "zod";
import type { Settings } from "../config";
import { memory, quantity } from "./types";

/** Settings of Nacos. */
export const nacos = z.strictObject({
    image: z.string().default("docker.io/nacos/nacos-server:v3.1.0").describe("The image, by its canonical name"),
    memory: memory.default("1Gi").describe("Memory request and limit; half of it is the heap"),
    cpu: quantity.default("250m").describe("CPU request"),
    configurations: z
        .string()
        .default("apps/nacos/configurations")
        .describe("Folder of the configurations that the stack publishes, each a file NAMESPACE/GROUP/DATAID"),
    overwrite: z.boolean().default(false).describe("Overwrite what people changed by hand"),
});

/** The database that Nacos keeps everything in, and its user. */
export const nacosDatabase = "nacos";

export function nacosMistakes({ mysql }: Pick<Settings, "mysql">): string[] {
    return mysql.databases.includes(nacosDatabase)
        ? []
        : [`mysql.databases: ${nacosDatabase} is missing; Nacos keeps its data there, add it`];
}
