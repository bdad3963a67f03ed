import * as fs from "node:fs";
import * as path from "node:path";

import { cacheDir } from "../paths";
import { run } from "../command";

/** What ends with the machine's own boot: podman's run-time state, lxcfs' mount. */
export const runDir = "/run/test-cluster";

/** The images and containers of the region. */
export const podmanRoot = path.join(cacheDir, "podman");

const temporary = path.join(runDir, "libpod");
const exits = path.join(temporary, "exits");

/**
 * A podman of the region's own: its images, containers and run-time state are in the region's folders, so that a
 * person's podman doesn't show them and removing the folders removes everything. The cgroup manager and the runtime
 * are those that work on cgroup v1, hybrid and v2 machines alike, with systemd on the machine or without.
 */
export const podmanCommand = [
    "podman",
    ...["--root", podmanRoot],
    ...["--runroot", path.join(runDir, "podman")],
    ...["--tmpdir", temporary],
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

/** Podman's word for the state of a container: created, initialized, running, exited, … */
export async function stateOf(id: string): Promise<string> {
    const format = "{{.State.Status}} {{.State.Pid}} {{.State.ConmonPid}} {{.Id}}";
    const words = (await podman(["container", "inspect", "--format", format, id])).trim().split(" ");
    const [status, init, conmon, longId] = words;
    const lives = says(init, "cgroup", longId) || says(conmon, "cmdline", longId);
    if (["running", "stopping"].includes(status) && !lives) {
        // Killed together with its conmon, which would have left word of the end. Podman knows of one in no other way.
        fs.writeFileSync(path.join(exits, longId), "137");
        return "exited";
    }
    return status;
}

/**
 * Tells each container that has ended, by its name, with its exit code. Ends when the returned function is called.
 */
export function watchExits(ended: (name: string, code: number) => void): () => void {
    forgetEarlierBoots();
    fs.mkdirSync(exits, { recursive: true, mode: 0o750 });
    const known = new Set<string>();
    // A conmon writes a file that has its container's name when that has ended; podman removes it when it has seen it.
    const watcher = fs.watch(exits, (_, longId) => {
        const format = "{{.Name}} {{.State.Status}} {{.State.ExitCode}} {{.State.FinishedAt}}";
        void podman(["container", "inspect", "--format", format, longId ?? ""])
            .then((text) => {
                const [name, status, code] = text.split(" ");
                // An end shows by several changes in the folder.
                if (status === "running" || status === "initialized" || known.has(text)) return;
                known.add(text);
                ended(name, Number(code));
            })
            // One that has been removed meanwhile.
            .catch(() => undefined);
    });
    return () => watcher.close();
}

// A process's number alone tells nothing: it may have gone to another one since.
function says(pid: string, file: string, text: string): boolean {
    try {
        return fs.readFileSync(`/proc/${pid}/${file}`, "utf8").includes(text);
    } catch {
        return false;
    }
}

/** The process id of a container's init. */
export async function pidOf(id: string): Promise<number> {
    return Number(await podman(["container", "inspect", "--format", "{{.State.Pid}}", id]));
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
