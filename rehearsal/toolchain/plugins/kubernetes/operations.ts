import { EngineHost } from "../engine";
import * as rpc from "../provider";
import { PropertyMap } from "../value";
import { ApiError, pause } from "./api/client";
import { Cluster, NoSuchKind } from "./api/cluster";
import { creator, explained, isForced, mayForce, relinquish, takeOver, withoutIgnored } from "./api/ownership";
import { prune } from "./changes/shape";
import { Checkpoint, checkpoint, markSecrets, readCheckpoint } from "./checkpoint";
import { Switches } from "./configuration";
import { uniqueName } from "./names";
import { Manifest, annotation, annotations, idOf, isPatch, nameOf, namespaceOf, normalize, parseId } from "./object";
import { referenceOf, textAt, toManifest, toProperties, typeOf, withMetadata, without } from "./object";
import { NotReady, Waiter } from "./readiness/waiter";
import { job } from "./readiness/workloads";

/** How often, and with how many milliseconds in between at first, to try what may only be there in a moment. */
const retries = 5;
const retryAfter = 1000;

const alreadyThere = `The resource already exists in the cluster. This can happen when:
  - Renaming a Pulumi resource: use an alias, or deleteBeforeReplace if it must be replaced.
  - Managing parts of an object that others own: use a Patch resource, for example NamespacePatch.
  - Adopting an object: use \`pulumi import\`.
  - Taking over whatever is there: set upsertExistingObjects on the provider.`;

/** What is done to objects of a cluster that can be reached. */
export class Operations {
    constructor(
        readonly cluster: Cluster,
        private readonly host: EngineHost,
        private readonly options: Switches,
    ) {}

    async create(request: rpc.CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
        const inputs = toManifest(request.inputs);
        const fieldManager = managerOf(inputs, undefined);
        const isUpsert = this.options.upsertExistingObjects || isPatch(request.type, inputs);
        const unpreviewed = { id: "", outputs: request.inputs };
        if (request.preview && (isPatch(request.type, inputs) || !(await this.hasKind(inputs)))) {
            return unpreviewed;
        }
        const write = async () => {
            const manifest = await this.placed(inputs);
            const by = { fieldManager, preview: request.preview };
            return isUpsert
                ? this.cluster.apply(manifest, { ...by, force: isForced(manifest, this.options) })
                : this.cluster.create(manifest, { ...by, fieldManager: creator });
        };
        let live: Manifest;
        try {
            live = await (request.preview ? write() : this.retried(write, request.urn));
        } catch (error) {
            if (request.preview && isUnpreviewable(error)) {
                return unpreviewed;
            }
            throw refused(
                `resource ${request.urn} was not successfully created by the Kubernetes API server`,
                explained(error, fieldManager),
            );
        }
        const state = { inputs, initialApiVersion: textAt(inputs, "apiVersion"), fieldManager };
        if (request.preview) {
            return { id: "", outputs: checkpoint({ ...state, live: without(live, "status") }, request.inputs) };
        }
        const ready = await this.awaited(
            live,
            request,
            state,
            "was successfully created, but the Kubernetes API server reported that it failed to fully initialize or become live",
        );
        return { id: idOf(ready), outputs: checkpoint({ ...state, live: ready }, request.inputs) };
    }

    async read(request: rpc.ReadRequest): Promise<rpc.ReadResult> {
        const gone = { id: "", inputs: {}, outputs: {} };
        const state = readCheckpoint(request.outputs);
        const oldInputs = normalize(toManifest(request.inputs));
        const type = [oldInputs, state.live, typeOf(request.type)].find((from) => textAt(from, "kind")) as Manifest;
        const { namespace = namespaceOf(oldInputs) || undefined, name } = parseId(request.id);
        const target = { apiVersion: textAt(type, "apiVersion"), kind: textAt(type, "kind"), namespace, name };
        let live: Manifest;
        try {
            live = await this.cluster.get(target);
        } catch (error) {
            if (isMissing(error)) {
                return gone;
            }
            throw error;
        }
        const isImport = Object.keys(oldInputs).length === 0 && Object.keys(state.live).length === 0;
        const inputs = isImport ? importedInputs(live) : (prune(live, oldInputs) as Manifest);
        const found: Required<Checkpoint> = {
            inputs,
            live,
            initialApiVersion: state.initialApiVersion ?? target.apiVersion,
            fieldManager: managerOf(inputs, state.fieldManager),
        };
        const liveInputs = markSecrets(toProperties(inputs), request.inputs);
        const outputs = checkpoint(found, request.inputs);
        if (!isImport) {
            await this.waiter(request.urn)
                .check(live, oldInputs)
                .catch((error: unknown) => {
                    throw error instanceof NotReady
                        ? new rpc.InitializationError(request.id, outputs, error.reasons, liveInputs)
                        : error;
                });
        }
        return { id: request.id, inputs: liveInputs, outputs };
    }

    /**
     * Whether the object is one that is replaced because it is not ready: a Job that asks for it. One that can't be read
     * is not.
     */
    async isReplacedUnready(inputs: Manifest): Promise<boolean> {
        if (annotation(inputs, annotations.replaceUnready) !== "true" || textAt(inputs, "kind") !== "Job") {
            return false;
        }
        try {
            const live = await this.cluster.get(referenceOf(inputs));
            return !(await job(live, this.cluster)).ready;
        } catch {
            return false;
        }
    }

    async update(request: rpc.UpdateRequest): Promise<PropertyMap> {
        const state = readCheckpoint(request.oldOutputs);
        const inputs = normalize(toManifest(request.inputs));
        if (request.preview && !(await this.hasKind(inputs))) {
            return request.inputs;
        }
        const fieldManager = managerOf(inputs, state.fieldManager);
        const before = managerOf(state.inputs, state.fieldManager ?? fieldManager);
        const next = {
            inputs,
            initialApiVersion: state.initialApiVersion ?? textAt(inputs, "apiVersion"),
            fieldManager,
        };
        const target = await this.placed(withMetadata(inputs, "name", nameOf(state.live)));
        let live: Manifest;
        try {
            live = await this.write(target, request, fieldManager);
        } catch (error) {
            if (request.preview && error instanceof ApiError && error.code === 403) {
                return request.inputs;
            }
            throw await this.updateFailure(error, target, request, next);
        }
        if (request.preview) {
            return checkpoint({ ...next, live }, request.inputs);
        }
        const ready = await this.awaited(live, request, next, "failed to fully initialize or become live");
        if (before !== fieldManager) {
            await relinquish(this.cluster, ready, before);
        }
        return checkpoint({ ...next, live: ready }, request.inputs);
    }

    async delete(request: rpc.DeleteRequest): Promise<void> {
        const state = readCheckpoint(request.outputs);
        const { namespace = namespaceOf(state.live) || undefined, name } = parseId(request.id);
        const type = textAt(state.live, "kind") ? referenceOf(state.live) : typeOf(request.type);
        const target = { apiVersion: type.apiVersion, kind: type.kind, namespace, name };
        try {
            const live = await this.cluster.get(target);
            if (isPatch(request.type, state.live)) {
                await relinquish(this.cluster, live, managerOf(state.inputs, state.fieldManager));
                return;
            }
            await this.cluster.delete(target, propagation(state.inputs));
            await this.waiter(request.urn).gone(live, state.inputs, request.timeout);
        } catch (error) {
            if (!isMissing(error)) {
                throw error;
            }
        }
    }

    private async write(manifest: Manifest, request: rpc.UpdateRequest, fieldManager: string): Promise<Manifest> {
        const by = { fieldManager, preview: request.preview };
        let live = await this.cluster.get(referenceOf(manifest));
        if (manifest.kind === "CustomResourceDefinition") {
            // Applying would keep versions of the schema that the program dropped.
            const resourceVersion = textAt(live, "metadata", "resourceVersion");
            return this.cluster.replace(withMetadata(manifest, "resourceVersion", resourceVersion), by);
        }
        if (!request.preview && !isPatch(request.type, manifest)) {
            live = await takeOver(this.cluster, live, fieldManager);
        }
        const applied = withoutIgnored(manifest, live, request.ignoreChanges, fieldManager);
        return this.cluster.apply(applied, { ...by, force: mayForce(applied, live, { ...this.options, ...by }) });
    }

    /** Where the object is there all the same, the state keeps it as it is, so that the next run tries again. */
    private async updateFailure(
        cause: unknown,
        target: Manifest,
        request: rpc.UpdateRequest,
        next: Omit<Required<Checkpoint>, "live">,
    ): Promise<unknown> {
        const error = refused(`update of resource ${request.urn} failed`, explained(cause, next.fieldManager));
        if (request.preview) {
            return error;
        }
        try {
            const live = await this.cluster.get(referenceOf(target));
            return new rpc.InitializationError(idOf(live), checkpoint({ ...next, live }, request.inputs), [
                error.message,
            ]);
        } catch (missing) {
            return isMissing(missing)
                ? new Error(`${error.message}\nThe object is no longer there; \`pulumi up --refresh\` creates it again`)
                : error;
        }
    }

    private async awaited(
        live: Manifest,
        request: rpc.CreateRequest,
        state: Omit<Required<Checkpoint>, "live">,
        failure: string,
    ): Promise<Manifest> {
        try {
            return await this.waiter(request.urn).ready(live, state.inputs, request.timeout);
        } catch (error) {
            const last = error instanceof NotReady ? error.live : live;
            const [summary, ...rest] = error instanceof NotReady ? error.reasons : [(error as Error).message];
            const outputs = checkpoint({ ...state, live: last }, request.inputs);
            throw new rpc.InitializationError(idOf(live), outputs, [
                `resource "${idOf(live)}" ${failure}: ${summary}`,
                ...rest,
            ]);
        }
    }

    private waiter(urn: string): Waiter {
        return new Waiter(this.cluster, this.host, urn);
    }

    /** Tries again while the namespace or the kind is missing: their own resources may just be in the making. */
    private async retried<T>(write: () => Promise<T>, urn: string): Promise<T> {
        for (let attempt = 1; ; attempt++) {
            try {
                return await write();
            } catch (error) {
                if (!isMissing(error) || attempt > retries) {
                    throw error;
                }
                const message = `Retry #${attempt}; creation failed: ${(error as Error).message}`;
                void this.host.log("info", message, urn, { ephemeral: true });
                await pause(retryAfter * 2 ** (attempt - 1), this.host.cancelled);
            }
        }
    }

    private async hasKind(manifest: Manifest): Promise<boolean> {
        try {
            await this.cluster.isNamespaced(referenceOf(manifest));
            return true;
        } catch (error) {
            if (error instanceof NoSuchKind) {
                return false;
            }
            throw error;
        }
    }

    /** A custom resource was taken for a namespaced one before its definition existed. */
    private async placed(manifest: Manifest): Promise<Manifest> {
        const isNamespaced = await this.cluster.isNamespaced(referenceOf(manifest));
        return isNamespaced || !namespaceOf(manifest) ? manifest : withMetadata(manifest, "namespace", undefined);
    }
}

/** The name under which fields are owned: the annotation's, else the state's, else a new one. */
function managerOf(inputs: Manifest, kept: string | undefined): string {
    return annotation(inputs, annotations.patchFieldManager) || kept || uniqueName("pulumi-kubernetes-");
}

function propagation(inputs: Manifest): string {
    const policies: Record<string, string> = { orphan: "Orphan", background: "Background" };
    return policies[annotation(inputs, annotations.deletionPropagation).toLowerCase()] ?? "Foreground";
}

function isMissing(error: unknown): boolean {
    return error instanceof NoSuchKind || (error instanceof ApiError && error.code === 404);
}

/** What a dry run can't know: whether an object in the way is deleted first, or a namespace created first. */
function isUnpreviewable(error: unknown): boolean {
    return isMissing(error) || (error instanceof ApiError && (error.code === 403 || error.reason === "AlreadyExists"));
}

function refused(what: string, cause: unknown): Error {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isThere = cause instanceof ApiError && cause.reason === "AlreadyExists";
    return new Error(`${what}: ${message}${isThere ? `\n\n${alreadyThere}` : ""}`, { cause });
}

/** The inputs that would make the live object: all of it but what the server alone writes. */
function importedInputs(live: Manifest): Manifest {
    return without(normalize(live), "status");
}
