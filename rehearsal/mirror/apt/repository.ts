import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, stat, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";

import { run } from "../../command";
import { SigningKey } from "./key";

/** Where upstream keeps the parts of a repository, relative to its address. */
export interface Layout {
    /** `Release`, `InRelease` and `Release.gpg`: `dists/bookworm`, or nothing for a flat repository. */
    release: string;
    /** `Packages`, relative to `release`. */
    index: string;
    pool: string;
    publicKey: string;
    /** Fields of the Release file. */
    fields: { [name: string]: string };
}

/** Writes a signed apt repository of these .deb files into `dir`, which is empty. */
export async function writeRepository(dir: string, layout: Layout, debs: string[], key: SigningKey): Promise<void> {
    await mkdir(path.join(dir, layout.pool), { recursive: true });
    const stanzas = await Promise.all(
        debs.map(async (deb) => {
            const name = path.join(layout.pool, path.basename(deb));
            await link(deb, path.join(dir, name));
            return stanza(deb, name);
        }),
    );
    const release = path.join(dir, layout.release);
    const packages = Buffer.from(stanzas.join("\n"));
    const indexes: { [name: string]: Buffer } = {
        [path.join(layout.index, "Packages")]: packages,
        [path.join(layout.index, "Packages.gz")]: gzipSync(packages),
    };
    await mkdir(path.join(release, layout.index), { recursive: true });
    for (const [name, content] of Object.entries(indexes)) await writeFile(path.join(release, name), content);

    const fields = Object.entries(layout.fields).map(([name, value]) => `${name}: ${value}\n`);
    const sums = Object.entries(indexes).map(([name, content]) => {
        const sum = createHash("sha256").update(content).digest("hex");
        return ` ${sum} ${content.length} ${name}\n`;
    });
    const text = `${fields.join("")}Date: ${new Date().toUTCString()}\nSHA256:\n${sums.join("")}`;
    await writeFile(path.join(release, "Release"), text);
    await writeFile(path.join(release, "InRelease"), await key.sign(text, "clear"));
    await writeFile(path.join(release, "Release.gpg"), await key.sign(text, "detached"));
    await writeFile(path.join(dir, layout.publicKey), key.publicKey);
}

/** A package's entry in `Packages`: its own control fields, and where and what its file is. */
async function stanza(deb: string, name: string): Promise<string> {
    const control = (await run("dpkg-deb", ["--field", deb])).trimEnd();
    const hash = createHash("sha256");
    await pipeline(createReadStream(deb), hash);
    return `${control}\nFilename: ${name}\nSize: ${(await stat(deb)).size}\nSHA256: ${hash.digest("hex")}\n`;
}
