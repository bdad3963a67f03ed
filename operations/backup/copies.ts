import { gib } from "../../cluster/words";
import { type Api, ask } from "../status/api";
import type { Elasticsearch } from "../status/elasticsearch";
import { bytesOf, indices, type Snapshot } from "./snapshots";

/** An index of a snapshot, and what it is to be called beside those that are there. */
export interface Copy {
    index: string;
    target: string;
    /** Where the same index is still there. */
    live?: { documents: number };
}

interface Index {
    index: string;
    "creation.date": string;
    "docs.count": string | null;
    "store.size": string | null;
}

/** A share of its disk that Elasticsearch is left with: from there on it takes in no new index. */
const free = 0.15;

/**
 * What is to be restored: the index named, or all that are not there any more. What is gone gets a name that Kibana's
 * data view `logs*` has; a copy of what is still there does not, else each line would be shown twice.
 * @throws Error when there is nothing to be restored
 */
export async function choose(asked: Elasticsearch, snapshot: Snapshot, index?: string): Promise<Copy[]> {
    const { snapshot: name, start_time_in_millis: at } = snapshot;
    if (index && !snapshot.indices.includes(index)) {
        throw new Error(`${name} has no index ${index}; it has ${snapshot.indices.sort().join(", ")}`);
    }
    const all = await list(asked, "logs*,restored-*");
    const copies = (index ? [index] : snapshot.indices).sort().map((one): Copy => {
        const same = all.find((each) => each.index === one && Number(each["creation.date"]) <= at);
        const target = same ? `restored-${one}` : one.replace(/^logs-/, "logs_restored-");
        return { index: one, target, ...(same && { live: { documents: Number(same["docs.count"] ?? 0) } }) };
    });
    const missing = copies.filter(({ live }) => index || !live);
    if (missing.length === 0) {
        throw new Error(
            `nothing of ${name} is missing: ${copies.map((copy) => copy.index).join(", ")} are still there. ` +
                "--id INDEX makes a copy of one beside it",
        );
    }
    const there = missing.filter(({ target }) => all.some((each) => each.index === target));
    const wanted = missing.filter((copy) => !there.includes(copy));
    if (wanted.length === 0) {
        throw new Error(`${there.map(({ target }) => target).join(", ")}: there already, from an earlier restore`);
    }
    return wanted;
}

/** @throws Error when they do not fit on the disk beside all the logs that the keeper lets there be */
export async function checkRoom(api: Api, asked: Elasticsearch, snapshot: Snapshot, copies: Copy[]): Promise<void> {
    const needed = bytesOf(
        snapshot,
        copies.map(({ index }) => index),
    );
    const place = "/_cat/allocation?format=json&bytes=b&h=disk.avail,disk.total";
    const { answer } = await asked.ask<{ "disk.avail": string; "disk.total": string }[]>("GET", place);
    const [avail, total] = [Number(answer[0]?.["disk.avail"]), Number(answer[0]?.["disk.total"])];
    const now = (await list(asked, indices)).reduce((sum, each) => sum + Number(each["store.size"] ?? 0), 0);
    const room = avail - Math.max(0, (await kept(api)) - now) - total * free;
    if (needed <= room) return;
    throw new Error(
        `no room: ${gib(needed)} are needed, and Elasticsearch's disk has ${gib(Math.max(0, room))} beside what logs may ` +
            "come to. Restore one index, by --id, or make the disk larger: sizeGiB in disks.data, and pulumi up",
    );
}

async function list(asked: Elasticsearch, pattern: string): Promise<Index[]> {
    const place = `/_cat/indices/${pattern}?format=json&bytes=b&h=index,creation.date,docs.count,store.size`;
    return (await asked.ask<Index[]>("GET", place)).answer;
}

/** Bytes that the keeper lets logs have. */
async function kept(api: Api): Promise<number> {
    interface StatefulSet {
        spec: { template: { spec: { containers: { name: string; env?: { name: string; value?: string }[] }[] } } };
    }
    const place = "/apis/apps/v1/namespaces/logging/statefulsets/elasticsearch";
    const { containers } = (await ask<StatefulSet>(api, "GET", place)).spec.template.spec;
    const env = containers.find(({ name }) => name === "keeper")?.env ?? [];
    return Number(env.find(({ name }) => name === "KEEP_MIB")?.value ?? 0) * 2 ** 20;
}
