import { ServiceError, Server, ServerCredentials, credentials } from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { PropertyMap, decode, encode, listen } from "../../../rehearsal/toolchain/plugins/serve";
import { CommandProvider } from "../../../rehearsal/toolchain/plugins/command/provider";

export interface Message {
    severity: "debug" | "info" | "warning" | "error";
    text: string;
    ephemeral: boolean;
}

const severities = { debug: LogSeverity.DEBUG, info: LogSeverity.INFO, warning: LogSeverity.WARNING };

/** The command plugin behind its gRPC interface, and a stand-in for the engine that collects what it logs. */
export class Plugin {
    private constructor(
        private readonly client: ResourceProviderClient,
        readonly messages: Message[],
        readonly close: () => void,
    ) {}

    static async start(): Promise<Plugin> {
        const engine = new Server();
        const messages: Message[] = [];
        engine.addService(EngineService as never, {
            log: (call: { request: LogRequest }, done: (error: null, answer: Empty) => void) => {
                const found = Object.entries(severities).find(([, code]) => code === call.request.getSeverity());
                const severity = (found?.[0] ?? "error") as Message["severity"];
                messages.push({ severity, text: call.request.getMessage(), ephemeral: call.request.getEphemeral() });
                done(null, new Empty());
            },
        });
        const enginePort = await new Promise<number>((resolve, reject) =>
            engine.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) =>
                error ? reject(error) : resolve(port),
            ),
        );
        const served = await listen("command", "1.2.1", (host) => new CommandProvider(host), `127.0.0.1:${enginePort}`);
        const client = new ResourceProviderClient(`127.0.0.1:${served.port}`, credentials.createInsecure());
        return new Plugin(client, messages, () => {
            client.close();
            served.close();
            engine.forceShutdown();
        });
    }

    async check(type: string, inputs: PropertyMap) {
        const request = new rpc.CheckRequest();
        request.setUrn(urn(type));
        request.setNews(encode(inputs));
        const response = await call<rpc.CheckResponse>((done) => this.client.check(request, done));
        return {
            inputs: decode(response.getInputs()),
            failures: response.getFailuresList().map((one) => `${one.getProperty()}: ${one.getReason()}`),
        };
    }

    async diff(type: string, oldInputs: PropertyMap, inputs: PropertyMap) {
        const request = new rpc.DiffRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setOlds(encode(oldInputs));
        request.setOldInputs(encode(oldInputs));
        request.setNews(encode(inputs));
        const response = await call<rpc.DiffResponse>((done) => this.client.diff(request, done));
        const detailed: Record<string, string> = {};
        response.getDetaileddiffMap().forEach((property, path) => {
            detailed[path] = kinds[property.getKind()];
        });
        return { changes: response.getChanges() === rpc.DiffResponse.DiffChanges.DIFF_SOME, detailed };
    }

    async create(type: string, inputs: PropertyMap, options: { preview?: boolean; timeout?: number } = {}) {
        const request = new rpc.CreateRequest();
        request.setUrn(urn(type));
        request.setProperties(encode(inputs));
        request.setPreview(options.preview ?? false);
        request.setTimeout(options.timeout ?? 0);
        const response = await call<rpc.CreateResponse>((done) => this.client.create(request, done));
        return { id: response.getId(), outputs: decode(response.getProperties()) };
    }

    async update(
        type: string,
        old: { inputs: PropertyMap; outputs: PropertyMap },
        inputs: PropertyMap,
        preview = false,
    ): Promise<PropertyMap> {
        const request = new rpc.UpdateRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setOlds(encode(old.outputs));
        request.setOldInputs(encode(old.inputs));
        request.setNews(encode(inputs));
        request.setPreview(preview);
        const response = await call<rpc.UpdateResponse>((done) => this.client.update(request, done));
        return decode(response.getProperties());
    }

    async delete(type: string, outputs: PropertyMap): Promise<void> {
        const request = new rpc.DeleteRequest();
        request.setUrn(urn(type));
        request.setId("id");
        request.setProperties(encode(outputs));
        await call<Empty>((done) => this.client.delete(request, done));
    }

    async invoke(token: string, args: PropertyMap): Promise<PropertyMap> {
        const request = new rpc.InvokeRequest();
        request.setTok(token);
        request.setArgs(encode(args));
        return decode((await call<rpc.InvokeResponse>((done) => this.client.invoke(request, done))).getReturn());
    }

    async cancel(): Promise<void> {
        await call<Empty>((done) => this.client.cancel(new Empty(), done));
    }
}

/** By the number of the kind. */
const kinds = ["add", "add-replace", "delete", "delete-replace", "update", "update-replace"];

function urn(type: string): string {
    return `urn:pulumi:test::project::${type}::step`;
}

function call<Response>(start: (done: (error: ServiceError | null, response: Response) => void) => unknown) {
    return new Promise<Response>((resolve, reject) =>
        start((error, response) => (error ? reject(new Error(error.details)) : resolve(response))),
    );
}
