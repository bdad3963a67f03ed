/** An error as the cloud answers it: its own code, a sentence, and the HTTP status that goes with the code. */
export class ApiError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly status = 400,
    ) {
        super(message);
        this.name = "ApiError";
    }
}

/**
 * Something named in the request does not exist: `Invalid<what>.NotFound` with status 404, for example
 * `InvalidDiskId.NotFound` from `notFound("DiskId", "d-1")`.
 */
export function notFound(what: string, value: string): ApiError {
    return new ApiError(`Invalid${what}.NotFound`, `The specified ${what} "${value}" does not exist.`, 404);
}

/** A parameter that the action needs is not there. */
export function missing(parameter: string): ApiError {
    return new ApiError(
        "MissingParameter",
        `The input parameter "${parameter}" that is mandatory for processing this request is not supplied.`,
    );
}

/** A parameter is there but is not valid; `why` says what would be. */
export function invalid(parameter: string, value: unknown, why: string): ApiError {
    return new ApiError(
        `InvalidParameter.${parameter}`,
        `The specified parameter ${parameter} "${String(value)}" is not valid: ${why}.`,
    );
}

/** The thing exists and its present state does not allow the action. */
export function conflict(code: string, message: string): ApiError {
    return new ApiError(code, message, 403);
}
