import { mkdir, rm } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { run } from "../../command";
import { Tree, layOut } from "../tree";

/** A Debian package for this machine's architecture. */
export interface Deb {
    name: string;
    version: string;
    /** Control fields beside the package's name, version and architecture: `Depends`, `Description`, … */
    fields: { [name: string]: string };
    files: Tree;
    /** The paths of `files` that an administrator may change, so that an upgrade keeps them. */
    conffiles?: string[];
    /** Maintainer scripts: `postinst`, `prerm`, … */
    scripts?: { [name: string]: string };
}

/** Builds the package as a part and returns the path of its .deb file. */
export async function debPart(deb: Deb, progress: Progress): Promise<string> {
    const architecture = await debianArchitecture();
    const file = debFile(deb, architecture);
    const dir = await part(
        `deb-${deb.name}`,
        withoutEpoch(deb.version),
        [JSON.stringify(deb)],
        (dir) => writeDeb(deb, architecture, path.join(dir, file)),
        progress,
    );
    return path.join(dir, file);
}

/** The name that a repository gives the package's file: the version is in it without its epoch. */
export const debFile = ({ name, version }: Deb, architecture: string) =>
    `${name}_${withoutEpoch(version)}_${architecture}.deb`;

const withoutEpoch = (version: string) => version.replace(/^\d+:/, "");

export const debianArchitecture = async () => (await run("dpkg", ["--print-architecture"])).trim();

/** Writes a .deb; its files belong to root. */
export async function writeDeb(deb: Deb, architecture: string, file: string): Promise<void> {
    const root = `${file}.root`;
    const fields = { Package: deb.name, Version: deb.version, Architecture: architecture, ...deb.fields };
    const control = Object.entries(fields).map(([name, value]) => `${name}: ${value}\n`);
    await mkdir(root);
    await layOut(root, deb.files);
    await layOut(path.join(root, "DEBIAN"), {
        control: { text: control.join("") },
        ...(deb.conffiles && { conffiles: { text: deb.conffiles.map((name) => `${name}\n`).join("") } }),
        ...Object.fromEntries(Object.entries(deb.scripts ?? {}).map(([name, text]) => [name, { text, mode: 0o755 }])),
    });
    // Three hosts unpack each package on shared cores; zstd costs them a fraction of what gzip or xz would.
    await run("dpkg-deb", ["--root-owner-group", "--uniform-compression", "-Zzstd", "-z3", "--build", root, file]);
    await rm(root, { recursive: true });
}
