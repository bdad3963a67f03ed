import { ServerUnaryCall, UntypedServiceImplementation, sendUnaryData } from "@grpc/grpc-js";
import { PluginAttach, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import * as rpc from "@pulumi/pulumi/proto/provider_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { EngineHost } from "./engine";
import { NotImplemented, failure } from "./failure";
import { Provider } from "./provider";
import { decode, encode } from "./value";

const diffKinds = {
    add: rpc.PropertyDiff.Kind.ADD,
    "add-replace": rpc.PropertyDiff.Kind.ADD_REPLACE,
    delete: rpc.PropertyDiff.Kind.DELETE,
    "delete-replace": rpc.PropertyDiff.Kind.DELETE_REPLACE,
    update: rpc.PropertyDiff.Kind.UPDATE,
    "update-replace": rpc.PropertyDiff.Kind.UPDATE_REPLACE,
};
const autonamingModes = ["propose", "enforce", "disable"] as const;

/** The gRPC methods of a resource provider, on top of a {@link Provider}. */
export function handlers(
    name: string,
    version: string,
    provider: Provider,
    host: EngineHost,
): UntypedServiceImplementation {
    // A message about a resource belongs before the answer about it, so every answer waits for those under way.
    const unary =
        <Request, Response>(handle: (request: Request) => Promise<Response> | Response) =>
        (call: ServerUnaryCall<Request, Response>, callback: sendUnaryData<Response>) => {
            void (async () => handle(call.request))()
                .finally(() => host.flush())
                .then(
                    (response) => callback(null, response),
                    (error: unknown) => callback(failure(error)),
                );
        };
    const notImplemented = (what: string) => {
        throw new NotImplemented(`the ${name} plugin has no ${what}`);
    };
    return {
        handshake: unary(() => {
            const response = new rpc.ProviderHandshakeResponse();
            response.setAcceptSecrets(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        }),
        attach: unary((request: PluginAttach) => {
            host.attach(request.getAddress());
            return new Empty();
        }),
        getPluginInfo: unary(() => {
            const info = new PluginInfo();
            info.setVersion(version);
            return info;
        }),
        cancel: unary(() => {
            host.cancel();
            return new Empty();
        }),
        checkConfig: unary((request: rpc.CheckRequest) =>
            check(request, provider.checkConfig?.bind(provider) ?? (({ inputs }) => Promise.resolve({ inputs }))),
        ),
        diffConfig: unary((request: rpc.DiffRequest) =>
            diff(
                request,
                provider.diffConfig?.bind(provider) ?? (() => notImplemented("difference of configurations")),
            ),
        ),
        configure: unary(async (request: rpc.ConfigureRequest) => {
            await provider.configure(decode(request.getArgs()));
            const response = new rpc.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        }),
        getSchema: unary(() => notImplemented("schema; import with --generate-code=false")),
        invoke: unary(async (request: rpc.InvokeRequest) => {
            const token = request.getTok();
            const response = new rpc.InvokeResponse();
            response.setReturn(
                encode(
                    (await provider.invoke?.(token, decode(request.getArgs()))) ?? notImplemented(`function ${token}`),
                ),
            );
            return response;
        }),
        call: unary((request: rpc.CallRequest) => notImplemented(`method ${request.getTok()}`)),
        construct: unary((request: rpc.ConstructRequest) => notImplemented(`component ${request.getType()}`)),
        check: unary((request: rpc.CheckRequest) => check(request, (checked) => provider.check(checked))),
        diff: unary((request: rpc.DiffRequest) => diff(request, (compared) => provider.diff(compared))),
        create: unary(async (request: rpc.CreateRequest) => {
            const created = await provider.create({
                ...resource(request),
                inputs: decode(request.getProperties()),
                timeout: request.getTimeout(),
                preview: request.getPreview(),
            });
            const response = new rpc.CreateResponse();
            response.setId(created.id);
            response.setProperties(encode(created.outputs));
            return response;
        }),
        read: unary(async (request: rpc.ReadRequest) => {
            const found = await provider.read({
                ...resource(request),
                id: request.getId(),
                inputs: decode(request.getInputs()),
                outputs: decode(request.getProperties()),
                timeout: request.getTimeout(),
            });
            const response = new rpc.ReadResponse();
            if (found.id) {
                response.setId(found.id);
                response.setInputs(encode(found.inputs));
                response.setProperties(encode(found.outputs));
            }
            return response;
        }),
        update: unary(async (request: rpc.UpdateRequest) => {
            const outputs = await provider.update({
                ...resource(request),
                id: request.getId(),
                oldInputs: decode(request.getOldInputs()),
                oldOutputs: decode(request.getOlds()),
                inputs: decode(request.getNews()),
                ignoreChanges: request.getIgnorechangesList(),
                timeout: request.getTimeout(),
                preview: request.getPreview(),
            });
            const response = new rpc.UpdateResponse();
            response.setProperties(encode(outputs));
            return response;
        }),
        delete: unary(async (request: rpc.DeleteRequest) => {
            await provider.delete({
                ...resource(request),
                id: request.getId(),
                inputs: decode(request.getOldInputs()),
                outputs: decode(request.getProperties()),
                timeout: request.getTimeout(),
            });
            return new Empty();
        }),
    };
}

/** Older engines say the URN only; its last two parts are the type and the name. */
function resource(request: { getUrn(): string; getType(): string; getName(): string }) {
    const urn = request.getUrn();
    const [, , type = "", ...name] = urn.split("::");
    return {
        urn,
        type: request.getType() || (type.split("$").at(-1) ?? ""),
        name: request.getName() || name.join("::"),
    };
}

async function check(request: rpc.CheckRequest, handle: Provider["check"]): Promise<rpc.CheckResponse> {
    const autonaming = request.getAutonaming();
    const checked = await handle({
        ...resource(request),
        oldInputs: decode(request.getOlds()),
        inputs: decode(request.getNews()),
        randomSeed: request.getRandomseed_asU8(),
        autonaming: autonaming && {
            mode: autonamingModes[autonaming.getMode()],
            proposedName: autonaming.getProposedName(),
        },
    });
    const response = new rpc.CheckResponse();
    response.setInputs(encode(checked.inputs));
    for (const { property = "", reason } of checked.failures ?? []) {
        const refused = new rpc.CheckFailure();
        refused.setProperty(property);
        refused.setReason(reason);
        response.addFailures(refused);
    }
    return response;
}

async function diff(request: rpc.DiffRequest, handle: Provider["diff"]): Promise<rpc.DiffResponse> {
    const difference = await handle({
        ...resource(request),
        id: request.getId(),
        oldInputs: decode(request.getOldInputs()),
        oldOutputs: decode(request.getOlds()),
        inputs: decode(request.getNews()),
        ignoreChanges: request.getIgnorechangesList(),
    });
    const { DIFF_SOME, DIFF_NONE } = rpc.DiffResponse.DiffChanges;
    const response = new rpc.DiffResponse();
    response.setChanges(difference.changed ? DIFF_SOME : DIFF_NONE);
    response.setDeletebeforereplace(difference.deleteBeforeReplace ?? false);
    response.setDiffsList(difference.diffs ?? []);
    const replaces = [...(difference.replaces ?? [])];
    if (difference.detailed) {
        response.setHasdetaileddiff(true);
        for (const [path, kind] of Object.entries(difference.detailed)) {
            const property = new rpc.PropertyDiff();
            property.setKind(diffKinds[kind]);
            property.setInputdiff(true);
            response.getDetaileddiffMap().set(path, property);
            if (kind.endsWith("-replace")) {
                replaces.push(path);
            }
        }
    }
    response.setReplacesList(replaces);
    return response;
}
