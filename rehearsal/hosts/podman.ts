import * as fs from "node:fs";
import * as path from "node:path";

import { cacheDir } from "../paths";
import { run } from "./command";

/** What ends with the machine's own boot: podman's run-time state, lxcfs' mount. */
export const runDir = "/run/test-cluster";

/**
 * A podman of the region's own: its images, containers and run-time state are in the region's folders, so that a
 * person's podman doesn't show them and removing the folders removes everything. The cgroup manager and the runtime
 * are those that work on cgroup v1, hybrid and v2 machines alike, with systemd on the machine or without.
 */
export const podmanCommand = [
    "podman",
    ...["--root", path.join(cacheDir, "podman")],
    ...["--runroot", path.join(runDir, "podman")],
    ...["--tmpdir", path.join(runDir, "libpod")],
    ...["--storage-driver", "overlay"],
    ...["--cgroup-manager", "cgroupfs"],
    ...["--events-backend", "none"],
    ...["--runtime", "runc"],
];

/** Runs podman and returns what it printed. */
export async function podman(args: string[]): Promise<string> {
    forgetEarlierBoots();
    const [command, ...globals] = podmanCommand;
    return run(command, [...globals, ...args]);
}

// Where /run is not a tmpfs, podman would take containers of an earlier boot for running.
function forgetEarlierBoots(): void {
    const marker = path.join(runDir, "boot-id");
    const boot = fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
    if (fs.existsSync(marker) && fs.readFileSync(marker, "utf8") === boot) {
        return;
    }
    fs.rmSync(runDir, { recursive: true, force: true });
    fs.mkdirSync(runDir, { recursive: true, mode: 0o700 });
    fs.writeFileSync(marker, boot);
}
