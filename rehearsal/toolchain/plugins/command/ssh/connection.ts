import type { Duplex } from "node:stream";
import type { Client } from "ssh2";
import { authentication } from "./authentication";
import { Endpoint, Target, addressOf, portOf } from "./endpoint";
import { Connection, shakeHands } from "./handshake";
import { parseHostKey } from "./hostKey";
import { Report } from "../report";
import { dialUntilAnswered } from "./retry";

/**
 * Connects to a host, through its proxy if it has one, and tries again while that fails for a reason that may pass.
 * @param keepalive milliseconds between two keepalives
 */
export async function dial(target: Target, report: Report, keepalive?: number): Promise<Connection> {
    if (!target.proxy) {
        return dialHost("Dial", target, report, keepalive);
    }
    const proxy = await dialHost("Dial proxy", target.proxy, report, keepalive);
    try {
        const through = () => Promise.race([forward(proxy.client, target), proxy.lost]);
        const connection = await dialHost("Dial from proxy", target, report, keepalive, through);
        connection.lost.catch(() => proxy.close());
        return connection;
    } catch (error) {
        proxy.close();
        throw error;
    }
}

async function dialHost(
    title: string,
    endpoint: Endpoint,
    report: Report,
    keepalive?: number,
    through?: () => Promise<Duplex>,
): Promise<Connection> {
    const methods = await authentication(endpoint);
    if (endpoint.hostKey !== undefined) {
        parseHostKey(endpoint.hostKey);
    }
    return dialUntilAnswered(title, addressOf(endpoint), endpoint.dialErrorLimit ?? 10, report, async () =>
        shakeHands(endpoint, methods, report.cancelled, await through?.(), keepalive),
    );
}

/** Opens a TCP stream from the proxy to the target. */
function forward(proxy: Client, target: Target): Promise<Duplex> {
    return new Promise((resolve, reject) => {
        proxy.forwardOut("127.0.0.1", 0, target.host, portOf(target), (error, stream) =>
            error ? reject(error) : resolve(stream),
        );
    });
}
