import type { DataDisk, StackConfig } from "../config";
import { cloudName } from "./names";

/** A disk as the lookup gives it. */
export interface ExistingDisk {
    diskId: string;
    diskName: string;
    size: number;
    category: string;
    zoneId: string;
    /** Empty when it is attached to none. */
    instanceId: string;
    /** The snapshot that it was made from, empty when from none; it stays when the snapshot is deleted. */
    snapshotId: string;
    /** UTC, as ISO 8601 has it. */
    creationTime: string;
}

/** A snapshot as the lookup gives it. */
export interface Snapshot {
    id: string;
    /** `progressing`, `accomplished` or `failed`. */
    status: string;
    sourceDiskId: string;
    /** GiB. */
    sourceDiskSize: string;
    /** `system` or `data`. */
    sourceDiskType: string;
}

/** What there is in the cloud of a data disk. */
export interface Found {
    /** The stack's disk; where there is none, or it is to be restored from a snapshot, one is made. */
    disk?: ExistingDisk;
    /** Disks of its name whose place another has, or takes in this run; newest first. */
    replaced: ExistingDisk[];
    /** Which of several is the stack's can't be told. */
    unclear: boolean;
}

/**
 * Finds a data disk among those of the stack. Of several the newest is the stack's, and only where it was made from the
 * snapshot that the configuration names: the others are what was replaced. A disk that comes from elsewhere is never
 * taken for the stack's.
 */
export function find(config: StackConfig, wanted: DataDisk, disks: ExistingDisk[]): Found {
    const named = disks
        .filter((disk) => disk.diskName === cloudName(config, wanted.name))
        .sort((a, b) => b.creationTime.localeCompare(a.creationTime));
    const [newest, ...older] = named;
    const { snapshot } = wanted;
    if (!newest || (!snapshot && older.length === 0)) return { disk: newest, replaced: [], unclear: false };
    if (snapshot && newest.snapshotId === snapshot) return { disk: newest, replaced: older, unclear: false };
    const foreign = older.length > 0 && !newest.snapshotId;
    const again = older.some((disk) => disk.snapshotId === snapshot);
    return { replaced: named, unclear: !snapshot || foreign || again };
}

/** Whether this run puts a disk made from a snapshot in the place of one that is there. */
export function restores({ disk, replaced }: Found): boolean {
    return !disk && replaced.length > 0;
}

/** Existing data disks must be usable as they are: they are never replaced by empty ones. */
export function diskMistakes(
    config: StackConfig,
    disks: ExistingDisk[],
    instances: { id: string; name: string }[] = [],
): string[] {
    return config.disks.data.flatMap((wanted) => {
        const found = find(config, wanted, disks);
        const at = `disks.data (${wanted.name})`;
        if (found.unclear) return [unclear(at, wanted, found.replaced)];
        const [present] = found.disk ? [found.disk] : found.replaced;
        if (!present) return [];
        return [
            ...holderMistakes(config, wanted, present, instances),
            ...(found.disk ? fitMistakes(config, wanted, found.disk) : retentionMistakes(config, wanted, present)),
        ];
    });
}

function unclear(at: string, { snapshot }: DataDisk, disks: ExistingDisk[]): string {
    const [newest] = disks;
    const all = disks.map(({ diskId, snapshotId }) => diskId + (snapshotId ? ` made from ${snapshotId}` : ""));
    return (
        `${at}: ${disks.length} disks carry the name ${newest.diskName} (${all.join(", ")}); rename all but one` +
        (newest.snapshotId && newest.snapshotId !== snapshot
            ? `, or say with ${at}.snapshot: ${newest.snapshotId} that ${newest.diskId}, the newest, is the stack's`
            : "")
    );
}

function holderMistakes(
    config: StackConfig,
    wanted: DataDisk,
    disk: ExistingDisk,
    instances: { id: string; name: string }[],
): string[] {
    const holder = instances.find((instance) => instance.id === disk.instanceId);
    if (!holder || holder.name === cloudName(config, wanted.host)) return [];
    return [
        `disks.data (${wanted.name}).host: ${wanted.host}, but ${disk.diskId} is attached to ${holder.name}, which may ` +
            "be using it; a disk moves when its host is gone: take that host out of hosts, or release it",
    ];
}

function fitMistakes(config: StackConfig, wanted: DataDisk, disk: ExistingDisk): string[] {
    const at = `disks.data (${wanted.name})`;
    const category = wanted.category ?? config.disks.category;
    return [
        ...(disk.zoneId !== config.zone
            ? [
                  `zone: ${config.zone}, but ${at} is disk ${disk.diskId} in ${disk.zoneId}; a disk can't cross ` +
                      `zones: stay in ${disk.zoneId}, or name a snapshot of it as ${at}.snapshot`,
              ]
            : []),
        ...(disk.size > wanted.sizeGiB
            ? [`${at}.sizeGiB: ${wanted.sizeGiB}, but ${disk.diskId} has ${disk.size}; disks only grow`]
            : []),
        ...(disk.category !== category
            ? [`${at}.category: ${category}, but ${disk.diskId} is ${disk.category}; say so in the configuration`]
            : []),
    ];
}

/** Whether a replaced disk is kept is what the last `pulumi up` said. */
function retentionMistakes(config: StackConfig, wanted: DataDisk, disk: ExistingDisk): string[] {
    if (config.disks.keepOnDestroy) return [];
    return [
        `disks.data (${wanted.name}).snapshot: ${wanted.snapshot}, but with disks.keepOnDestroy: false Pulumi would ` +
            `delete ${disk.diskId}, which is replaced; set that to true, run pulumi up, and then name the snapshot`,
    ];
}

/** The data disks that are to be made from a snapshot in this run: what is there already needs its snapshot no more. */
export function fromSnapshots(config: StackConfig, disks: ExistingDisk[]): DataDisk[] {
    return config.disks.data.filter((wanted) => wanted.snapshot && !find(config, wanted, disks).disk);
}

/** Snapshots that the wanted disks can't be made from, or not so that they hold what is expected. */
export function snapshotMistakes(
    config: StackConfig,
    wanted: DataDisk[],
    snapshots: Snapshot[],
    disks: ExistingDisk[],
): string[] {
    return wanted.flatMap(({ name, snapshot: id, sizeGiB }) => {
        const at = `disks.data (${name})`;
        const snapshot = snapshots.find((candidate) => candidate.id === id);
        if (!snapshot) {
            return [
                `${at}.snapshot: ${id} is no snapshot in ${config.region}; choose one that ` +
                    `aliyun ecs DescribeSnapshots --RegionId ${config.region} lists`,
            ];
        }
        const { status, sourceDiskId, sourceDiskType } = snapshot;
        const source = disks.find((disk) => disk.diskId === sourceDiskId);
        const size = Number(snapshot.sourceDiskSize);
        return [
            ...(status !== "accomplished"
                ? [`${at}.snapshot: ${id} is ${status}; wait until it is accomplished, or choose another`]
                : []),
            ...(sourceDiskType.toLowerCase() === "system"
                ? [`${at}.snapshot: ${id} is of a system disk, ${sourceDiskId}; choose one of a data disk`]
                : []),
            ...(source && source.diskName !== cloudName(config, name)
                ? [`${at}.snapshot: ${id} is of ${source.diskName} (${sourceDiskId}); choose one of this disk`]
                : []),
            ...(size > sizeGiB
                ? [`${at}.sizeGiB: ${sizeGiB}, but ${id} is of a disk of ${size}; make it ${size} or more`]
                : []),
        ];
    });
}
