import * as http from "node:http";
import { AddressInfo } from "node:net";

import { Handler, listener } from "../../../rehearsal/standins/http";

/** A server on loopback, and how to end it. */
export interface TestServer {
    url: string;
    close(): Promise<void>;
}

export async function serve(handler: Handler): Promise<TestServer> {
    const server = http.createServer(listener(handler, () => {}));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = async () => {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
    };
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}
