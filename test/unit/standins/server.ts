import * as http from "node:http";
import { AddressInfo } from "node:net";

import { Handler, listener } from "../../../rehearsal/standins/http";

/** A server on loopback, what it logged, and how to end it. */
export interface TestServer {
    url: string;
    log: string[];
    close(): Promise<void>;
}

export async function serve(handler: Handler | http.RequestListener, raw = false): Promise<TestServer> {
    const log: string[] = [];
    const answer = raw ? (handler as http.RequestListener) : listener(handler as Handler, (line) => log.push(line));
    const server = http.createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, log, close };
}
