import { quantity } from "../../config/quantity";
import type { InstanceType } from "../catalog";

/** What an instance type has: vCPUs and GiB. */
export type Size = Pick<InstanceType, "cpuCoreCount" | "memorySize">;

/**
 * Bytes of a type's nominal memory that Linux does not show as MemTotal, which is a node's capacity.
 *
 * Reckoned from what the public repository SpareCores/sc-inspector-data (commit 804d3c7, August 2026) recorded on real
 * instances, with Alibaba Cloud's image of Ubuntu 24.04: 3499 MiB of 4 GiB (c6.large), 7271 of 8 (c6.xlarge), 7397 of 8
 * (g6.large), 15069 of 16 (c6.2xlarge), 15323 of 16 (g6.xlarge), the same in c7, g7 and u1. The hypervisor keeps some for
 * each vCPU, a crash kernel is set aside, and the kernel itself takes a part that grows with memory. Of Debian 12's image
 * nothing is recorded: without a crash kernel, a node has 256 or 384 MiB more than this. Of e-c1m4 it has 126 MiB less.
 */
export function usuallyUnseen({ cpuCoreCount, memorySize }: Size): number {
    const hypervisor = 33 + 63 * cpuCoreCount;
    const guest = memorySize * 1024 - hypervisor;
    const crashKernel = guest < 4096 ? 256 : 384;
    const kernel = 113 + guest * 0.0176;
    return Math.min(memorySize * 1024, hypervisor + crashKernel + kernel) * 2 ** 20;
}

/** An amount, or the share of `whole` that a percentage is. */
export function share(text = "0", whole: number): number {
    return text.endsWith("%") ? (whole * Number(text.slice(0, -1))) / 100 : quantity(text);
}
