import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What the region's HTTP servers for its hosts have alike. */

export interface Listening {
    url: string;
    /** Hangs up on whoever is connected. */
    close(): Promise<void>;
}

/**
 * Has a server listen.
 * @param port 0 for any free one
 * @throws Error when the address can't be listened on
 */
export async function listening(server: Server, { host, port }: { host: string; port: number }): Promise<Listening> {
    server.listen(port, host);
    await once(server, "listening");
    const address = server.address() as AddressInfo;
    return {
        url: `http://${address.address}:${address.port}`,
        close: async () => {
            const closed = once(server, "close");
            server.close();
            server.closeAllConnections();
            await closed;
        },
    };
}

/**
 * What a header `Range` asks of so many bytes, first and last counted from 0; undefined where it asks for all, or in a form
 * that is to be ignored; "unsatisfiable" when there are no such bytes.
 */
export function rangeOf(
    header: string | undefined,
    size: number,
): { start: number; end: number } | "unsatisfiable" | undefined {
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
    if (!from && !to) return undefined;
    const start = from ? Number(from) : Math.max(0, size - Number(to));
    const end = from && to ? Math.min(Number(to), size - 1) : size - 1;
    return start > end ? "unsatisfiable" : { start, end };
}
