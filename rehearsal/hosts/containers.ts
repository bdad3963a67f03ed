import * as fs from "node:fs";
import * as path from "node:path";

import type { Progress } from "../build/progress";
import { run } from "../command";
import { Queue } from "../queue";
import * as disks from "./disks";
import { ejectDrive, inHost, insertDrive, Mount, mountIn, mountsOf } from "./drives";
import { Hypervisor, IngressRule, InstanceSpec } from "./hypervisor";
import { ensureImage } from "./image";
import { ruleset } from "./ingress";
import {
    containerOptions,
    findInstance,
    freeDevice,
    Instance,
    instanceDir,
    instanceIds,
    readInstance,
    sizeOptions,
    writeInstance,
    writeSeed,
} from "./instance";
import { ensureLxcfs, stopLxcfs } from "./lxcfs";
import { ensureNetwork, plugCable, removeLink, removeNetwork, removeNetworks, unplugCable } from "./network";
import { pidOf, podman, podmanCommand, podmanRoot, stateOf, watchExits } from "./podman";

const powerOn = path.join(__dirname, "power-on.sh");

/** How long a host may take to shut down before it is switched off, in seconds. Alibaba Cloud's own patience is longer. */
const shutdownSeconds = 60;

/** The kernel ends the init of a container that reboots by SIGHUP. */
const rebootCode = 128 + 1;

/**
 * Hosts as systemd containers on this machine. All it knows is on disk and in podman, so another process can go on
 * where one ended, and the hosts run on in between.
 *
 * Unlike with a machine, kernel settings outside net.* are this machine's; and pulling the plug loses nothing that was
 * written, since this machine's kernel lives on.
 */
export class Containers implements Hypervisor {
    // What is done with one instance is done in turn.
    private readonly queue = new Queue();

    constructor(private readonly progress: Progress = () => undefined) {}

    createNetwork(id: string, cidr: string): Promise<void> {
        return ensureNetwork(id, cidr);
    }

    deleteNetwork(id: string): Promise<void> {
        return removeNetwork(id);
    }

    createInstance(spec: InstanceSpec): Promise<void> {
        return this.queue.run(spec.id, async () => {
            const before = findInstance(spec.id);
            if (before) {
                await this.alter(before, spec);
                return;
            }
            if (!spec.imageId.startsWith("debian_12_")) {
                throw new Error(`instance ${spec.id}: image ${spec.imageId} is not here, only debian_12_* is`);
            }
            const image = await ensureImage(this.progress);
            await ensureLxcfs();
            // Left by an attempt that ended half-way.
            await podman(["rm", "--force", "--ignore", spec.id]);
            writeSeed(spec);
            await podman(["create", ...containerOptions(spec), image, "/sbin/init"]);
            writeInstance({ spec, ingress: [], drives: [] });
        });
    }

    start(id: string): Promise<void> {
        return this.queue.run(id, async () => {
            const { spec, ingress, drives } = readInstance(id);
            if ((await stateOf(id)) === "running") {
                return;
            }
            await ensureLxcfs();
            await ensureNetwork(spec.network.id, spec.network.cidr);
            const slots = [];
            for (const drive of drives) {
                const { major, minor } = disks.deviceNumber(await disks.ensureLoop(drive.diskId));
                slots.push(`${drive.device} ${major} ${minor} ${drive.serial}\n`);
            }
            // The machine exists, with its namespaces, and its init waits: nothing can talk to it before the rules hold.
            if ((await stateOf(id)) !== "initialized") {
                await podman(["init", id]);
            }
            await podman(["update", ...sizeOptions(spec), id]);
            const pid = await pidOf(id);
            await loadIngress(pid, ingress);
            await plugCable(pid, spec);
            const environment = [
                `HOSTNAME=${spec.hostname}`,
                `ADDRESS=${spec.network.address}`,
                `RESOLV_CONF=${fs.readFileSync("/etc/resolv.conf", "utf8")}`,
                `DRIVES=${slots.join("")}`,
            ];
            const script = fs.readFileSync(powerOn, "utf8");
            await inHost(pid, ["env", ...environment, "sh", "-c", script]);
            await podman(["start", id]);
        });
    }

    stop(id: string, force: boolean): Promise<void> {
        return this.queue.run(id, async () => {
            readInstance(id);
            await podman(["stop", "--time", force ? "0" : String(shutdownSeconds), id]);
        });
    }

    release(id: string): Promise<void> {
        return this.queue.run(id, async () => {
            const instance = findInstance(id);
            await podman(["rm", "--force", "--ignore", "--time", "0", id]);
            if (instance) {
                await unplugCable(instance.spec);
                for (const drive of instance.drives) {
                    await disks.removeLoop(drive.diskId);
                }
            }
            fs.rmSync(instanceDir(id), { recursive: true, force: true });
        });
    }

    async running(id: string): Promise<boolean> {
        return findInstance(id) !== undefined && (await stateOf(id)) === "running";
    }

    watch(off: (id: string, rebooted: boolean) => void): () => void {
        return watchExits((id, code) => {
            if (findInstance(id)) off(id, code === rebootCode);
        });
    }

    setIngress(id: string, rules: IngressRule[]): Promise<void> {
        return this.queue.run(id, async () => {
            writeInstance({ ...readInstance(id), ingress: rules });
            if (await this.running(id)) {
                await loadIngress(await pidOf(id), rules);
            }
        });
    }

    createDisk(id: string, sizeGiB: number, snapshotId?: string): Promise<void> {
        return disks.createDisk(id, sizeGiB, snapshotId);
    }

    resizeDisk(id: string, sizeGiB: number): Promise<void> {
        return disks.resizeDisk(id, sizeGiB);
    }

    deleteDisk(id: string): Promise<void> {
        return disks.deleteDisk(id);
    }

    attachDisk(instanceId: string, diskId: string, serial: string): Promise<void> {
        return this.queue.run(instanceId, async () => {
            const instance = readInstance(instanceId);
            const other = holderOf(diskId);
            if (other && other.spec.id !== instanceId) {
                throw new Error(`disk ${diskId} is attached to ${other.spec.id}: detach it there first`);
            }
            let drive = instance.drives.find((candidate) => candidate.diskId === diskId);
            if (!drive) {
                drive = { diskId, serial, device: freeDevice(instance.drives) };
                writeInstance({ ...instance, drives: [...instance.drives, drive] });
            }
            const loop = await disks.ensureLoop(diskId);
            if (await this.running(instanceId)) {
                await insertDrive(await pidOf(instanceId), drive, disks.deviceNumber(loop));
            }
        });
    }

    detachDisk(instanceId: string, diskId: string): Promise<void> {
        return this.queue.run(instanceId, async () => {
            const instance = findInstance(instanceId);
            const drive = instance?.drives.find((candidate) => candidate.diskId === diskId);
            if (!instance || !drive) {
                return;
            }
            if (await this.running(instanceId)) {
                const device = disks.deviceNumber(await disks.ensureLoop(diskId));
                await ejectDrive(await pidOf(instanceId), drive, device);
            }
            await disks.removeLoop(diskId);
            writeInstance({ ...instance, drives: instance.drives.filter((candidate) => candidate !== drive) });
        });
    }

    async createSnapshot(id: string, diskId: string): Promise<void> {
        const mount = await mountOfDisk(diskId);
        if (!mount) {
            return disks.copyToSnapshot(id, diskId);
        }
        const { pid, target } = mount;
        await inHost(pid, ["fsfreeze", "--freeze", target]);
        try {
            await disks.copyToSnapshot(id, diskId);
        } finally {
            await inHost(pid, ["fsfreeze", "--unfreeze", target]);
        }
    }

    async deleteSnapshot(id: string): Promise<void> {
        disks.deleteSnapshot(id);
    }

    // All that a start gives a host is taken from its record, so the container and its system disk can stay.
    private async alter(before: Instance, spec: InstanceSpec): Promise<void> {
        if (spec.imageId !== before.spec.imageId) {
            throw new Error(`instance ${spec.id}: its system disk is of ${before.spec.imageId}: release it first`);
        }
        if ((await stateOf(spec.id)) !== "running") {
            await unplugCable(before.spec);
        }
        writeSeed(spec);
        writeInstance({ ...before, spec });
    }

    /** Powers every host off, as people do before they switch the machine itself off. */
    async powerOff(): Promise<void> {
        await Promise.all(instanceIds().map((id) => this.stop(id, false)));
        await stopLxcfs();
    }

    /** The command that opens a root shell on a host, to be run on a terminal. */
    shell(id: string): string[] {
        readInstance(id);
        return [...podmanCommand, "exec", "--interactive", "--tty", id, "/bin/bash", "--login"];
    }

    /** Removes every host, network, loop device and mount of the region; the disks and snapshots too unless `keepDisks`. */
    async cleanUp({ keepDisks }: { keepDisks: boolean }): Promise<void> {
        await Promise.all(instanceIds().map((id) => this.release(id)));
        if (fs.existsSync(podmanRoot)) {
            // Those whose record is gone.
            await podman(["rm", "--all", "--force", "--time", "0"]);
        }
        await disks.cleanUpDisks(keepDisks);
        await removeNetworks();
        await removeLink();
        await stopLxcfs();
    }
}

async function loadIngress(pid: number, rules: IngressRule[]): Promise<void> {
    await run("nsenter", ["--target", String(pid), "--net", "nft", "--file", "-"], { input: ruleset(rules) });
}

/** A mount of the disk, where it has one; it stands for all, since what is frozen is the file system. */
async function mountOfDisk(diskId: string): Promise<Mount | undefined> {
    const holder = holderOf(diskId);
    if (!holder) {
        return undefined;
    }
    const device = disks.deviceNumber(await disks.ensureLoop(diskId));
    const [any] = mountsOf(device);
    // The host's own rather than that of a process of it, which may have ended by the time that it is used.
    return any && (mountIn(await pidOf(holder.spec.id), device) ?? any);
}

function holderOf(diskId: string): Instance | undefined {
    return instanceIds()
        .map(readInstance)
        .find((instance) => instance.drives.some((drive) => drive.diskId === diskId));
}
