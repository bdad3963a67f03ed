import type { Duplex } from "node:stream";
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import { Endpoint, addressOf, userOf } from "./endpoint";
import { fingerprint, parseHostKey } from "./hostKey";
import { library } from "./library";
import { FinalError } from "./retry";

/** An open SSH connection. */
export interface Connection {
    client: Client;
    /** Rejects once the connection has ended: with the reason, or with that of the cancelling. */
    lost: Promise<never>;
    close(): void;
}

/** In milliseconds. */
export interface Patience {
    /** How long a host may take to let us in, once it is reached. */
    handshake: number;
    /** How far apart keepalives are; a host that leaves three of them unanswered is taken for dead. */
    keepalive: number;
}

/**
 * Enters a host over a stream to its SSH server.
 * @throws FinalError when the host shows another key than the expected one
 */
export async function shakeHands(
    endpoint: Endpoint,
    stream: Duplex,
    methods: AnyAuthMethod[],
    cancelled: AbortSignal,
    patience: Patience,
): Promise<Connection> {
    const { Client } = await library();
    cancelled.throwIfAborted();
    const client = new Client();
    let refusal: FinalError | undefined;
    const lost = new Promise<never>((_, reject) => {
        const end = (error: Error) => {
            cancelled.removeEventListener("abort", cancel);
            client.destroy();
            stream.destroy();
            reject(refusal ?? error);
        };
        const cancel = () => end(cancelled.reason as Error);
        cancelled.addEventListener("abort", cancel);
        client.on("error", end);
        client.on("close", () => end(new Error(`${addressOf(endpoint)} closed the connection`)));
    });
    lost.catch(() => undefined);
    const ready = new Promise<void>((resolve) => client.once("ready", resolve));
    client.connect({
        sock: stream,
        username: userOf(endpoint),
        readyTimeout: patience.handshake,
        keepaliveInterval: patience.keepalive,
        keepaliveCountMax: 3,
        // Copied, as the client empties it.
        authHandler: [...methods],
        ...verification(endpoint, (mismatch) => (refusal = mismatch)),
    });
    await Promise.race([ready, lost]);
    return { client, lost, close: () => client.end() };
}

/** Prefers the expected key's type, so that a host which has such a key shows it, and refuses every other key. */
function verification(endpoint: Endpoint, refuse: (refusal: FinalError) => void): ConnectConfig {
    if (endpoint.hostKey === undefined) {
        return {};
    }
    const expected = parseHostKey(endpoint.hostKey);
    const types = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "rsa-sha2-512"];
    return {
        algorithms: { serverHostKey: [...new Set([expected.type, ...types])] as ServerHostKeyAlgorithm[] },
        hostVerifier: (blob: Buffer) => {
            const verified = blob.equals(expected.blob);
            if (!verified) {
                refuse(
                    new FinalError(
                        `host key mismatch: ${endpoint.host} should show ${fingerprint(expected.blob)}, ` +
                            `but shows ${fingerprint(blob)}; it is another host, or one that was set up anew`,
                    ),
                );
            }
            return verified;
        },
    };
}
