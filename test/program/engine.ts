import * as pulumi from "@pulumi/pulumi";
import program from "../../index";
import { stackFile } from "../sample";
import { answer, mapped, outputsOf, type Cloud } from "./cloud";

/** A resource as the program registered it. */
export interface Registered {
    type: string;
    name: string;
    urn: string;
    parent: string;
    /** Inputs with secrets opened; what is not known in a preview is missing. */
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    inputs: Record<string, any>;
    /** The same with every secret replaced by `[secret]`. */
    plain: Record<string, unknown>;
    dependencies: string[];
    /** `URN::id` of the provider that was named for it, or empty. */
    provider: string;
    protect?: boolean;
    retainOnDelete?: boolean;
    /** URN of what it goes with: then it is not deleted one by one. */
    deletedWith: string;
    deleteBeforeReplace: boolean;
    ignoreChanges: string[];
    replaceOnChanges: string[];
    secretOutputs: string[];
    importId: string;
}

/** What came of a run of the whole program. */
export interface Deployment {
    resources: Registered[];
    outputs: Record<string, unknown>;
    /** Outputs with every secret replaced by `[secret]`. */
    plainOutputs: Record<string, unknown>;
    /** What the program says, and how many resources it had registered by then. */
    messages: { severity: "info" | "warn"; text: string; resources: number }[];
    /** Why the program stopped, when it did. */
    error?: Error;
}

export interface Run {
    stack?: string;
    /** Keys of the stack's file that are other, with their prefix; undefined removes one. */
    change?: Record<string, unknown>;
    cloud?: Partial<Cloud>;
    preview?: boolean;
}

const runs = new Map<string, Promise<Deployment>>();

/**
 * Runs index.ts against the engine's mocks: every resource can be made, and generated secrets contain SECRET. One run at
 * a time; the same run is not made twice, so what it gives is to be left as it is.
 */
export function run(options: Run = {}): Promise<Deployment> {
    const key = JSON.stringify(options, (_, value) => (value === undefined ? null : value));
    if (!runs.has(key)) runs.set(key, deploy(options));
    return runs.get(key)!;
}

async function deploy({ stack = "dev", change = {}, cloud = {}, preview = false }: Run): Promise<Deployment> {
    const keys = Object.entries({ ...stackFile(stack), ...change }).filter(([, value]) => value !== undefined);
    const text = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value));
    pulumi.runtime.setAllConfig(Object.fromEntries(keys.map(([key, value]) => [key, text(value)])));

    const deployment: Deployment = { resources: [], outputs: {}, plainOutputs: {}, messages: [] };
    const mocks = {
        call: ({ token }: { token: string }) => answer(token, cloud),
        newResource: () => ({ id: "", state: {} }),
    };
    await pulumi.runtime.setMocks(mocks, "test-cluster", stack, preview);
    record(deployment, preview);
    const own = { ...pulumi.log };
    Object.assign(pulumi.log, listeners(deployment));

    await pulumi.runtime.runInPulumiStack(async () => {
        try {
            return await program();
        } catch (error) {
            deployment.error = error as Error;
            return {};
        }
    });
    await pulumi.runtime.disconnect();
    Object.assign(pulumi.log, own);
    return deployment;
}

/** In place of pulumi.log's functions, which would print where there is no engine. */
function listeners({ messages, resources }: Deployment) {
    const listener = (severity: "info" | "warn") => (text: string) => {
        messages.push({ severity, text, resources: resources.length });
        return Promise.resolve();
    };
    return { info: listener("info"), warn: listener("warn") };
}

/** The resources of a kind, which is the last part of their type, such as `Instance`. */
export function all({ resources }: Deployment, kind: string): Registered[] {
    return resources.filter(({ type }) => type.endsWith(`:${kind}`));
}

/** The one resource of a kind and a name. */
export function one(deployment: Deployment, kind: string, name: string): Registered {
    const found = all(deployment, kind).filter((candidate) => candidate.name === name);
    if (found.length !== 1) throw new Error(`${found.length} resources are a ${kind} named ${name}, not one`);
    return found[0];
}

/** The parts of the engine's requests and answers that are used here. */
interface Request {
    getType(): string;
    getName(): string;
    getParent(): string;
    getCustom(): boolean;
    getObject(): { toJavaScript(): Record<string, unknown> };
    getDependenciesList(): string[];
    getProvider(): string;
    getProtect(): boolean | undefined;
    getRetainondelete(): boolean | undefined;
    getDeletedwith(): string;
    getDeletebeforereplace(): boolean;
    getIgnorechangesList(): string[];
    getReplaceonchangesList(): string[];
    getAdditionalsecretoutputsList(): string[];
    getImportid(): string;
}
type Callback = (error: Error | null, response: object) => void;
interface Monitor {
    mocks: pulumi.runtime.Mocks;
    registerResource(request: Request, callback: Callback): Promise<void>;
    registerResourceOutputs(
        request: { getUrn(): string; getOutputs(): ReturnType<Request["getObject"]> },
        callback: Callback,
    ): void;
}

/** Listens to what the mocks' monitor is told: options and secrets do not reach the mocks themselves. */
function record(deployment: Deployment, preview: boolean): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const { registerResource, registerResourceOutputs } = monitor;
    monitor.registerResource = async (request, callback) => {
        mapped(request.getType());
        const raw = request.getObject().toJavaScript();
        const registered: Registered = {
            type: request.getType(),
            name: request.getName(),
            urn: "",
            parent: request.getParent(),
            inputs: opened(raw) as Record<string, unknown>,
            plain: hidden(raw) as Record<string, unknown>,
            dependencies: request.getDependenciesList(),
            provider: request.getProvider(),
            protect: request.getProtect(),
            retainOnDelete: request.getRetainondelete(),
            deletedWith: request.getDeletedwith(),
            deleteBeforeReplace: request.getDeletebeforereplace(),
            ignoreChanges: request.getIgnorechangesList(),
            replaceOnChanges: request.getReplaceonchangesList(),
            secretOutputs: request.getAdditionalsecretoutputsList(),
            importId: request.getImportid(),
        };
        deployment.resources.push(registered);
        monitor.mocks.newResource = () => ({
            id: preview || !request.getCustom() ? "" : request.getImportid() || `id-of-${request.getName()}`,
            state: { ...raw, ...(preview ? {} : marked(outputsOf(registered), registered.secretOutputs)) },
        });
        await registerResource.call(monitor, request, (error, response) => {
            registered.urn = (response as { getUrn(): string }).getUrn();
            callback(error, response);
        });
    };
    monitor.registerResourceOutputs = (request, callback) => {
        if (request.getUrn().includes("::pulumi:pulumi:Stack::")) {
            deployment.outputs = opened(request.getOutputs().toJavaScript()) as Record<string, unknown>;
            deployment.plainOutputs = hidden(request.getOutputs().toJavaScript()) as Record<string, unknown>;
        }
        registerResourceOutputs.call(monitor, request, callback);
    };
}

/** Outputs as the engine passes them on: those that were named are secrets. */
function marked(outputs: Record<string, unknown>, secret: string[]): Record<string, unknown> {
    const { specialSigKey, specialSecretSig } = pulumi.runtime;
    const wrap = (value: unknown) => ({ [specialSigKey]: specialSecretSig, value });
    return Object.fromEntries(
        Object.entries(outputs).map(([key, value]) => [key, secret.includes(key) ? wrap(value) : value]),
    );
}

/** A value from the wire with its secrets replaced. */
function mapSecrets(value: unknown, secret: (inner: unknown) => unknown): unknown {
    if (Array.isArray(value)) return value.map((element) => mapSecrets(element, secret));
    if (typeof value !== "object" || value === null) return value;
    const { [pulumi.runtime.specialSigKey]: signature, value: inner } = value as Record<string, unknown>;
    if (signature === pulumi.runtime.specialSecretSig) return secret(inner);
    return Object.fromEntries(Object.entries(value).map(([key, element]) => [key, mapSecrets(element, secret)]));
}

function opened(value: unknown): unknown {
    return mapSecrets(value, (inner) => opened(inner));
}

function hidden(value: unknown): unknown {
    return mapSecrets(value, () => "[secret]");
}
