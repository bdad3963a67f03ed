import { EngineHost } from "../engine";
import * as rpc from "../provider";
import { PropertyMap, Unknown, hasUnknowns, withoutSecrets } from "../value";
import { Client } from "./api/client";
import { Cluster } from "./api/cluster";
import { difference, isIgnored } from "./changes/difference";
import { immutableFields } from "./changes/immutable";
import { prune } from "./changes/shape";
import { markSecrets, readCheckpoint } from "./checkpoint";
import { Switches, configuredNamespace, connectionOf, diffConfiguration, switches } from "./configuration";
import { isAutonamed, isNamed, named } from "./names";
import { Manifest, annotation, annotations, at, isPatch, nameOf, namespaceOf, normalize, textAt } from "./object";
import { toManifest, toProperties, typeOf, withMetadata } from "./object";
import { Operations } from "./operations";
import { Scopes } from "./scope";

const forget =
    "If the cluster was deleted, you can remove this resource from Pulumi state by rerunning the operation with the " +
    'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"';

const unsupportedAnnotations = ["pulumi.com/waitFor"];

/** Manages Kubernetes objects of any kind by server-side apply. */
export class KubernetesProvider implements rpc.Provider {
    private readonly scopes = new Scopes();
    private options!: Switches;
    private namespace = "default";
    /** Undefined when the cluster can't be reached; `unreachable` then says why. */
    private operations: Operations | undefined;
    private unreachable = "";
    private isPreviewWarned = false;

    constructor(private readonly host: EngineHost) {}

    diffConfig(request: rpc.DiffRequest): Promise<rpc.DiffResult> {
        return Promise.resolve(diffConfiguration(request));
    }

    /** Finds out whether the cluster can be reached: once, so that a dead one costs one time-out and not one a resource. */
    async configure(secretConfig: PropertyMap): Promise<void> {
        const config = withoutSecrets(secretConfig) as PropertyMap;
        this.options = switches(config);
        try {
            const connection = connectionOf(config);
            this.namespace = configuredNamespace(config) ?? connection.namespace;
            const cluster = new Cluster(new Client(connection, this.host.cancelled));
            await cluster.probe();
            this.operations = new Operations(cluster, this.host, this.options);
        } catch (error) {
            this.unreachable =
                `configured Kubernetes cluster is unreachable: ${(error as Error).message}. ` +
                "Check the address and the credentials in the provider's kubeconfig, and that the API server runs";
        }
    }

    async check(request: rpc.CheckRequest): Promise<rpc.CheckResult> {
        refuseOtherTypes(request.type);
        if (!this.operations) {
            if (this.options.skipUpdateUnreachable) {
                await this.host.log(
                    "warning",
                    `${this.unreachable}; skipUpdateUnreachable is set, so it is left as it is`,
                    request.urn,
                );
                return { inputs: request.oldInputs };
            }
            await this.warnOnce(request.urn);
        }
        const old = Object.keys(request.oldInputs).length ? toManifest(request.oldInputs) : undefined;
        let manifest = normalize(toManifest(request.inputs));
        if (isPatch(request.type, manifest) && !isNamed(manifest)) {
            throw new Error(`${request.name} patches an object, so it needs metadata.name to say which`);
        }
        const unsupported = unsupportedAnnotations.find((key) => annotation(manifest, key) !== "");
        if (unsupported) {
            throw new Error(
                `${request.name}: the annotation ${unsupported} is not supported by this plugin; take it out`,
            );
        }
        if (at(manifest, "metadata", "generateName") !== undefined) {
            throw new Error(
                `${request.name}: metadata.generateName can't be applied by the server; leave both names out instead`,
            );
        }
        manifest = await this.placed(named(manifest, old, request), this.namespace);
        if (manifest.kind === "CustomResourceDefinition") {
            this.scopes.define(manifest);
        }
        return { inputs: markSecrets(toProperties(manifest), request.inputs) };
    }

    /** Compares with the live object as the state has it, so that what a refresh found shows as a difference. */
    async diff(request: rpc.DiffRequest): Promise<rpc.DiffResult> {
        const state = readCheckpoint(request.oldOutputs);
        const oldInputs = normalize(state.inputs);
        const inputs = await this.placed(normalize(toManifest(request.inputs)), "default");
        let live = await this.placed(prune(state.live, oldInputs) as Manifest, "default");
        if (isNamed(inputs)) {
            live = withMetadata(live, "name", nameOf(state.live));
        }
        const fields = isPatch(request.type, inputs)
            ? ["metadata.name", "metadata.namespace"]
            : immutableFields(inputs, this.options);
        const detailed = Object.fromEntries(
            Object.entries(difference(live, inputs, fields)).filter(
                ([path]) => !isIgnored(path, request.ignoreChanges),
            ),
        );
        if (await this.operations?.isReplacedUnready(inputs)) {
            detailed[`metadata.annotations["${annotations.replaceUnready}"]`] = "update-replace";
        }
        const isInTheWay =
            isNamed(inputs) &&
            !isAutonamed(inputs) &&
            nameOf(inputs) === nameOf(state.live) &&
            namespaceOf(inputs) === namespaceOf(state.live);
        const isReplaced = Object.values(detailed).some((kind) => kind.endsWith("-replace"));
        return {
            changed: Object.keys(detailed).length > 0,
            detailed,
            deleteBeforeReplace: isReplaced && isInTheWay,
        };
    }

    async create(request: rpc.CreateRequest): Promise<{ id: string; outputs: PropertyMap }> {
        if (request.preview && (!this.operations || hasUnknowns(request.inputs))) {
            return { id: "", outputs: request.inputs };
        }
        return this.reached().create(request);
    }

    async read(request: rpc.ReadRequest): Promise<rpc.ReadResult> {
        if (this.operations) {
            return this.operations.read(request);
        }
        await this.host.log("warning", this.unreachable, request.urn);
        if (this.options.deleteUnreachable) {
            await this.logDropped(request.urn);
            return { id: "", inputs: {}, outputs: {} };
        }
        if (this.options.skipUpdateUnreachable) {
            return { id: request.id, inputs: request.inputs, outputs: request.outputs };
        }
        throw new Error(`failed to read resource state due to unreachable cluster. ${forget}`);
    }

    async update(request: rpc.UpdateRequest): Promise<PropertyMap> {
        if (request.preview && (!this.operations || hasUnknowns(request.inputs))) {
            return request.inputs;
        }
        return this.reached().update(request);
    }

    async delete(request: rpc.DeleteRequest): Promise<void> {
        if (this.operations) {
            return this.operations.delete(request);
        }
        await this.host.log("warning", this.unreachable, request.urn);
        if (!this.options.deleteUnreachable) {
            throw new Error(`configured Kubernetes cluster is unreachable. ${forget}`);
        }
        await this.logDropped(request.urn);
    }

    private reached(): Operations {
        if (!this.operations) {
            throw new Error(this.unreachable);
        }
        return this.operations;
    }

    private async warnOnce(urn: string): Promise<void> {
        if (!this.isPreviewWarned) {
            this.isPreviewWarned = true;
            await this.host.log(
                "warning",
                `${this.unreachable}. What changes in it is only guessed from the state`,
                urn,
            );
        }
    }

    private async logDropped(urn: string): Promise<void> {
        const why = "the `deleteUnreachable` option is enabled. Deleting the unreachable resource from Pulumi state";
        await this.host.log("info", `configured Kubernetes cluster is unreachable and ${why}`, urn);
    }

    /** The manifest with a namespace exactly where its kind has one; `otherwise` where it names none. */
    private async placed(manifest: Manifest, otherwise: string): Promise<Manifest> {
        const type = { apiVersion: textAt(manifest, "apiVersion"), kind: textAt(manifest, "kind") };
        const namespace = at(manifest, "metadata", "namespace");
        if (!(await this.scopes.isNamespaced(type, this.operations?.cluster))) {
            return namespace === undefined ? manifest : withMetadata(manifest, "namespace", undefined);
        }
        return namespaceOf(manifest) || namespace instanceof Unknown
            ? manifest
            : withMetadata(manifest, "namespace", otherwise);
    }
}

function refuseOtherTypes(type: string): void {
    const { apiVersion, kind } = typeOf(type);
    if (/^(helm\.sh|kustomize|yaml)(\/|$)/.test(apiVersion) || kind.endsWith("List")) {
        throw new Error(`${type} is not supported by this plugin; write its objects as resources of their own`);
    }
}
