import { Progress } from "./progress";

/**
 * Waits for both works, so that none goes on behind its caller's back, and returns their results. `failed` hears of the
 * first failure at once, and may end the other work.
 * @throws the first failure, once both have ended
 */
export async function together<A, B>(works: [Promise<A>, Promise<B>], failed: (error: Error) => void): Promise<[A, B]> {
    const both = Promise.all(works);
    both.catch(failed);
    await Promise.allSettled(works);
    return both;
}

/** Says why the work is going to fail while that of others still runs. */
export const failedEarly =
    (progress: Progress) =>
    ({ message }: Error) =>
        progress(`FAILED, and ends when what is begun has: ${message}`);
