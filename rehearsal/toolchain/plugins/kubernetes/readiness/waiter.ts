import { EngineHost } from "../../engine";
import { ApiError, Unreachable, pause } from "../api/client";
import { Cluster } from "../api/cluster";
import { Manifest, Reference, annotation, annotations, listAt, nameOf, numberAt, referenceOf, textAt } from "../object";
import { readinessOf } from "./kinds";
import { crashLogs } from "./pods";
import { Check, Progress } from "./readiness";

/** Milliseconds between looks at an object that nothing was heard of. */
const lookEvery = 1000;

/** Seconds until a deletion counts as stuck where nobody says how long. */
const deletionTimeout = 600;

/** Kinds whose deletion is not waited for either when their readiness is not. */
const deletedUnawaited = new Set(["DaemonSet", "Deployment", "Job", "Namespace", "Pod", "StatefulSet"]);

/** The object did not become what it should; `live` is what it was last. */
export class NotReady extends Error {
    constructor(
        readonly reasons: string[],
        readonly live: Manifest,
    ) {
        super(reasons.join("\n"));
    }
}

/** Seconds: the resource's own time-out, else its annotation's, else the kind's. */
function timeoutOf(manifest: Manifest, requested: number, otherwise: number): number {
    return requested || Number.parseInt(annotation(manifest, annotations.timeoutSeconds), 10) || otherwise;
}

function isSkipped(manifest: Manifest): boolean {
    return annotation(manifest, annotations.skipAwait) === "true";
}

/** Waits for objects on behalf of one resource, and shows in its Info column what is waited for. */
export class Waiter {
    private readonly warned = new Set<string>();
    private status = "";

    constructor(
        private readonly cluster: Cluster,
        private readonly host: EngineHost,
        private readonly urn: string,
    ) {}

    /** Shows what is waited for, when that has changed. */
    private show(status: string): void {
        if (this.status !== status) {
            this.status = status;
            void this.host.log("info", status, this.urn, { ephemeral: true });
        }
    }

    /** Shows what is wrong, once. */
    private warn(reason: string): void {
        if (!this.warned.has(reason)) {
            this.warned.add(reason);
            void this.host.log("warning", reason, this.urn, { ephemeral: true });
        }
    }

    private clear(): void {
        void this.host.log("info", "", this.urn, { ephemeral: true });
    }

    /**
     * Waits until the object is ready, and returns it as it is then.
     *
     * @param timeout in seconds; 0 leaves it to the object and its kind
     * @throws NotReady
     */
    async ready(applied: Manifest, inputs: Manifest, timeout: number): Promise<Manifest> {
        const readiness = readinessOf(applied);
        if (!readiness || isSkipped(inputs)) {
            return applied;
        }
        const check = readiness.check();
        const generation = numberAt(applied, ["metadata", "generation"]);
        let last: Progress | undefined;
        const live = await this.poll(applied, timeoutOf(inputs, timeout, readiness.timeout), async (found) => {
            if (!found) {
                throw new NotReady([`"${nameOf(applied)}" was deleted while it was waited for`], applied);
            }
            if (numberAt(found, ["metadata", "generation"]) < generation) {
                return false;
            }
            last = await this.look(check, found);
            if (last.failed) {
                throw await this.notReady(`'${nameOf(applied)}' failed`, last, found);
            }
            return last.ready;
        }).catch(async (error: unknown) => {
            throw error instanceof TimedOut
                ? await this.notReady(error.about(nameOf(applied), "to be Ready"), last, error.live ?? applied)
                : error;
        });
        this.clear();
        return live ?? applied;
    }

    private async look(check: Check, live: Manifest): Promise<Progress> {
        const progress = await check(live, this.cluster);
        if (!progress.ready) {
            this.show(progress.status);
            progress.reasons.filter((reason) => reason.startsWith("[")).forEach((reason) => this.warn(reason));
        }
        return progress;
    }

    private async notReady(summary: string, progress: Progress | undefined, live: Manifest): Promise<NotReady> {
        const logs = this.host.cancelled.aborted ? [] : await crashLogs(this.cluster, progress?.pods ?? []);
        return new NotReady([summary, ...(progress?.reasons ?? []), ...logs], live);
    }

    /**
     * Looks once whether the object is ready.
     *
     * @throws NotReady
     */
    async check(live: Manifest, inputs: Manifest): Promise<void> {
        const readiness = readinessOf(live);
        if (readiness?.onRead && !isSkipped(inputs)) {
            const progress = await readiness.check()(live, this.cluster);
            if (!progress.ready) {
                throw await this.notReady(`'${nameOf(live)}' was created but is not ready`, progress, live);
            }
        }
    }

    /**
     * Waits until the object is gone, or another has its name.
     *
     * @throws NotReady naming the finalizers that hold it
     */
    async gone(deleted: Manifest, inputs: Manifest, timeout: number): Promise<void> {
        if (isSkipped(inputs) && deletedUnawaited.has(textAt(deleted, "kind"))) {
            return;
        }
        const uid = textAt(deleted, "metadata", "uid");
        await this.poll(deleted, timeoutOf(inputs, timeout, deletionTimeout), (found) => {
            const isGone = !found || textAt(found, "metadata", "uid") !== uid;
            if (!isGone) {
                this.show(stuckOn(found) || "Resource scheduled for deletion");
            }
            return Promise.resolve(isGone);
        }).catch((error: unknown) => {
            if (!(error instanceof TimedOut)) {
                throw error;
            }
            const live = error.live ?? deleted;
            const finalizers = [...listAt(live, "metadata", "finalizers"), ...listAt(live, "spec", "finalizers")];
            const held = `finalizers might be preventing deletion (${finalizers.join(", ") || "none"})`;
            throw new NotReady([`${error.about(nameOf(deleted), "to be deleted")}; ${held}`], live);
        });
        this.clear();
    }

    /** Looks at an object now, whenever it changes, and now and then, until `settled` says yes. */
    private async poll(
        of: Manifest,
        seconds: number,
        settled: (live: Manifest | undefined) => Promise<boolean>,
    ): Promise<Manifest | undefined> {
        const target = referenceOf(of);
        const deadline = AbortSignal.timeout(seconds * 1000);
        const stop = new AbortController();
        const signal = AbortSignal.any([deadline, this.host.cancelled]);
        let live: Manifest | undefined;
        try {
            const changes = this.changes(of, AbortSignal.any([signal, stop.signal]));
            for (;;) {
                try {
                    live = await this.find(target);
                    if (await settled(live)) {
                        return live;
                    }
                } catch (error) {
                    // An API server that restarts is no reason to give up before the time is over.
                    if (!(error instanceof Unreachable)) {
                        throw error;
                    }
                    this.show(`Waiting for the API server (${error.message})`);
                }
                await changes.next(signal);
            }
        } catch (error) {
            if (signal.aborted) {
                throw new TimedOut(this.host.cancelled.aborted, live);
            }
            throw error;
        } finally {
            stop.abort();
        }
    }

    private changes(of: Manifest, signal: AbortSignal): { next(signal: AbortSignal): Promise<void> } {
        let heard: () => void = () => undefined;
        const version = textAt(of, "metadata", "resourceVersion");
        void this.cluster.watch(referenceOf(of), version, signal, () => heard()).catch(() => undefined);
        return {
            next: (until) => {
                const event = new Promise<void>((resolve) => (heard = resolve));
                return Promise.race([event, pause(lookEvery, until)]);
            },
        };
    }

    private async find(target: Reference): Promise<Manifest | undefined> {
        try {
            return await this.cluster.get(target);
        } catch (error) {
            if (error instanceof ApiError && error.code === 404) {
                return undefined;
            }
            throw error;
        }
    }
}

/** The wait was over before the object was there. */
class TimedOut extends Error {
    constructor(
        private readonly isCancelled: boolean,
        readonly live: Manifest | undefined,
    ) {
        super("timed out");
    }

    about(name: string, aim: string): string {
        return this.isCancelled
            ? `the operation was cancelled while waiting for '${name}' ${aim}`
            : `'${name}' timed out waiting ${aim}`;
    }
}

/** What a namespace says about its deletion, a line. */
function stuckOn(live: Manifest): string {
    return listAt(live, "status", "conditions")
        .filter((condition) => textAt(condition, "status") === "True")
        .map((condition) => textAt(condition, "message"))
        .filter(Boolean)
        .join("; ");
}
