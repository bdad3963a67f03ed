import type { Cloud } from "../../cloud";
import { timestamp } from "../../state/ids";
import type { DiskRecord, SnapshotPolicyRecord } from "../../state/records";
import { takeSnapshot } from "./snapshots";

/** The region's clock: UTC+8. */
const regionOffsetMs = 8 * 3600 * 1000;
const dayMs = 24 * 3600 * 1000;

/**
 * Takes the automatic snapshots whose hour it is and that have not been taken, and deletes those kept long enough.
 *
 * @returns the ids of the snapshots taken
 */
export async function takeDueSnapshots(cloud: Cloud, now: Date): Promise<string[]> {
    const taken: string[] = [];
    for (const disk of Object.values(cloud.state.disks)) {
        const policy = cloud.state.snapshotPolicies[disk.autoSnapshotPolicyId];
        if (!policy || disk.type === "system" || !disk.enableAutoSnapshot) continue;
        try {
            if (due(cloud, disk, policy, now)) taken.push(await take(cloud, disk, policy, now));
            await expire(cloud, disk, now);
        } catch (error) {
            cloud.report(`automatic snapshot of ${disk.id}`, error);
        }
    }
    if (taken.length > 0) cloud.save();
    return taken;
}

function due(cloud: Cloud, disk: DiskRecord, policy: SnapshotPolicyRecord, now: Date): boolean {
    const local = new Date(now.getTime() + regionOffsetMs);
    const weekday = local.getUTCDay() || 7;
    if (!policy.weekdays.includes(weekday) || !policy.hours.includes(local.getUTCHours())) return false;
    const hour = timestamp(now).slice(0, 13);
    return !automaticOf(cloud, disk).some((snapshot) => snapshot.createdAt.startsWith(hour));
}

async function take(cloud: Cloud, disk: DiskRecord, policy: SnapshotPolicyRecord, now: Date): Promise<string> {
    const day = timestamp(now).slice(0, 10).replaceAll("-", "");
    const snapshot = await takeSnapshot(cloud, disk, {
        name: `auto2.0_${day}_${policy.id}`,
        description: "",
        tags: {},
        retentionDays: Math.max(policy.retentionDays, 0),
        automatic: true,
    });
    snapshot.createdAt = timestamp(now);
    return snapshot.id;
}

async function expire(cloud: Cloud, disk: DiskRecord, now: Date): Promise<void> {
    for (const snapshot of automaticOf(cloud, disk)) {
        const age = now.getTime() - Date.parse(snapshot.createdAt);
        if (snapshot.retentionDays === 0 || age < snapshot.retentionDays * dayMs) continue;
        await cloud.hypervisor.deleteSnapshot(snapshot.id);
        delete cloud.state.snapshots[snapshot.id];
        cloud.save();
    }
}

function automaticOf(cloud: Cloud, disk: DiskRecord) {
    return Object.values(cloud.state.snapshots).filter((snapshot) => snapshot.automatic && snapshot.diskId === disk.id);
}
