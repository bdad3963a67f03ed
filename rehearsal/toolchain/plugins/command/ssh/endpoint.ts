/** How to reach and enter one host. Times are in seconds; a time of 0 has no limit. */
export interface Endpoint {
    host: string;
    port?: number;
    user?: string;
    password?: string;
    privateKey?: string;
    privateKeyPassword?: string;
    agentSocketPath?: string;
    dialErrorLimit?: number;
    perDialTimeout?: number;
    hostKey?: string;
}

export interface Target extends Endpoint {
    proxy?: Endpoint;
}

export function userOf(endpoint: Endpoint): string {
    return endpoint.user ?? "root";
}

export function portOf(endpoint: Endpoint): number {
    return endpoint.port ?? 22;
}

/** The endpoint as messages name it: `user@host:port`. */
export function addressOf(endpoint: Endpoint): string {
    return `${userOf(endpoint)}@${endpoint.host}:${portOf(endpoint)}`;
}
