import type { Host, StackConfig } from "../../config";
import { quantity } from "../../config/quantity";
import type { Catalog } from "../catalog";
import { kubeletOf } from "../kubeadm";
import { labelsOf, taintsOf } from "../labels";
import type { Amounts, Node } from "../scheduler/types";
import { share, usuallyUnseen, type Size } from "./unseen";

/** The kubelet's own default of maxPods. */
const maxPods = 110;

/** Of an ext4 file system, a 64th is inode tables (mke2fs: an inode of 256 bytes for every 16 KiB). */
const inodes = 1 / 64;

/** A host's node: what its kubelet will find there, and what it will offer to pods. */
export function nodeOf(config: StackConfig, host: Host, size: Size): Node {
    const settings = kubeletOf(config, host);
    const pods = settings.maxPods ?? maxPods;
    const nominal = size.memorySize * 2 ** 30;
    const unseen = config.capacity.unseenMemory;
    const disk = host.systemDiskGiB * 2 ** 30;
    const capacity = {
        cpu: size.cpuCoreCount * 1000,
        memory: Math.floor(nominal - (unseen === undefined ? usuallyUnseen(size) : share(unseen, nominal))),
        storage: Math.floor(disk - disk * inodes),
        pods,
    };
    // A soft threshold takes nothing away, nor does that of a file system for images.
    const threshold = {
        memory: settings.evictionHard["memory.available"],
        storage: settings.evictionHard["nodefs.available"],
    };
    const kept = [settings.kubeReserved, settings.systemReserved].map(reserved);
    const left = (of: keyof Amounts, eviction = 0) =>
        Math.max(0, Math.floor(capacity[of] - kept.reduce((sum, amounts) => sum + amounts[of], eviction)));
    return {
        name: host.name,
        labels: {
            "kubernetes.io/hostname": host.name,
            "kubernetes.io/os": "linux",
            ...Object.fromEntries(labelsOf(config, host).map((label) => [label, ""])),
        },
        taints: taintsOf(host),
        capacity,
        allocatable: {
            cpu: left("cpu"),
            memory: left("memory", share(threshold.memory, capacity.memory)),
            storage: left("storage", share(threshold.storage, capacity.storage)),
            pods,
        },
    };
}

/**
 * What a host's type has. One that runs may be of a type that its zone no longer sells: then by the size that the host
 * was chosen by, or by the type's name; undefined where that says nothing.
 */
export function sizeOf(
    host: Host,
    { instanceTypes, types }: Pick<Catalog, "instanceTypes" | "types">,
): Size | undefined {
    const id = instanceTypes[host.name];
    const { cpus, memoryGiB } = host;
    const named = cpus && memoryGiB ? { cpuCoreCount: cpus, memorySize: memoryGiB } : byName(id);
    return types.find((type) => type.id === id) ?? named;
}

/** GiB for a vCPU in families of one ratio, by the letters that their names begin with. */
const ratios: Record<string, number> = { c: 2, g: 4, r: 8 };

/** ecs.c6.xlarge: the ratio's letter, the generation, and 2 vCPUs for large, 4 for xlarge, 4 n for nxlarge. */
function byName(id: string): Size | undefined {
    const [, ratio, times, x] = /^ecs\.([cgr])\d+[a-z]*\.(\d*)(x?)large$/.exec(id) ?? [];
    if (!ratio) return undefined;
    const cpuCoreCount = x ? 4 * Number(times || 1) : 2;
    return { cpuCoreCount, memorySize: cpuCoreCount * ratios[ratio] };
}

function reserved(amounts: Record<string, string> = {}): Amounts {
    const { cpu = "0", memory = "0", "ephemeral-storage": storage = "0" } = amounts;
    return { cpu: Math.round(quantity(cpu) * 1000), memory: quantity(memory), storage: quantity(storage) };
}
