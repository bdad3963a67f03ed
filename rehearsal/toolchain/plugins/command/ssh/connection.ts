import * as net from "node:net";
import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { authentication } from "./authentication";
import { Endpoint, Target, addressOf, portOf } from "./endpoint";
import { Connection, Patience, shakeHands } from "./handshake";
import { parseHostKey } from "./hostKey";
import { Report } from "../report";
import { dialUntilAnswered } from "./retry";

/** A host in distress is slow to let anybody in, and is the one that a command may be needed on. */
const patience: Patience = { handshake: 60_000, keepalive: 10_000 };

/** Connects to a host, through its proxy if it has one, and tries again while that fails for a reason that may pass. */
export async function dial(target: Target, report: Report, limits = patience): Promise<Connection> {
    if (!target.proxy) {
        return dialHost("Dial", target, report, limits, () => connectTo(target, report.cancelled));
    }
    const { proxy } = target;
    const outer = await dialHost("Dial proxy", proxy, report, limits, () => connectTo(proxy, report.cancelled));
    try {
        const through = () => Promise.race([forward(outer.client, target), outer.lost]);
        const inner = await dialHost("Dial from proxy", target, report, limits, through);
        inner.lost.catch(() => outer.close());
        return inner;
    } catch (error) {
        outer.close();
        throw error;
    }
}

async function dialHost(
    title: string,
    endpoint: Endpoint,
    report: Report,
    limits: Patience,
    reach: () => Promise<Duplex>,
): Promise<Connection> {
    const methods = await authentication(endpoint);
    if (endpoint.hostKey !== undefined) {
        parseHostKey(endpoint.hostKey);
    }
    return dialUntilAnswered(title, addressOf(endpoint), endpoint.dialErrorLimit ?? 10, report, async () =>
        shakeHands(endpoint, await reach(), methods, report.cancelled, limits),
    );
}

/** Opens a TCP stream, within the endpoint's `perDialTimeout`. */
function connectTo(endpoint: Endpoint, cancelled: AbortSignal): Promise<net.Socket> {
    const { host, perDialTimeout = 15 } = endpoint;
    return new Promise((resolve, reject) => {
        const socket = net.connect({ host, port: portOf(endpoint), signal: cancelled });
        socket.setTimeout(perDialTimeout * 1000, () =>
            socket.destroy(new Error(`no answer within the ${perDialTimeout} seconds of perDialTimeout`)),
        );
        socket.on("error", reject);
        socket.on("connect", () => resolve(socket.setTimeout(0)));
    });
}

/** Opens a TCP stream from the proxy to the target. */
function forward(proxy: Client, target: Target): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        proxy.forwardOut("127.0.0.1", 0, target.host, portOf(target), (error, stream) =>
            error ? reject(error) : resolve(stream),
        );
    });
}
