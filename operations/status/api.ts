import * as https from "node:https";
import type { TLSSocket } from "node:tls";
import { apiServer } from "../../cluster/kubeconfig";

/** How many seconds the Kubernetes API has for an answer. */
const patience = 6;

export interface Answer {
    status: number;
    body: string;
    /** Until when the certificate is valid that the server has shown. */
    certificateUntil?: Date;
}

export interface Asked {
    body?: string;
    /** Of the body; JSON when it is not said. */
    type?: string;
    headers?: Record<string, string>;
}

/** The Kubernetes API: `path` from its root, an answer whatever its status is. */
export interface Api {
    request(method: string, path: string, asked?: Asked): Promise<Answer>;
}

/** The path of a service's HTTP port, by way of the Kubernetes API. */
export function proxied(namespace: string, service: string, port: number, path: string): string {
    return `/api/v1/namespaces/${namespace}/services/${service}:${port}/proxy${path}`;
}

/**
 * The JSON of an answer.
 * @throws Error with the server's own words when it refuses
 */
export async function ask<T>(api: Api, method: string, path: string, asked?: Asked): Promise<T> {
    const { status, body } = await api.request(method, path, asked);
    if (status < 300) return JSON.parse(body) as T;
    // Behind the API server, the path there says more than the way to it.
    const place = path.split("?")[0].replace(/^.*\/proxy\//, "/");
    throw new Error(`${method} ${place}: ${status} ${refusal(body)}`.trim());
}

function refusal(body: string): string {
    try {
        const { message, error } = JSON.parse(body) as { message?: unknown; error?: unknown };
        const said = message ?? (error as { reason?: unknown } | undefined)?.reason ?? "";
        return typeof said === "string" ? said : JSON.stringify(said);
    } catch {
        return body.trim().split("\n")[0].slice(0, 200);
    }
}

/** The API server of a kubeconfig. */
export class KubernetesApi implements Api {
    private readonly server: string;
    private readonly agent: https.Agent;

    constructor(kubeconfig: string) {
        const { server, authority, certificate, key } = apiServer(kubeconfig);
        const pem = (text: string) => Buffer.from(text, "base64");
        this.server = server;
        this.agent = new https.Agent({ keepAlive: true, ca: pem(authority), cert: pem(certificate), key: pem(key) });
    }

    request(method: string, path: string, { body, type = "application/json", headers }: Asked = {}): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const request = https.request(new URL(path, this.server), {
                method,
                agent: this.agent,
                headers: { ...headers, ...(body !== undefined && { "content-type": type }) },
                // In all, not between two bytes.
                signal: AbortSignal.timeout(patience * 1000),
            });
            const fail = (error: NodeJS.ErrnoException) => reject(new Error(this.explain(error)));
            request.on("error", fail);
            request.on("response", (response) => {
                const chunks: Buffer[] = [];
                const { valid_to: until } = (response.socket as TLSSocket).getPeerCertificate();
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", fail);
                response.on("end", () =>
                    resolve({
                        status: response.statusCode ?? 0,
                        body: Buffer.concat(chunks).toString(),
                        ...(until && { certificateUntil: new Date(until) }),
                    }),
                );
            });
            request.end(body);
        });
    }

    close(): void {
        this.agent.destroy();
    }

    private explain({ name, code, message }: NodeJS.ErrnoException): string {
        if (name === "AbortError" || code === "ABORT_ERR") return `${this.server} gave no answer within ${patience} s`;
        return `${this.server}: ${code === "ECONNREFUSED" ? "connection refused" : message}`;
    }
}
