import { emptyState } from "./records";
import { loadState, saveState } from "./store";

/** Leaves of a region's state only its data disks and snapshots, as if everything else had been released. */
export function keepOnlyDisks(file: string): void {
    const { disks, snapshots } = loadState(file);
    const kept = Object.entries(disks)
        .filter(([, disk]) => disk.type === "data")
        .map(([id, disk]) => {
            const detached = { status: "Available" as const, instanceId: "", device: "", autoSnapshotPolicyId: "" };
            return [id, { ...disk, ...detached }] as const;
        });
    saveState(file, { ...emptyState(), disks: Object.fromEntries(kept), snapshots });
}
