import * as grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PropertyMap, decode, encode, listen } from "../../../rehearsal/toolchain/plugins/serve";
import { KubernetesProvider } from "../../../rehearsal/toolchain/plugins/kubernetes/provider";

/** A resource that exists but is not ready, as the engine reads it from the error's details. */
export interface InitFailure {
    id: string;
    outputs: PropertyMap;
    inputs: PropertyMap;
    reasons: string[];
}

export class CallError extends Error {
    constructor(
        message: string,
        readonly initFailure?: InitFailure,
    ) {
        super(message);
    }
}

/** Stands in for the engine: drives a Kubernetes provider over gRPC and keeps what it logs. */
export class StandInEngine {
    readonly logs: { severity: number; message: string; ephemeral: boolean }[] = [];
    private readonly server = new grpc.Server();
    private plugin!: Awaited<ReturnType<typeof listen>>;
    private client!: ResourceProviderClient;

    async start(config: PropertyMap): Promise<void> {
        this.server.addService(EngineService, {
            log: (call: grpc.ServerUnaryCall<LogRequest, Empty>, callback: grpc.sendUnaryData<Empty>) => {
                const { severity, message, ephemeral } = call.request.toObject();
                this.logs.push({ severity, message, ephemeral });
                callback(null, new Empty());
            },
        });
        const port = await new Promise<number>((resolve, reject) =>
            this.server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
                error ? reject(error) : resolve(bound),
            ),
        );
        this.plugin = await listen("kubernetes", "0.0.0", (host) => new KubernetesProvider(host), `127.0.0.1:${port}`);
        this.client = new ResourceProviderClient(`127.0.0.1:${this.plugin.port}`, grpc.credentials.createInsecure());
        const request = new rpc.ConfigureRequest();
        request.setArgs(encode(config));
        await this.call((done) => this.client.configure(request, done));
    }

    stop(): void {
        this.client.close();
        this.plugin.close();
        this.server.forceShutdown();
    }

    private call<T>(start: (done: (error: grpc.ServiceError | null, answer: T) => void) => void): Promise<T> {
        return new Promise((resolve, reject) =>
            start((error, answer) => (error ? reject(callError(error)) : resolve(answer))),
        );
    }

    async check(type: string, inputs: PropertyMap, olds: PropertyMap = {}): Promise<PropertyMap> {
        const request = new rpc.CheckRequest();
        request.setUrn(urn(type));
        request.setOlds(encode(olds));
        request.setNews(encode(inputs));
        return decode((await this.call<rpc.CheckResponse>((done) => this.client.check(request, done))).getInputs());
    }

    async diff(type: string, outputs: PropertyMap, inputs: PropertyMap, ignoreChanges: string[] = []) {
        const request = new rpc.DiffRequest();
        request.setUrn(urn(type));
        request.setOlds(encode(outputs));
        request.setNews(encode(inputs));
        request.setIgnorechangesList(ignoreChanges);
        return this.read(await this.call<rpc.DiffResponse>((done) => this.client.diff(request, done)));
    }

    async diffConfig(before: PropertyMap, after: PropertyMap) {
        const request = new rpc.DiffRequest();
        request.setUrn("urn:pulumi:s::p::pulumi:providers:kubernetes::k");
        request.setOlds(encode(before));
        request.setNews(encode(after));
        return this.read(await this.call<rpc.DiffResponse>((done) => this.client.diffConfig(request, done)));
    }

    private read(answer: rpc.DiffResponse) {
        const paths: string[] = [];
        answer.getDetaileddiffMap().forEach((_kind, path) => paths.push(path));
        return {
            changed: answer.getChanges() === rpc.DiffResponse.DiffChanges.DIFF_SOME,
            paths,
            replaces: answer.getReplacesList(),
            deleteBeforeReplace: answer.getDeletebeforereplace(),
        };
    }

    async create(type: string, inputs: PropertyMap, options: { preview?: boolean; timeout?: number } = {}) {
        const request = new rpc.CreateRequest();
        request.setUrn(urn(type));
        request.setProperties(encode(inputs));
        request.setPreview(options.preview ?? false);
        request.setTimeout(options.timeout ?? 0);
        const answer = await this.call<rpc.CreateResponse>((done) => this.client.create(request, done));
        return { id: answer.getId(), outputs: decode(answer.getProperties()) };
    }

    /** Checks and creates, like a first `up`. */
    async up(type: string, inputs: PropertyMap, options: { timeout?: number } = {}) {
        const checked = await this.check(type, inputs);
        return { inputs: checked, ...(await this.create(type, checked, options)) };
    }

    async readResource(type: string, id: string, inputs: PropertyMap = {}, outputs: PropertyMap = {}) {
        const request = new rpc.ReadRequest();
        request.setUrn(urn(type));
        request.setId(id);
        request.setInputs(encode(inputs));
        request.setProperties(encode(outputs));
        const answer = await this.call<rpc.ReadResponse>((done) => this.client.read(request, done));
        return { id: answer.getId(), inputs: decode(answer.getInputs()), outputs: decode(answer.getProperties()) };
    }

    async update(type: string, id: string, olds: PropertyMap, inputs: PropertyMap, preview = false) {
        const request = new rpc.UpdateRequest();
        request.setUrn(urn(type));
        request.setId(id);
        request.setOlds(encode(olds));
        request.setNews(encode(inputs));
        request.setPreview(preview);
        return decode(
            (await this.call<rpc.UpdateResponse>((done) => this.client.update(request, done))).getProperties(),
        );
    }

    async delete(type: string, id: string, outputs: PropertyMap): Promise<void> {
        const request = new rpc.DeleteRequest();
        request.setUrn(urn(type));
        request.setId(id);
        request.setProperties(encode(outputs));
        await this.call<Empty>((done) => this.client.delete(request, done));
    }

    async cancel(): Promise<void> {
        await this.call<Empty>((done) => this.client.cancel(new Empty(), done));
    }
}

function urn(type: string): string {
    return `urn:pulumi:stack::project::${type}::thing`;
}

function callError(error: grpc.ServiceError): CallError {
    const [details] = error.metadata.get("grpc-status-details-bin");
    const packed = details === undefined ? undefined : Status.deserializeBinary(details as Buffer).getDetailsList()[0];
    const failed = packed?.unpack<rpc.ErrorResourceInitFailed>(
        (bytes) => rpc.ErrorResourceInitFailed.deserializeBinary(bytes),
        "pulumirpc.ErrorResourceInitFailed",
    );
    return new CallError(
        error.details,
        failed
            ? {
                  id: failed.getId(),
                  outputs: decode(failed.getProperties()),
                  inputs: decode(failed.getInputs()),
                  reasons: failed.getReasonsList(),
              }
            : undefined,
    );
}
