import { createHash } from "node:crypto";
import { ApiError } from "./errors";
import type { State } from "../state/records";

/** How long a token is remembered, as in the cloud. */
const lifetimeMs = 24 * 3600 * 1000;

type Answer = Record<string, unknown>;

/** Answers a repeated request, by its ClientToken, with what the first one got. */
export class Idempotency {
    private readonly underWay = new Map<string, { request: string; answer: Promise<Answer> }>();

    constructor(private readonly tokens: State["tokens"]) {}

    /**
     * Runs `work`, unless a request with the same action and token has been run, or is being run.
     *
     * @throws ApiError `IdempotentParameterMismatch` when the token came with other parameters
     */
    async once(action: string, parameters: Record<string, unknown>, work: () => Promise<Answer>): Promise<Answer> {
        const { clientToken, ...rest } = parameters;
        if (typeof clientToken !== "string" || clientToken === "") return work();
        const key = `${action} ${clientToken}`;
        const request = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
        const before = this.tokens[key] ?? this.underWay.get(key);
        if (before && before.request !== request) {
            throw new ApiError(
                "IdempotentParameterMismatch",
                `The ClientToken "${clientToken}" was used for a request with other parameters.`,
            );
        }
        if (before) return before.answer;
        const answer = work();
        this.underWay.set(key, { request, answer });
        try {
            this.tokens[key] = { request, answer: await answer, at: new Date().toISOString() };
        } finally {
            this.underWay.delete(key);
        }
        this.forget();
        return answer;
    }

    private forget(): void {
        const oldest = new Date(Date.now() - lifetimeMs).toISOString();
        for (const [key, { at }] of Object.entries(this.tokens)) if (at < oldest) delete this.tokens[key];
    }
}
