/**
 * Looks every quarter of a second until it is so.
 * @throws Error saying `what` when it isn't within `seconds`, or when `signal` says that nobody waits any more
 */
export async function waitFor(
    condition: () => Promise<boolean>,
    seconds: number,
    what: string,
    signal?: AbortSignal,
): Promise<void> {
    const deadline = Date.now() + seconds * 1000;
    while (!(await condition())) {
        signal?.throwIfAborted();
        if (Date.now() > deadline) throw new Error(`${what} within ${seconds} s`);
        await new Promise((resolve) => setTimeout(resolve, 250));
    }
}

/** What the message of an Error begins with that says that something took too long. */
export const outOfTime = "not done within ";

/** What `work` returns, if it does so within `seconds`. */
export async function within<T>(seconds: number, work: Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`${outOfTime}${seconds} s`)), seconds * 1000);
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}
