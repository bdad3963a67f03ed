import { Metadata, ServiceError, status } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { InitializationError } from "./provider";
import { encode } from "./value";

/** The engine asked for something that this plugin doesn't do. */
export class NotImplemented extends Error {}

/** What a provider threw, as the gRPC status that the engine understands. */
export function failure(error: unknown): Partial<ServiceError> {
    const message = error instanceof Error ? error.message : String(error);
    if (error instanceof NotImplemented) {
        return { code: status.UNIMPLEMENTED, details: message };
    }
    const metadata = new Metadata();
    if (error instanceof InitializationError) {
        metadata.set("grpc-status-details-bin", Buffer.from(initializationStatus(error).serializeBinary()));
    }
    return { code: status.UNKNOWN, details: message, metadata };
}

function initializationStatus(error: InitializationError): Status {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encode(error.outputs));
    detail.setReasonsList(error.reasons);
    if (error.inputs) {
        detail.setInputs(encode(error.inputs));
    }
    const packed = new Any();
    packed.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const answer = new Status();
    answer.setCode(status.UNKNOWN);
    answer.setMessage(error.message);
    answer.addDetails(packed);
    return answer;
}
