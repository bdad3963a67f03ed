import { mkdir } from "node:fs/promises";
import * as path from "node:path";

import { Progress } from "../../build/progress";
import { run } from "../../command";
import { emptyStripped, stripped } from "./base";
import { layerPart } from "./image";
import { unpackLayer } from "./layer";

/** Java, and curl for the scripts and probes of what runs on it. */
const packages = ["openjdk-17-jre-headless", "curl"];

/** The layer that stands on the Debian layer `debian` and under every Java program: only what it adds to that one. */
export function jreLayer(debian: string, progress: Progress): Promise<string> {
    const fill = async (root: string, say: Progress) => {
        say(`installing ${packages.join(" ")}`);
        await unpackLayer(debian, root);
        const work = path.dirname(root);
        await run("touch", [path.join(work, "laid-out")]);
        await install(root);
        await emptyStripped(root);
        await run("sh", ["-ec", removeOlder, root], { cwd: work });
    };
    return layerPart("layer-jre", "17", [path.basename(debian), ...packages, ...stripped], fill, progress);
}

/** The packages' own scripts run Java, which wants a /proc: its mount ends with the command that sees it. */
async function install(root: string): Promise<void> {
    // Where the manual was stripped, the packages' alternatives miss its folder.
    await mkdir(path.join(root, "usr/share/man/man1"), { recursive: true });
    const commands = [
        'mount -t proc proc "$0/proc"',
        'chroot "$0" apt-get -qq update',
        'chroot "$0" apt-get -qq install -y --no-install-recommends "$@"',
    ];
    await run("unshare", ["--mount", "sh", "-e", "-c", commands.join("\n"), root, ...packages], {
        env: { DEBIAN_FRONTEND: "noninteractive", JAVA_TOOL_OPTIONS: "-XX:-UsePerfData" },
    });
}

/** What the layer beneath has as it is: by the change times, which no archive sets, and all looked at before any goes. */
const removeOlder = `
find "$0" ! -type d ! -cnewer laid-out -print0 >files
find "$0" -mindepth 1 -depth -type d ! -cnewer laid-out -print0 >folders
xargs -0 rm <files
xargs -0 rmdir --ignore-fail-on-non-empty <folders
rm laid-out files folders`;
