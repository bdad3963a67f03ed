import { access, constants } from "node:fs/promises";
import * as path from "node:path";

import { partsDir } from "./cache";
import { locked } from "./lock";
import { Progress, timed } from "./progress";
import { run } from "../command";

/** The commands that builds use, each with the Debian package that brings it. */
const tools = {
    debootstrap: "debootstrap",
    "dpkg-deb": "dpkg",
    flock: "util-linux",
    gcc: "gcc libc6-dev",
    gpg: "gnupg",
    mvn: "maven",
    tar: "tar",
    unzip: "unzip",
    zstd: "zstd",
};

/**
 * Sees to it that this machine can build: installs what Debian packages, and refuses where Go is missing, since
 * Debian's is too old.
 */
export async function ensureBuildTools(progress: Progress): Promise<void> {
    if (!(await installed("go")))
        throw new Error("go: not found on this machine; install Go 1.26 or later (go.dev/dl)");
    if ((await missing()).length === 0) return;
    const waiting = () => progress("the tools of the build are being installed, waiting");
    await locked(path.join(partsDir(), ".locks", "tools"), waiting, async () => {
        const packages = await missing();
        if (packages.length === 0) return;
        const env = { DEBIAN_FRONTEND: "noninteractive" };
        const wait = ["-o", "DPkg::Lock::Timeout=300"];
        await timed(`installing ${packages.join(" ")}`, progress, async () => {
            await run("apt-get", [...wait, "update"], { env });
            await run("apt-get", [...wait, "install", "-y", "--no-install-recommends", ...packages], { env });
        });
    });
}

/** The packages of the tools that are not there. */
async function missing(): Promise<string[]> {
    const packages: string[] = [];
    for (const [command, names] of Object.entries(tools))
        if (!(await installed(command))) packages.push(...names.split(" "));
    return packages;
}

async function installed(command: string): Promise<boolean> {
    for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
        try {
            await access(path.join(folder, command), constants.X_OK);
            return true;
        } catch {
            continue;
        }
    }
    return false;
}
