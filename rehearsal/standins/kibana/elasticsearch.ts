/** An answer of Elasticsearch that is an error, or none at all (status 0). */
export class ElasticsearchError extends Error {
    constructor(
        message: string,
        readonly status: number,
    ) {
        super(message);
    }
}

/** How long an answer may take, in milliseconds. */
const timeout = 20_000;

export interface Hit<T> {
    _id: string;
    _source: T;
}

export interface SearchResult<T> {
    hits: { total: { value: number }; hits: Hit<T>[] };
    aggregations?: Record<string, { buckets: Bucket[] }>;
}

export interface Bucket {
    key: string | number;
    doc_count: number;
    group?: { buckets: Bucket[] };
}

/** A client for one address, with a user's name and password or without. */
export class Elasticsearch {
    private readonly headers: Record<string, string>;

    constructor(
        readonly url: string,
        user?: string,
        password?: string,
    ) {
        const credentials = Buffer.from(`${user}:${password}`).toString("base64");
        this.headers = user ? { authorization: `Basic ${credentials}` } : {};
    }

    /** @throws ElasticsearchError with the reason that Elasticsearch gives */
    async request<T>(method: string, path: string, body?: object | string): Promise<T> {
        const content = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
        const type = typeof body === "string" ? "application/x-ndjson" : "application/json";
        let response: Response;
        let answer: string;
        try {
            response = await fetch(`${this.url}${path}`, {
                method,
                body: content,
                headers: { ...this.headers, ...(content !== undefined && { "content-type": type }) },
                signal: AbortSignal.timeout(timeout),
            });
            answer = await response.text();
        } catch (error) {
            const cause = (error as Error).cause as Error | undefined;
            throw new ElasticsearchError(`no answer from Elasticsearch: ${(cause ?? (error as Error)).message}`, 0);
        }
        if (!response.ok) throw new ElasticsearchError(reason(answer) ?? response.statusText, response.status);
        return (answer ? JSON.parse(answer) : undefined) as T;
    }

    /** Searches; an index that does not exist has nothing in it. */
    search<T>(index: string, body: object): Promise<SearchResult<T>> {
        const path = `/${encodeURIComponent(index)}/_search?ignore_unavailable=true&allow_no_indices=true`;
        return this.request("POST", path, body);
    }
}

/** The innermost reason of an error's body. */
function reason(answer: string): string | undefined {
    try {
        const { error } = JSON.parse(answer) as {
            error?: string | { reason?: string; root_cause?: { reason?: string }[] };
        };
        return typeof error === "string" ? error : (error?.root_cause?.[0]?.reason ?? error?.reason);
    } catch {
        return answer.slice(0, 200) || undefined;
    }
}
