/**
 * Pulumi takes a stack trace for every promise of a resource, some three thousand in a preview, and the loader that
 * compiles the program maps each of their frames to the sources: a fifth of the program's work, for traces that nobody
 * reads. They stay as they are; errors, which have a message, and the positions that the engine keeps of resources
 * (taken without a limit of frames) are mapped as before.
 */
const mapped = Error.prepareStackTrace as typeof Error.prepareStackTrace | undefined;
if (mapped !== undefined) {
    Error.prepareStackTrace = (error, frames) =>
        error.message || Error.stackTraceLimit === Infinity
            ? mapped(error, frames)
            : [error, ...frames].join("\n    at ");
}

export {};
