import * as http from "node:http";
import * as https from "node:https";
import * as net from "node:net";

/** A server that is listening. */
export interface Listener {
    port: number;
    close(): Promise<void>;
}

/** The first byte of a TLS connection: a handshake record. */
const tlsHandshake = 0x16;

/** Clients put all parameters, user data with them, into the query. */
const maxHeaderSize = 256 * 1024;

/**
 * How long an idle connection stays open, in milliseconds: longer than clients keep one. A client that asks in the moment
 * in which its connection is closed sees a reset, and the provider does not ask again after one.
 */
const keepAliveTimeout = 600_000;

/**
 * Serves HTTP on an address, and HTTPS on the same port when there is a certificate: the first byte tells which.
 *
 * @param port 0 for any free one
 * @throws Error naming the address when it can't be listened on
 */
export async function listen(
    host: string,
    port: number,
    handler: http.RequestListener,
    certificate?: { cert: Buffer; key: Buffer },
): Promise<Listener> {
    const plain = http.createServer({ maxHeaderSize, keepAliveTimeout }, handler);
    const secure = certificate && https.createServer({ ...certificate, maxHeaderSize, keepAliveTimeout }, handler);
    const sockets = new Set<net.Socket>();
    const server = net.createServer((socket) => {
        sockets.add(socket);
        socket.on("close", () => sockets.delete(socket));
        socket.on("error", () => socket.destroy());
        socket.once("data", (chunk: Buffer) => {
            socket.pause();
            socket.unshift(chunk);
            (secure && chunk[0] === tlsHandshake ? secure : plain).emit("connection", socket);
            process.nextTick(() => socket.resume());
        });
    });
    await new Promise<void>((resolve, reject) => {
        server.once("error", (error) => reject(new Error(`${host}:${port} can't be listened on: ${error.message}`)));
        server.listen(port, host, resolve);
    });
    return {
        port: (server.address() as net.AddressInfo).port,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                for (const socket of sockets) socket.destroy();
            }),
    };
}
