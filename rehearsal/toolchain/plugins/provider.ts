import { PropertyMap } from "./value";

/** What every request about a resource says. `timeout` is in seconds; 0 leaves it to the provider. */
interface ResourceRequest {
    urn: string;
    /** The type token, such as `kubernetes:core/v1:Namespace`. */
    type: string;
    /** The last part of the URN. */
    name: string;
}

export interface CheckRequest extends ResourceRequest {
    /** The inputs of the last run, as `check` answered them; empty for a new resource. */
    oldInputs: PropertyMap;
    inputs: PropertyMap;
    /** The same for the same resource when a plan is repeated; empty when the engine sent none. */
    randomSeed: Uint8Array;
    /** What the stack's configuration says about the names of unnamed resources. */
    autonaming?: { mode: "propose" | "enforce" | "disable"; proposedName: string };
}

export interface CheckResult {
    inputs: PropertyMap;
    failures?: { property?: string; reason: string }[];
}

export interface DiffRequest extends ResourceRequest {
    id: string;
    oldInputs: PropertyMap;
    oldOutputs: PropertyMap;
    inputs: PropertyMap;
    ignoreChanges: string[];
}

export type DiffKind = "add" | "add-replace" | "delete" | "delete-replace" | "update" | "update-replace";

export interface DiffResult {
    changed: boolean;
    /** By property path; every path of a `…-replace` kind causes a replacement. */
    detailed?: Record<string, DiffKind>;
    /** Top-level keys that changed, where there is no detailed difference. */
    diffs?: string[];
    /** Further keys that cause a replacement. */
    replaces?: string[];
    deleteBeforeReplace?: boolean;
}

export interface CreateRequest extends ResourceRequest {
    inputs: PropertyMap;
    timeout: number;
    /** Nothing may be changed; the answer is what would come out, as far as it is known. */
    preview: boolean;
}

export interface ReadRequest extends ResourceRequest {
    id: string;
    /** Empty on import. */
    inputs: PropertyMap;
    outputs: PropertyMap;
    timeout: number;
}

export interface ReadResult {
    /** Empty when the resource is gone. */
    id: string;
    inputs: PropertyMap;
    outputs: PropertyMap;
}

export interface UpdateRequest extends CreateRequest {
    id: string;
    oldInputs: PropertyMap;
    oldOutputs: PropertyMap;
    ignoreChanges: string[];
}

export interface DeleteRequest extends ResourceRequest {
    id: string;
    inputs: PropertyMap;
    outputs: PropertyMap;
    timeout: number;
}

/**
 * A resource provider. The engine calls `configure` before any call about a resource, and calls about different
 * resources at the same time. What a call throws fails the operation; see also {@link InitializationError}.
 */
export interface Provider {
    /** Without it every configuration is accepted. The engine sends configuration without secret marks. */
    checkConfig?(request: CheckRequest): Promise<CheckResult>;
    /** Without it a changed configuration never replaces the provider. */
    diffConfig?(request: DiffRequest): Promise<DiffResult>;
    /** Never called in a preview in which a part of the configuration is unknown. */
    configure(config: PropertyMap): Promise<void>;
    check(request: CheckRequest): Promise<CheckResult>;
    diff(request: DiffRequest): Promise<DiffResult>;
    /** The id may be empty only in a preview. */
    create(request: CreateRequest): Promise<{ id: string; outputs: PropertyMap }>;
    read(request: ReadRequest): Promise<ReadResult>;
    /** Resolves to the new outputs. */
    update(request: UpdateRequest): Promise<PropertyMap>;
    delete(request: DeleteRequest): Promise<void>;
    /** Calls a function, such as `command:local:run`. Without it the plugin has none. */
    invoke?(token: string, args: PropertyMap): Promise<PropertyMap>;
}

/**
 * The resource exists, but did not become what it should. The engine keeps the given state, shows the reasons, and
 * updates the resource again on the next run.
 */
export class InitializationError extends Error {
    constructor(
        readonly id: string,
        readonly outputs: PropertyMap,
        readonly reasons: string[],
        /** Only from a read: the inputs as they are now. */
        readonly inputs?: PropertyMap,
    ) {
        super(reasons.join("\n"));
    }
}
