import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";

import type { Progress } from "../build/progress";
import { run } from "../command";
import { cacheDir } from "../paths";
import { sourcesIn } from "../sources";
import { podman, podmanCommand } from "./podman";

const repository = "localhost/host";
const recipeDir = path.join(__dirname, "image");
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

/** Where a host gets Debian from, and what its apt has to know for it. */
interface Archive {
    mirror: string;
    sourcesList: string;
    aptConf: string;
}

/**
 * Sees to it that podman has the image of a host and returns its name. It is built once per recipe and archive; a
 * half-built one is never taken, and of two processes that want it one builds and the other waits.
 */
export async function ensureImage(progress: Progress): Promise<string> {
    const archive = await machineArchive();
    const image = `${repository}:${digest(archive)}`;
    if (await exists(image)) {
        return image;
    }
    const release = await lock(() => progress("waiting for another process that builds the host image"));
    try {
        if (!(await exists(image))) {
            await build(image, archive, progress);
        }
    } finally {
        release();
    }
    return image;
}

async function build(image: string, archive: Archive, progress: Progress): Promise<void> {
    const root = path.join(cacheDir, "hosts", "image");
    fs.rmSync(root, { recursive: true, force: true });
    fs.mkdirSync(root, { recursive: true });
    progress("building the host image: Debian 12 with systemd, cloud-init and an SSH server");
    const environment = [
        `MIRROR=${archive.mirror}`,
        `SOURCES_LIST=${archive.sourcesList}`,
        `APT_CONF=${archive.aptConf}`,
    ];
    const script = path.join(recipeDir, "build.sh");
    await run("env", [...environment, "unshare", "--mount", "bash", script, root]);

    progress("bringing the host image into podman");
    const load = [...podmanCommand, "import", "--quiet", "--change", 'CMD ["/sbin/init"]', "-", image];
    await run("bash", ["-c", 'set -o pipefail; tar -C "$0" -c . | "$@"', root, ...load]);
    fs.rmSync(root, { recursive: true, force: true });
    await removeOthers(image, progress);
}

/** Removes the images that no host was made from, but the one that this checkout would make the next host from. */
export async function removeUnusedImages(progress: Progress): Promise<void> {
    await removeOthers(`${repository}:${digest(await machineArchive())}`, progress);
}

// An image of an earlier recipe is of no use to anyone but the hosts that run from it.
async function removeOthers(image: string, progress: Progress): Promise<void> {
    const names = await podman(["images", "--format", "{{.Repository}}:{{.Tag}}", repository]);
    for (const name of names.split("\n").filter((line) => line && line !== image)) {
        await podman(["rmi", name]).then(
            () => progress(`removed ${name}`),
            () => undefined,
        );
    }
}

async function exists(image: string): Promise<boolean> {
    return podman(["images", "--quiet", image]).then((found) => found.trim() !== "");
}

// The kernel takes an abstract socket's name back when its process ends, however it ends: no lock is left behind.
async function lock(onWait: () => void): Promise<() => void> {
    for (let waited = false; ; waited = true) {
        const server = net.createServer();
        const taken = await new Promise<boolean>((resolve, reject) => {
            server.once("error", (error: NodeJS.ErrnoException) =>
                error.code === "EADDRINUSE" ? resolve(false) : reject(error),
            );
            server.listen("\0test-cluster/host-image", () => resolve(true));
        });
        if (taken) {
            return () => server.close();
        }
        if (!waited) {
            onWait();
        }
        await new Promise((resolve) => setTimeout(resolve, 500));
    }
}

/** Debian as this machine's own apt gets it: through the same mirrors, and with the same settings for proxies and dates. */
async function machineArchive(): Promise<Archive> {
    const format = "$(REPO_URI) $(RELEASE) $(COMPONENT)";
    const targets = await run("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
    const lines = [...new Set(targets.split("\n"))].filter((line) =>
        /^\S+ bookworm(-updates|-security)? main$/.test(line),
    );
    const main = lines.find((line) => line.endsWith(" bookworm main"));
    if (!main) {
        throw new Error(
            "apt on this machine knows no Debian 12 (`bookworm main`): add it to /etc/apt/sources.list.d and run `apt-get update`",
        );
    }
    const settings = await run("apt-config", ["dump"]);
    return {
        mirror: main.split(" ")[0],
        sourcesList: lines.map((line) => `deb [signed-by=${keyring}] ${line}`).join("\n"),
        aptConf: settings
            .split("\n")
            .filter((line) => /^Acquire::(Check-|https?::Proxy)/.test(line))
            .join("\n"),
    };
}

function digest(archive: Archive): string {
    const hash = createHash("sha256").update(JSON.stringify(archive));
    for (const file of sourcesIn(recipeDir)) {
        hash.update(`${path.relative(recipeDir, file)}\0`)
            .update(fs.readFileSync(file))
            .update("\0");
    }
    return hash.digest("hex").slice(0, 12);
}
