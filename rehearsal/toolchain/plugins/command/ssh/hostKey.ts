import { createHash } from "node:crypto";

/** A host's public key: its type, such as `ssh-ed25519`, and the key as it goes over the wire. */
export interface HostKey {
    type: string;
    blob: Buffer;
}

/**
 * Reads a public key from the first line that holds one, as in an authorized_keys file: `<type> <base64> [comment]`,
 * where one field may stand before the type. Blank lines and comments are skipped. Throws when there is none.
 */
export function parseHostKey(text: string): HostKey {
    for (const line of text.split("\n").map((raw) => raw.trim())) {
        const words = line.startsWith("#") ? [] : line.split(/\s+/);
        for (const at of [0, 1]) {
            const blob = Buffer.from(words[at + 1] ?? "", "base64");
            if (blob.length > 0 && keyType(blob) === words[at]) {
                return { type: words[at], blob };
            }
        }
    }
    throw new Error(
        'failed to parse host key: it has no line that reads "<type> <base64>", such as "ssh-ed25519 AAAA…"',
    );
}

/** The type that a key on the wire says that it has. */
export function keyType(blob: Buffer): string {
    return blob.length < 4 ? "" : blob.toString("latin1", 4, 4 + blob.readUInt32BE(0));
}

/** How `ssh-keygen -l` shows a key, after its type: `ssh-ed25519 SHA256:…`. */
export function fingerprint(blob: Buffer): string {
    const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
    return `${keyType(blob)} SHA256:${digest}`;
}
