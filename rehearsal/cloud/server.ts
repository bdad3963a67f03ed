import type { IncomingMessage, ServerResponse } from "node:http";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { addresses } from "../paths";
import { ApiError } from "./api/errors";
import { decode, encode } from "./api/model";
import { Cloud, CloudOptions } from "./cloud";
import { control, type Service } from "./control";
import { takeDueSnapshots } from "./ecs/disks/schedule";
import { isMutating, refusal } from "./faults";
import { ensureCertificate } from "./http/certificate";
import { listen } from "./http/listener";
import { ApiRequest, readRequest } from "./http/request";
import { authenticate } from "./http/signature";
import { findOperation } from "./products";
import { newRequestId } from "./state/ids";

export interface ServerOptions extends CloudOptions {
    /** The API's port; 0 for any free one. */
    port?: number;
    /** The control address's port; 0 for any free one. */
    controlPort?: number;
    /** What is ordered of it through the control address. */
    mirror?: Service;
    objects?: Service;
}

export interface RunningCloud {
    /** The API, for example `http://127.0.0.1:7100`; the same port takes HTTPS. */
    url: string;
    controlUrl: string;
    /** The file of the certificate that an HTTPS client must trust. */
    certificate: string;
    /** Stops listening, waits for what is under way behind the API, saves. The machines stay as they are. */
    close(): Promise<void>;
}

/** How often automatic snapshots are looked after, in milliseconds. */
const scheduleMs = 60_000;

/**
 * Starts the cloud's API and its control address on loopback, and what should run in the region.
 *
 * @throws Error when the state can't be read or an address is taken
 */
export async function startCloud(options: ServerOptions): Promise<RunningCloud> {
    const { host } = addresses.cloud;
    const certificate = ensureCertificate(path.dirname(options.stateFile), host);
    let open: (cloud: Cloud) => void = () => undefined;
    const ready = new Promise<Cloud>((resolve) => (open = resolve));
    // The addresses come first: a region that runs already keeps a second one from its state and its machines.
    const api = await listen(
        host,
        options.port ?? addresses.cloud.port,
        (message, response) => void ready.then((cloud) => serve(cloud, message, response)),
        certificate,
    );
    const listeners = [api];
    const { mirror = { down: false }, objects = { down: false } } = options;
    try {
        const controls = await listen(
            host,
            options.controlPort ?? addresses.control.port,
            (message, response) => void ready.then((cloud) => control(cloud, { mirror, objects }, message, response)),
        );
        listeners.push(controls);
        const cloud = new Cloud(options);
        cloud.endpoint = `${host}:${api.port}`;
        await cloud.machines.recover();
        const endWatch = cloud.machines.watch();
        open(cloud);
        const schedule = setInterval(() => void takeDueSnapshots(cloud, new Date()), scheduleMs);
        return {
            url: `http://${cloud.endpoint}`,
            controlUrl: `http://${host}:${controls.port}`,
            certificate: certificate.file,
            close: async () => {
                endWatch();
                clearInterval(schedule);
                await Promise.all(listeners.map((listener) => listener.close()));
                await cloud.machines.idle();
                cloud.save();
            },
        };
    } catch (error) {
        await Promise.all(listeners.map((listener) => listener.close()));
        throw error;
    }
}

/** One call, from its bytes to its answer. */
async function serve(cloud: Cloud, message: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = newRequestId();
    const at = new Date();
    let request: ApiRequest | undefined;
    let outcome = "ok";
    const send = (status: number, body: object) => {
        response.writeHead(status, { "content-type": "application/json;charset=utf-8", "x-acs-request-id": requestId });
        response.end(JSON.stringify(body));
    };
    try {
        request = await readRequest(message);
        authenticate(request, cloud.key);
        const operation = findOperation(request.version, request.action);
        const fault = cloud.faults.take(request);
        const refused = fault && refusal(fault);
        if (refused) throw refused;
        if (fault?.delayMs) await sleep(fault.delayMs);
        const answer = await answerTo(cloud, operation, request);
        if (fault?.loseAnswer) {
            outcome = "lost";
            message.socket.destroy();
        } else {
            send(200, { RequestId: requestId, ...answer });
        }
    } catch (error) {
        const known = asApiError(cloud, request?.action, error);
        outcome = known.code;
        send(known.status, {
            RequestId: requestId,
            HostId: message.headers.host ?? "",
            Code: known.code,
            Message: known.message,
        });
    } finally {
        if (request) cloud.faults.record(request, outcome, at);
    }
}

async function answerTo(
    cloud: Cloud,
    operation: ReturnType<typeof findOperation>,
    request: ApiRequest,
): Promise<Record<string, unknown>> {
    const parameters = decode(operation.request, request.parameters);
    if (request.parameters["RegionId"] && request.parameters["RegionId"] !== cloud.region) {
        throw new ApiError("InvalidRegionId.NotFound", `This region is ${cloud.region}.`, 404);
    }
    if (parameters.dryRun === true) {
        throw new ApiError("InvalidParameter.DryRun", "This region does what it is asked, or not: it has no dry run.");
    }
    try {
        return await cloud.idempotency.once(request.action, parameters, async () =>
            encode(operation.answer, await operation.run(cloud, parameters)),
        );
    } finally {
        // Also after an error: what was done before it is done.
        if (isMutating(request.action)) cloud.save();
    }
}

function asApiError(cloud: Cloud, action: string | undefined, error: unknown): ApiError {
    if (error instanceof ApiError) return error;
    cloud.report(`call ${action ?? ""}`, error);
    return new ApiError("InternalError", `The region failed: ${(error as Error).message}`, 500);
}
