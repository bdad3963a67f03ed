import * as os from "node:os";
import { type Api, ask } from "../status/api";
import type { Context } from "./drill";

/** What keeps two drills on a stack apart: a Lease that the one that runs holds and renews. */

const name = "test-cluster-drill";
const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
/** Seconds until a claim that nobody renews is over, and between two renewals. */
const duration = 60;
const interval = 15;

interface Lease {
    metadata: { name: string; resourceVersion?: string };
    spec: { holderIdentity?: string; acquireTime?: string; renewTime?: string; leaseDurationSeconds?: number };
}

type Way = Pick<Context, "api" | "undo" | "say">;

/**
 * Claims a stack for the drill of this process until `undo` is through. The claim of a drill that was killed is over
 * after 60 s.
 * @param holder `host:pid:since`
 * @param clock milliseconds
 * @param every seconds between two renewals
 * @throws Error that says by whom and since when, when another drill has the stack; what to do, when its API is away
 */
export async function claim(way: Way, holder = identity(), clock = Date.now, every = interval): Promise<void> {
    const found = await current(way.api).catch(({ message }: Error) => {
        throw new Error(`${message}; ${withoutApi}`);
    });
    refuse(found, holder, clock());
    const timer = setInterval(() => {
        void renew(way, holder, clock).catch((error: Error) => {
            // What the API does not answer is tried again. It may have been away for longer than a claim lasts.
            if (!(error instanceof Taken)) return;
            clearInterval(timer);
            way.say(`this drill is not alone any more: ${error.message}`);
        });
    }, every * 1000);
    way.undo.later("the claim on the stack", duration, async () => {
        clearInterval(timer);
        await release(way.api, holder);
    });
    await take(way.api, found, holder, clock);
}

const withoutApi =
    "without the Kubernetes API no drill begins, and nothing is put back from here. What a drill that was killed has " +
    "broken on a host, that host puts back within 15 minutes; what is quicker is in docs/recovery.md";

/** Another drill has the stack. */
class Taken extends Error {}

/** Makes a claim last longer; makes it anew where the cluster has been made anew. */
async function renew({ api }: Way, holder: string, clock: () => number): Promise<void> {
    const found = await current(api);
    refuse(found, holder, clock());
    await take(api, found, holder, clock);
}

function identity(): string {
    return `${os.hostname()}:${process.pid}:${new Date().toISOString()}`;
}

async function current(api: Api): Promise<Lease | undefined> {
    const { status, body } = await api.request("GET", `${leases}/${name}`);
    if (status === 404) return undefined;
    return status < 300 ? (JSON.parse(body) as Lease) : ask<Lease>(api, "GET", `${leases}/${name}`);
}

function refuse(lease: Lease | undefined, holder: string, now: number): void {
    const { holderIdentity, renewTime, leaseDurationSeconds = duration } = lease?.spec ?? {};
    if (!holderIdentity || holderIdentity === holder) return;
    const left = Math.ceil((Date.parse(renewTime ?? "") - now) / 1000 + leaseDurationSeconds);
    if (!(left > 0)) return;
    const [host, pid, ...since] = holderIdentity.split(":");
    throw new Taken(
        `a drill has run on this stack since ${since.join(":")}, process ${pid} on ${host}: wait for its end. ` +
            `If it was killed, its claim is over in ${left} s`,
    );
}

async function take(api: Api, found: Lease | undefined, holder: string, clock: () => number): Promise<void> {
    const now = microTime(clock());
    const held = found?.spec.holderIdentity === holder;
    const lease: Lease & { apiVersion: string; kind: string } = {
        ...{ apiVersion: "coordination.k8s.io/v1", kind: "Lease" },
        // With the version that was read, so that of two who take it at once one is refused.
        metadata: { name, ...(found && { resourceVersion: found.metadata.resourceVersion }) },
        spec: {
            ...{ holderIdentity: holder, renewTime: now, leaseDurationSeconds: duration },
            acquireTime: held ? found.spec.acquireTime : now,
        },
    };
    const asked = { body: JSON.stringify(lease) };
    const [method, path] = found ? ["PUT", `${leases}/${name}`] : ["POST", leases];
    const { status, body } = await api.request(method, path, asked);
    if (status < 300) return;
    if (status === 409) refuse(await current(api), holder, clock());
    throw new Error(`the stack can't be claimed for this drill: ${status} ${body.slice(0, 200)}`);
}

/** Only what is still this drill's own. */
async function release(api: Api, holder: string): Promise<void> {
    const found = await current(api);
    if (found?.spec.holderIdentity !== holder) return;
    const { resourceVersion } = found.metadata;
    await ask(api, "DELETE", `${leases}/${name}`, { body: JSON.stringify({ preconditions: { resourceVersion } }) });
}

/** A time as Kubernetes' MicroTime wants it: six digits of a second. */
function microTime(time: number): string {
    return new Date(time).toISOString().replace("Z", "000Z");
}
