import { setTimeout as delay } from "node:timers/promises";
import { Report } from "../report";

/** A failure that the next attempt would only repeat. */
export class FinalError extends Error {}

/**
 * Dials until it works, waiting 0.1 s, then half as long again each time, at most 5 s.
 * @param title what is done, as in `Dial 3/10 failed: retrying`
 * @param address whom it is done to, for the error
 * @param limit how many failures to forgive; -1 forgives all
 * @throws what the last attempt threw, or why `report.cancelled` was aborted
 */
export async function dialUntilAnswered<T>(
    title: string,
    address: string,
    limit: number,
    report: Report,
    attempt: () => Promise<T>,
): Promise<T> {
    for (let failures = 0, wait = 100; ; failures++, wait = Math.min(wait * 1.5, 5000)) {
        try {
            report.cancelled.throwIfAborted();
            return await attempt();
        } catch (error) {
            report.cancelled.throwIfAborted();
            if (error instanceof FinalError) {
                throw error;
            }
            if (limit >= 0 && failures >= limit) {
                const reason = error instanceof Error ? error.message : String(error);
                throw new Error(
                    `${address} can't be reached: after ${failures} failed attempts: ${reason}; ` +
                        `dialErrorLimit sets how many are made`,
                );
            }
        }
        report.status(`${title} ${failures + 1}/${limit < 0 ? "inf" : limit} failed: retrying`);
        await delay(wait, undefined, { signal: report.cancelled }).catch(() => report.cancelled.throwIfAborted());
    }
}
