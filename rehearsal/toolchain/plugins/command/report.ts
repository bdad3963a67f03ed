import { EngineHost, Severity } from "../serve";

/** Where a call says how it is getting on, and learns that nobody waits for it any more. */
export interface Report {
    /** The resource's status of the moment. */
    status(message: string): void;
    log(severity: Severity, message: string): void;
    cancelled: AbortSignal;
}

/**
 * The report of a call about one resource.
 * @param timeout of the call in seconds; 0 is none
 */
export function reportTo(host: EngineHost, urn: string, timeout = 0): Report {
    return {
        status: (message) => void host.log("info", message, urn, { ephemeral: true }),
        log: (severity, message) => void host.log(severity, message, urn),
        cancelled: timeout > 0 ? AbortSignal.any([host.cancelled, expiry(timeout)]) : host.cancelled,
    };
}

function expiry(seconds: number): AbortSignal {
    const controller = new AbortController();
    const reason = new Error(`not done within the ${seconds} seconds that its customTimeouts allow`);
    setTimeout(() => controller.abort(reason), seconds * 1000).unref();
    return controller.signal;
}
