import { z } from "zod";
import { quantity as number } from "./quantity";

/** Kinds of values that several sections of the configuration have. */

export const name = z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,30}[a-z0-9])?$/, "must be lower-case letters, digits and dashes, as in a DNS label");
export const cidr = z.string().describe("IPv4 CIDR block");
export const version = z.string().regex(/^\d+\.\d+\.\d+$/, "must be an exact version such as 1.36.3");
export const minorVersion = z.string().regex(/^\d+\.\d+$/, "must be a minor version such as 2.2");
export const quantity = z
    .string()
    .regex(/^\d+(\.\d+)?(m|Ki|Mi|Gi|k|M|G|%)?$/, "must be a Kubernetes quantity such as 500Mi");
export const memory = z.string().regex(/^\d+(\.\d+)?(Mi|Gi)$/, "must be in Mi or Gi, such as 1Gi");

/** A quantity of memory in MiB, for what can't be written as one; rounded down. */
export function mebibytes(quantity: string): number {
    const bytes = number(quantity);
    if (Number.isNaN(bytes)) throw new Error(`${quantity} is no quantity of memory such as 500Mi`);
    return Math.floor(bytes / 2 ** 20);
}

/** Half of a quantity of memory in MiB: a JVM's heap, whose other half is for its own, threads and buffers. */
export function heapMebibytes(quantity: string): number {
    return Math.floor(mebibytes(quantity) / 2);
}
