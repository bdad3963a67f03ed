import { type ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as http from "node:http";
import * as path from "node:path";
import type { Services } from "./drill";
import { sqlBehind } from "./rows";
import { waitFor } from "../status/wait";
import type { Answer, Api, Asked } from "../status/api";

/** Seconds that a question may take. */
const patience = 6;

/**
 * Ways from sockets in a folder here to addresses behind a host, by one SSH connection that is made anew when it ends:
 * what serves in the cluster is asked without asking the Kubernetes API.
 */
export class Tunnel {
    private child?: ChildProcess;
    private timer?: NodeJS.Timeout;
    private closed = false;
    private readonly kill = () => void this.child?.kill();

    /** @param addresses `host:port` by the name of the socket */
    constructor(
        private readonly config: string,
        private readonly host: string,
        private readonly dir: string,
        private readonly addresses: Record<string, string>,
    ) {
        process.on("exit", this.kill);
        this.open();
    }

    socket(name: string): string {
        return path.join(this.dir, `${name}.sock`);
    }

    /** @throws Error when it isn't open within `seconds` */
    async ready(seconds: number): Promise<void> {
        const all = Object.keys(this.addresses).map((name) => this.socket(name));
        await waitFor(async () => all.every((file) => fs.existsSync(file)), seconds, "the way by SSH was not open");
    }

    close(): void {
        this.closed = true;
        clearTimeout(this.timer);
        this.kill();
        process.off("exit", this.kill);
    }

    private open(): void {
        const names = Object.entries(this.addresses);
        const forwards = names.flatMap(([name, address]) => ["-L", `${this.socket(name)}:${address}`]);
        const options = ["BatchMode=yes", "ConnectTimeout=6", "ExitOnForwardFailure=yes", "StreamLocalBindUnlink=yes"];
        const alive = ["ServerAliveInterval=3", "ServerAliveCountMax=3"];
        const set = [...options, ...alive].flatMap((option) => ["-o", option]);
        this.child = spawn("ssh", ["-F", this.config, ...set, "-N", ...forwards, this.host], { stdio: "ignore" });
        this.child.on("error", () => undefined);
        this.child.on("close", () => {
            if (!this.closed) this.timer = setTimeout(() => this.open(), 1000);
        });
    }
}

/** MySQL and Nacos by way of a host; `dir` is the caller's alone. */
export async function reach(
    config: string,
    host: string,
    dir: string,
    addresses: { mysql: string; nacos: string },
): Promise<Services> {
    const tunnel = new Tunnel(config, host, dir, addresses);
    try {
        await tunnel.ready(15);
    } catch (error) {
        tunnel.close();
        throw error;
    }
    return {
        sql: (password) => sqlBehind(tunnel.socket("mysql"), password, patience),
        nacos: new SocketApi(tunnel.socket("nacos"), patience),
        close: () => tunnel.close(),
    };
}

/** An HTTP server behind a socket. Each question is a connection of its own, as a new client's is. */
export class SocketApi implements Api {
    constructor(
        private readonly socketPath: string,
        private readonly patience: number,
    ) {}

    request(method: string, path: string, { body, type = "application/json", headers }: Asked = {}): Promise<Answer> {
        return new Promise((resolve, reject) => {
            const request = http.request({
                socketPath: this.socketPath,
                path,
                method,
                agent: false,
                headers: { host: "localhost", ...headers, ...(body !== undefined && { "content-type": type }) },
                signal: AbortSignal.timeout(this.patience * 1000),
            });
            request.on("error", (error) => {
                const late = error.name === "AbortError" || error.name === "TimeoutError";
                reject(late ? new Error(`no answer within ${this.patience} s`) : error);
            });
            request.on("response", (response) => {
                const chunks: Buffer[] = [];
                response.on("data", (chunk: Buffer) => chunks.push(chunk));
                response.on("error", reject);
                response.on("end", () =>
                    resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
                );
            });
            request.end(body);
        });
    }
}
