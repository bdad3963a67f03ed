import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { locked } from "../../build/lock";
import { run } from "../../command";

/** The key that signs a machine's own repositories. */
export interface SigningKey {
    /** ASCII-armoured, as repositories publish it. */
    publicKey: string;
    /** Signs in clear (`InRelease`) or detached (`Release.gpg`). */
    sign(text: string, how: "clear" | "detached"): Promise<string>;
}

/** Returns the key kept in `dir`, made on first use; it never leaves the machine. */
export async function signingKey(dir: string): Promise<SigningKey> {
    const home = path.join(dir, "gnupg");
    const publicFile = path.join(dir, "key.asc");
    const gpg = (args: string[], input?: string) =>
        // gpg starts an agent that would stay; it is ended with the command that needed it.
        run("gpg", ["--homedir", home, "--batch", "--no-tty", "--passphrase", "", ...args], { input }).finally(() =>
            run("gpgconf", ["--homedir", home, "--kill", "gpg-agent"]),
        );
    await mkdir(home, { recursive: true, mode: 0o700 });
    // Agents of two processes on one folder would end each other.
    const exclusive = <T>(work: () => Promise<T>) => locked(path.join(dir, ".lock"), () => undefined, work);
    const publicKey = await exclusive(async () => {
        if (!existsSync(publicFile)) {
            await gpg([
                "--quick-generate-key",
                "Test cluster packages <packages@localhost>",
                "ed25519",
                "sign",
                "never",
            ]);
            await writeFile(publicFile, await gpg(["--armor", "--export"]));
        }
        return gpg(["--armor", "--export"]);
    });
    return {
        publicKey,
        sign: (text, how) =>
            exclusive(() =>
                gpg(["--armor", how === "clear" ? "--clear-sign" : "--detach-sign", "--output", "-"], text),
            ),
    };
}
