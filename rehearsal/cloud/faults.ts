import { ApiError } from "./api/errors";
import type { ApiRequest } from "./http/request";

/** What the cloud is told to do wrong. */
export interface Fault {
    /** The action it is for, or `*`. */
    action: string;
    /** Parameters that the call must have, as on the wire: `{ "InstanceName": "node-01", "Tag.1.Key": "a" }`. */
    match?: Record<string, string>;
    /** For how many calls; 1 when not given. */
    count?: number;
    /** Answer with this error and do nothing. */
    refuse?: { code: string; message?: string; status?: number };
    /** Answer with `Throttling.User` and do nothing. */
    throttle?: boolean;
    /** Wait before the work, in milliseconds. */
    delayMs?: number;
    /** Do the work, then cut the connection instead of answering. */
    loseAnswer?: boolean;
}

/** One call that was made, for tests that ask what a program did. */
export interface Call {
    action: string;
    parameters: Record<string, string>;
    /** Whether it is one that changes something. */
    mutating: boolean;
    /** ISO 8601, to the millisecond. */
    at: string;
    /** `ok`, an error's code, or `lost` when the answer was not sent. */
    outcome: string;
}

/** Calls kept for the log; older ones are forgotten. */
const callLimit = 10_000;

/** Who signed, and secrets. */
const unlogged = /^(AccessKeyId|Signature.*|Timestamp|SecurityToken|UserData|Password)$/;

export class Faults {
    private ordered: (Fault & { count: number })[] = [];
    private log: Call[] = [];
    /** `zone type` that is sold out. */
    private readonly soldOut = new Set<string>();

    order(fault: Fault): void {
        this.ordered.push({ ...fault, count: fault.count ?? 1 });
    }

    list(): { faults: Fault[]; soldOut: string[] } {
        return { faults: this.ordered, soldOut: [...this.soldOut] };
    }

    clear(): void {
        this.ordered = [];
        this.soldOut.clear();
    }

    sellOut(zone: string, type: string): void {
        this.soldOut.add(`${zone} ${type}`);
    }

    inStock(zone: string, type: string): boolean {
        return !this.soldOut.has(`${zone} ${type}`);
    }

    /** The first fault ordered for this call, which uses it up by one. */
    take(request: ApiRequest): Fault | undefined {
        const fault = this.ordered.find(
            ({ action, match = {} }) =>
                (action === "*" || action === request.action) &&
                Object.entries(match).every(([name, value]) => request.parameters[name] === value),
        );
        if (fault && --fault.count <= 0) this.ordered.splice(this.ordered.indexOf(fault), 1);
        return fault;
    }

    record(request: ApiRequest, outcome: string, at: Date): void {
        this.log.push({
            action: request.action,
            parameters: Object.fromEntries(Object.entries(request.parameters).filter(([name]) => !unlogged.test(name))),
            mutating: isMutating(request.action),
            at: at.toISOString(),
            outcome,
        });
        if (this.log.length > callLimit) this.log.shift();
    }

    /** @param since ISO 8601: only calls at that time or later */
    calls(since = ""): Call[] {
        return this.log.filter((call) => call.at >= since);
    }
}

export function isMutating(action: string): boolean {
    return !/^(Describe|List|Get|Query)/.test(action);
}

/** The error that a fault answers with, if it refuses the call. */
export function refusal(fault: Fault): ApiError | undefined {
    if (fault.throttle) {
        return new ApiError("Throttling.User", "Request was denied due to user flow control.", 400);
    }
    if (!fault.refuse) return undefined;
    const { code, message = "An error that was ordered through the control address.", status = 400 } = fault.refuse;
    return new ApiError(code, message, status);
}
