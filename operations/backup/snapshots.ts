import { Elasticsearch } from "../status/elasticsearch";
import type { Stack } from "../status/stack";
import type { Shell } from "../status/ssh";
import type { Manifest } from "./kind";

/** Elasticsearch's snapshots, which its keeper makes and removes (apps/elk/scripts/snapshots.sh). */

export const repository = "/_snapshot/backup";
/** What is in a snapshot. */
export const indices = "logs-0*,logs-refused*";

/** A snapshot, as far as it is read. */
export interface Snapshot {
    snapshot: string;
    state: string;
    indices: string[];
    start_time_in_millis: number;
    duration_in_millis?: number;
    shards?: { total: number; failed: number; successful: number };
    metadata?: { stack?: string; why?: string; documents?: number };
    index_details?: Record<string, { size_in_bytes: number }>;
}

/** @throws Error where the stack has no cluster */
export function elasticsearchOf({ stack, shell }: { stack: Stack; shell: Shell }): Elasticsearch {
    if (!stack.controlPlane) throw new Error("this stack has no cluster yet: pulumi up");
    return new Elasticsearch(shell, stack.controlPlane);
}

/** Those of this project, newest first, whatever their state is. */
export async function snapshotsIn(elasticsearch: Elasticsearch): Promise<Snapshot[]> {
    const place = `${repository}/es-*?index_details=true&ignore_unavailable=true`;
    const { answer } = await elasticsearch.ask<{ snapshots?: Snapshot[] }>("GET", place);
    return (answer.snapshots ?? []).sort((a, b) => b.start_time_in_millis - a.start_time_in_millis);
}

export function isWhole({ state, shards }: Snapshot): boolean {
    return state === "SUCCESS" && shards?.failed === 0;
}

/** What those say of themselves that are whole, newest first. */
export async function manifestsIn(elasticsearch: Elasticsearch): Promise<Manifest[]> {
    return (await snapshotsIn(elasticsearch)).filter(isWhole).map(manifestOf);
}

/** Bytes of some of its indices, or of all. */
export function bytesOf({ indices: all, index_details: details }: Snapshot, some = all): number {
    return some.reduce((sum, index) => sum + (details?.[index]?.size_in_bytes ?? 0), 0);
}

export function manifestOf(snapshot: Snapshot): Manifest {
    const { metadata, shards, duration_in_millis: took = 0 } = snapshot;
    return {
        name: snapshot.snapshot,
        kind: "elasticsearch",
        stack: metadata?.stack ?? "",
        at: new Date(snapshot.start_time_in_millis).toISOString(),
        bytes: bytesOf(snapshot),
        seconds: took / 1000,
        why: metadata?.why ?? "",
        verified: `its repository, and ${shards?.successful} of ${shards?.total} shards`,
    };
}
