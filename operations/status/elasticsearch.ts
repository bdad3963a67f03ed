import { exec } from "./exec";
import type { Shell } from "./ssh";

/** Elasticsearch, asked in its own pod: the way through the Kubernetes API drops the login that it may want. */
export class Elasticsearch {
    /** @param host the one that kubectl is on */
    constructor(
        private readonly shell: Shell,
        private readonly host: string,
    ) {}

    /**
     * The JSON of an answer, and the seconds that it took.
     * @throws Error with Elasticsearch's own reason when it refuses
     */
    async ask<T>(method: string, place: string, body?: object): Promise<{ answer: T; seconds: number }> {
        const pod = { host: this.host, namespace: "logging", pod: "elasticsearch-0", container: "elasticsearch" };
        const given = { METHOD: method, PLACE: place, JSON: body ? JSON.stringify(body) : "" };
        try {
            const { printed, seconds } = await exec(this.shell, pod, "elasticsearch", given);
            return { answer: JSON.parse(printed) as T, seconds };
        } catch (error) {
            throw new Error(refusal((error as Error).message), { cause: error });
        }
    }
}

/** What was said, with the first reason in place of the JSON that it is in. */
function refusal(failure: string): string {
    return failure.replace(/\{.*?"reason":("(?:[^"\\]|\\.)*").*/s, (_, reason: string) => JSON.parse(reason) as string);
}
