import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as net from "node:net";
import { AddressInfo } from "node:net";
import { AuthContext, Connection, Server, ServerChannel, Session, utils } from "ssh2";
import { serveFiles } from "./commandSftp";

export const hostKey = utils.generateKeyPairSync("ed25519");
export const otherHostKey = utils.generateKeyPairSync("ed25519");
export const userKey = utils.generateKeyPairSync("ed25519");

interface Options {
    port?: number;
    /** The variables that a client may set. */
    acceptEnv?: string[];
    hostKey?: string;
    password?: string;
}

/**
 * A stand-in for an OpenSSH server: it runs commands with this machine's `sh -c`, serves its files and forwards to its
 * network, for whoever has the user's key or the password.
 */
export class StandInServer {
    private readonly sockets = new Set<net.Socket>();
    readonly pids: number[] = [];
    readonly forwarded: string[] = [];
    private readonly listener: net.Server;

    private constructor(private readonly options: Options) {
        const ssh = new Server({ hostKeys: [options.hostKey ?? hostKey.private] }, (client) => this.welcome(client));
        this.listener = net.createServer((socket) => {
            this.sockets.add(socket);
            socket.on("close", () => this.sockets.delete(socket));
            ssh.injectSocket(socket);
        });
    }

    static async start(options: Options = {}): Promise<StandInServer> {
        const server = new StandInServer(options);
        await new Promise<void>((resolve, reject) => {
            server.listener.on("error", reject);
            server.listener.listen(options.port ?? 0, "127.0.0.1", resolve);
        });
        return server;
    }

    get port(): number {
        return (this.listener.address() as AddressInfo).port;
    }

    get connections(): number {
        return this.sockets.size;
    }

    /** Cuts every connection. */
    cut(): void {
        this.sockets.forEach((socket) => socket.destroy());
    }

    /** Stops answering, as a host that has hung. */
    freeze(): void {
        this.sockets.forEach((socket) => socket.pause());
    }

    close(): void {
        this.listener.close();
        this.cut();
        for (const pid of this.pids) {
            try {
                process.kill(-pid, "SIGKILL");
            } catch {
                // Already over.
            }
        }
    }

    private welcome(client: Connection): void {
        client.on("error", () => undefined);
        client.on("authentication", (context) => (this.knows(context) ? context.accept() : context.reject()));
        client.on("session", (accept) => this.session(accept()));
        client.on("tcpip", (accept, reject, { destIP, destPort }) => {
            this.forwarded.push(`${destIP}:${destPort}`);
            const socket = net.connect(destPort, destIP);
            socket.on("error", () => reject());
            socket.on("connect", () => {
                const channel = accept();
                channel.on("error", () => socket.destroy()).on("close", () => socket.destroy());
                channel.pipe(socket).pipe(channel);
            });
        });
    }

    private knows(context: AuthContext): boolean {
        if (context.method === "publickey") {
            const expected = utils.parseKey(userKey.public);
            return !(expected instanceof Error) && context.key.data.equals(expected.getPublicSSH());
        }
        return context.method === "password" && context.password === this.options.password;
    }

    private session(session: Session): void {
        const env: Record<string, string> = {};
        session.on("env", (accept, reject, { key, val }) => {
            if (!this.options.acceptEnv?.includes(key)) {
                return reject?.();
            }
            env[key] = val;
            accept?.();
        });
        session.on("exec", (accept, _reject, { command }) => this.run(accept(), command, env));
        session.on("sftp", (accept) => serveFiles(accept()));
    }

    private run(channel: ServerChannel, command: string, env: Record<string, string>): void {
        const child = spawn("sh", ["-c", command], { env: { PATH: process.env.PATH, ...env }, detached: true });
        this.pids.push(child.pid as number);
        channel.on("error", () => undefined);
        child.stdin.on("error", () => undefined);
        channel.pipe(child.stdin);
        child.stdout.pipe(channel, { end: false });
        child.stderr.pipe(channel.stderr, { end: false });
        child.on("close", (status, signal) => {
            if (signal) {
                channel.exit(signal);
            } else {
                channel.exit(status ?? 0);
            }
            channel.end();
        });
    }
}

/** A port of this machine that nobody listens on. */
export async function freePort(): Promise<number> {
    const listener = net.createServer();
    await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
    const { port } = listener.address() as AddressInfo;
    await new Promise((resolve) => listener.close(resolve));
    return port;
}

/** Resolves once the condition holds; mocha's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
    while (!condition()) {
        await new Promise((resolve) => setTimeout(resolve, 5));
    }
}

/** Whether a file exists, for a command to say where it has got to. */
export const exists = (file: string) => () => fs.existsSync(file);
