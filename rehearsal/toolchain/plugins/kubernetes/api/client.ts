import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";
import { finished } from "node:stream/promises";
import { JsonObject } from "../../value";
import { Connection } from "./kubeconfig";
import { listAt, textAt } from "../object";

/** Seconds in which an API server has to take a connection, and then to answer. */
const connectTimeout = 10;
const answerTimeout = 60;

export interface Call {
    method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
    path: string;
    query?: Record<string, string | undefined>;
    body?: JsonObject | JsonObject[];
    contentType?: string;
    /** Seconds in which the answer has to begin. */
    timeout?: number;
}

/** The API server answered, but not with success. `status` is its Status object. */
export class ApiError extends Error {
    constructor(
        readonly code: number,
        readonly status: JsonObject,
    ) {
        super(textAt(status, "message") || `the API server answered ${code}`);
    }

    get reason(): string {
        return textAt(this.status, "reason");
    }

    /** One line per field that is refused, or in conflict with another manager. */
    get causes(): string[] {
        return listAt(this.status, "details", "causes").map((cause) => {
            const field = textAt(cause, "field");
            return field ? `${field}: ${textAt(cause, "message")}` : textAt(cause, "message");
        });
    }
}

/** The API server can't be reached, or doesn't know who asks. */
export class Unreachable extends Error {}

/** Speaks to one API server. Every call ends by itself, or when the signal is aborted. */
export class Client {
    private readonly agent: http.Agent;

    constructor(
        readonly connection: Connection,
        private readonly signal: AbortSignal,
    ) {
        this.agent = this.secure
            ? new https.Agent({
                  keepAlive: true,
                  maxSockets: 32,
                  ca: connection.ca,
                  cert: connection.cert,
                  key: connection.key,
                  rejectUnauthorized: !connection.insecure,
                  servername: connection.serverName,
              })
            : new http.Agent({ keepAlive: true, maxSockets: 32 });
    }

    private get secure(): boolean {
        return this.connection.server.startsWith("https:");
    }

    /** @throws ApiError, Unreachable, or the abort's reason */
    async json(call: Call): Promise<JsonObject> {
        const text = await this.text(call);
        return text ? (JSON.parse(text) as JsonObject) : {};
    }

    /** The answer as it is: for logs. A busy server is asked again, as often and as late as it says. */
    async text(call: Call): Promise<string> {
        for (let attempt = 1; ; attempt++) {
            const response = await this.send(call, this.signal);
            const text = await body(response, this.connection.server);
            const code = response.statusCode ?? 0;
            if (code < 300) {
                return text;
            }
            const retryAfter = Number(response.headers["retry-after"]);
            if (code !== 429 || !retryAfter || attempt > 5) {
                throw failure(code, text);
            }
            await pause(retryAfter * 1000, this.signal);
        }
    }

    /** Calls back for events of a watch, some at once, until it ends, by itself or by the signal; never throws. */
    async watch(call: Call, signal: AbortSignal, onEvent: () => void): Promise<void> {
        try {
            const response = await this.send({ ...call, query: { ...call.query, watch: "1" }, timeout: 0 }, signal);
            if (response.statusCode !== 200) {
                response.resume();
                return;
            }
            await finished(response.on("data", onEvent));
        } catch {
            // A watch only saves waiting for the next look at the object; that look will say what is wrong.
        }
    }

    private send(call: Call, signal: AbortSignal): Promise<http.IncomingMessage> {
        const timeout = call.timeout ?? answerTimeout;
        const url = new URL(this.connection.server + call.path);
        for (const [key, value] of Object.entries(call.query ?? {})) {
            if (value !== undefined) {
                url.searchParams.set(key, value);
            }
        }
        const payload = call.body === undefined ? undefined : JSON.stringify(call.body);
        const headers: http.OutgoingHttpHeaders = { accept: "application/json", "user-agent": "pulumi-kubernetes" };
        if (payload !== undefined) {
            headers["content-type"] = call.contentType ?? "application/json";
            headers["content-length"] = Buffer.byteLength(payload);
        }
        if (this.connection.token) {
            headers.authorization = `Bearer ${this.connection.token}`;
        }
        return new Promise((resolve, reject) => {
            const request = (this.secure ? https : http).request(url, {
                method: call.method ?? "GET",
                agent: this.agent,
                headers,
                signal,
                timeout: timeout * 1000,
            });
            request.on("socket", (socket) => limitConnect(socket, request));
            request.on("timeout", () => request.destroy(new Error(`no answer within ${timeout} s`)));
            request.on("response", resolve);
            request.on("error", (error) =>
                reject(signal.aborted ? (signal.reason as Error) : unreachable(this.connection.server, error)),
            );
            request.end(payload);
        });
    }
}

function limitConnect(socket: net.Socket, request: http.ClientRequest): void {
    if (socket.connecting) {
        const refused = new Error(`no connection within ${connectTimeout} s`);
        const timer = setTimeout(() => request.destroy(refused), connectTimeout * 1000);
        socket.once("connect", () => clearTimeout(timer));
        socket.once("close", () => clearTimeout(timer));
    }
}

async function body(response: http.IncomingMessage, server: string): Promise<string> {
    const chunks: Buffer[] = [];
    try {
        for await (const chunk of response) {
            chunks.push(chunk as Buffer);
        }
    } catch (error) {
        throw unreachable(server, error as Error);
    }
    return Buffer.concat(chunks).toString("utf8");
}

function unreachable(server: string, error: Error): Unreachable {
    return new Unreachable(`${server}: ${error.message || (error as NodeJS.ErrnoException).code || "no connection"}`);
}

function failure(code: number, text: string): ApiError {
    try {
        return new ApiError(code, JSON.parse(text) as JsonObject);
    } catch {
        return new ApiError(code, { message: text.trim().slice(0, 500) });
    }
}

/** Resolves after a time in milliseconds; rejects as soon as the signal is aborted. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const done = () => {
            signal.removeEventListener("abort", aborted);
            resolve();
        };
        const timer = setTimeout(done, milliseconds);
        const aborted = () => {
            clearTimeout(timer);
            reject(signal.reason as Error);
        };
        signal.addEventListener("abort", aborted, { once: true });
    });
}
