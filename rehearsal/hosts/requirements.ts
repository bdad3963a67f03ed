import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { addresses, cacheDir } from "../paths";
import type { Progress } from "../build/progress";
import { run, succeeds } from "../command";

const GiB = 2 ** 30;

/** Three hosts of 4, 8 and 8 GiB do not fill their memory, but what runs in them takes this much. */
const memoryGiB = 14;
/** The host image, the hosts' system disks with their images, and the data disks as far as they are written. */
const diskGiB = 15;

/** What the hosts need of Debian, each with the services that it would run and the region does not want. */
const packages: Record<string, string[]> = {
    "debian-archive-keyring": [],
    debootstrap: [],
    iproute2: [],
    iptables: [],
    lxcfs: ["lxcfs.service"],
    nftables: [],
    podman: [
        "podman.socket",
        "podman.service",
        "podman-restart.service",
        "podman-auto-update.timer",
        "podman-auto-update.service",
    ],
    procps: [],
    runc: [],
    "util-linux": [],
};

/** Capabilities by their number in the kernel. */
const capabilities = { CAP_NET_ADMIN: 12, CAP_SYS_ADMIN: 21, CAP_MKNOD: 27 };

/** Why this machine can't hold a region's hosts: a sentence for each reason, none when it can. */
export async function checkMachine(): Promise<string[]> {
    if (process.platform !== "linux") {
        return [`the region's hosts are Linux containers, and this machine runs ${process.platform}`];
    }
    const reasons: string[] = [];
    if (process.getuid?.() !== 0) {
        reasons.push(`containers, networks and loop devices need root, and this is user ${os.userInfo().username}`);
    }
    const held = BigInt(`0x${/^CapEff:\s*(\w+)$/m.exec(read("/proc/self/status"))?.[1] ?? "0"}`);
    for (const [name, number] of Object.entries(capabilities)) {
        if (process.getuid?.() === 0 && !(held & (1n << BigInt(number)))) {
            reasons.push(`root lacks ${name} here: run it on a (virtual) machine, or in a privileged container`);
        }
    }
    for (const [device, use] of [
        ["/dev/loop-control", "data disks are loop devices"],
        ["/dev/fuse", "lxcfs shows hosts their memory size"],
    ]) {
        if (!fs.existsSync(device)) {
            reasons.push(`${device} is missing: ${use}`);
        }
    }
    if (!hasMemoryController()) {
        reasons.push("cgroups have no memory controller here: boot with `cgroup_enable=memory`");
    }
    reasons.push(...missingAmounts(), ...(await missingPackages()));
    return reasons;
}

/** Installs the packages that are missing, without leaving any of their services enabled or running. */
export async function installPackages(progress: Progress): Promise<void> {
    const missing = await notInstalled();
    if (missing.length === 0) {
        return;
    }
    progress(`installing ${missing.join(", ")}`);
    const apt = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qy", "-o", "DPkg::Lock::Timeout=300"];
    const [command, ...args] = apt;
    await run(command, [...args, "update"]);
    await run(command, [
        ...[...args, "install", "--no-install-recommends", "-o", "Dpkg::Options::=--force-confold"],
        ...missing,
    ]);
    const services = missing.flatMap((name) => packages[name]);
    if (services.length) {
        const now = fs.existsSync("/run/systemd/system") ? ["--now"] : [];
        await run("systemctl", ["disable", ...now, ...services]);
    }
}

function missingAmounts(): string[] {
    if (fs.existsSync(`/sys/class/net/${addresses.link}`)) {
        // The region is up, and what it needs is its own already.
        return [];
    }
    const reasons: string[] = [];
    const available = (Number(/^MemAvailable:\s*(\d+) kB$/m.exec(read("/proc/meminfo"))?.[1] ?? 0) * 1024) / GiB;
    if (available < memoryGiB) {
        reasons.push(`${memoryGiB} GiB of memory must be available, and ${available.toFixed(1)} GiB are`);
    }
    let folder = cacheDir;
    while (!fs.existsSync(folder)) {
        folder = path.dirname(folder);
    }
    const disk = fs.statfsSync(folder);
    const free = (disk.bavail * disk.bsize) / GiB;
    if (free < diskGiB) {
        reasons.push(`${diskGiB} GiB of disk must be free at ${folder}, and ${free.toFixed(1)} GiB are`);
    }
    return reasons;
}

async function missingPackages(): Promise<string[]> {
    if (!(await succeeds("apt-get", ["--version"]))) {
        return ["the hosts' tools and image come from Debian, and there is no apt-get: use a Debian 12 machine"];
    }
    const reasons: string[] = [];
    for (const name of await notInstalled()) {
        const policy = await run("apt-cache", ["policy", name]);
        // Before the first `apt-get update` apt knows no package at all, and installPackages runs that.
        if (/Candidate: \(none\)/.test(policy)) {
            reasons.push(`package ${name} is not installed, and apt has no candidate for it`);
        }
    }
    return reasons;
}

async function notInstalled(): Promise<string[]> {
    const names = Object.keys(packages);
    const installed = await Promise.all(
        names.map((name) =>
            run("dpkg-query", ["--show", "--showformat", "${db:Status-Status}", name]).then(
                (status) => status === "installed",
                () => false,
            ),
        ),
    );
    return names.filter((_, index) => !installed[index]);
}

function hasMemoryController(): boolean {
    return (
        fs.existsSync("/sys/fs/cgroup/memory") ||
        read("/sys/fs/cgroup/cgroup.controllers").split(/\s/).includes("memory")
    );
}

function read(file: string): string {
    try {
        return fs.readFileSync(file, "utf8");
    } catch {
        return "";
    }
}
