import type { InstanceSpec } from "../hosts/hypervisor";
import { instanceType } from "./catalogue";
import type { Cloud } from "./cloud";
import { ingressOf } from "./ingress";
import { Queue } from "../queue";
import { timestamp } from "./state/ids";
import type { DiskRecord, InstanceRecord } from "./state/records";

/** Brings the machines to what the records say, behind the API: power, disks, ingress rules, release. */
export class Machines {
    private readonly queue = new Queue();
    /** The rules that each machine has been given since this process started. */
    private readonly ingress = new Map<string, string>();
    private ingressWork = Promise.resolve();

    constructor(private readonly cloud: Cloud) {}

    /** Runs work on one machine after everything asked of it before. */
    run<T>(instanceId: string, task: () => Promise<T>): Promise<T> {
        return this.queue.run(instanceId, task);
    }

    /** Pending or Stopped → Starting → Running. A machine that can't be made is released, as the cloud does. */
    start(instance: InstanceRecord): void {
        if (instance.machine !== "none") instance.status = "Starting";
        this.behind(`start ${instance.id}`, instance, () => this.powerOn(instance));
    }

    /** Running → Stopping → Stopped. */
    stop(instance: InstanceRecord, force: boolean): void {
        instance.status = "Stopping";
        this.behind(`stop ${instance.id}`, instance, async () => {
            await this.cloud.hypervisor.stop(instance.id, force);
            this.become(instance, "Stopped");
        });
    }

    /** Running → Starting → Running: a crash in between leaves an instance that should run. */
    reboot(instance: InstanceRecord, force: boolean): void {
        instance.status = "Starting";
        this.behind(`reboot ${instance.id}`, instance, async () => {
            await this.cloud.hypervisor.stop(instance.id, force);
            await this.powerOn(instance);
        });
    }

    /** Sees to it that a machine that reboots from within comes back; ends when the returned function is called. */
    watch(): () => void {
        return this.cloud.hypervisor.watch((id, rebooted) => {
            const instance = this.cloud.state.instances[id];
            if (!instance || this.queue.busy(id) || instance.status !== "Running") return;
            if (!rebooted) return this.become(instance, "Stopped");
            // It is Running all the while: the cloud does not see what happens inside.
            this.behind(`reboot ${id}`, instance, () => this.powerOn(instance));
        });
    }

    /** Removes the machine, then the record; disks go or stay as their `deleteWithInstance` says. */
    release(instance: InstanceRecord): void {
        instance.status = "Stopping";
        instance.releasing = true;
        this.behind(`release ${instance.id}`, instance, () => this.remove(instance));
    }

    /** A new system disk, of the instance's image: what was on the old one is gone, the data disks stay plugged in. */
    async replaceSystem(instance: InstanceRecord): Promise<void> {
        instance.machine = "none";
        await this.run(instance.id, async () => {
            await this.cloud.hypervisor.release(instance.id);
            this.ingress.delete(instance.id);
            await this.build(instance);
        });
    }

    /** The machines are the truth: an instance whose machine died, or was started behind the API, shows it. */
    async observe(instances: InstanceRecord[]): Promise<void> {
        const still = (instance: InstanceRecord) =>
            !this.queue.busy(instance.id) && (instance.status === "Running" || instance.status === "Stopped");
        await Promise.all(
            instances.filter(still).map(async (instance) => {
                const status = (await this.cloud.hypervisor.running(instance.id)) ? "Running" : "Stopped";
                if (still(instance) && instance.status !== status) this.become(instance, status);
            }),
        );
    }

    /**
     * Gives every machine whose rules have changed its new ones; resolves when they are in force. One machine that
     * fails does not keep the others from theirs.
     *
     * @throws the first failure
     */
    applyIngress(instances = Object.values(this.cloud.state.instances)): Promise<void> {
        const work = this.ingressWork.then(async () => {
            const failures: unknown[] = [];
            for (const instance of instances) {
                await this.giveIngress(instance).catch((error: unknown) => failures.push(error));
            }
            if (failures.length > 0) throw failures[0];
        });
        this.ingressWork = work.catch(() => undefined);
        return work;
    }

    /**
     * After a crash or a reboot: finishes what was under way and starts again what should run. Resolves once the work
     * is ordered, not once it is done.
     */
    async recover(): Promise<void> {
        const { hypervisor, state } = this.cloud;
        for (const vswitch of Object.values(state.vswitches)) await hypervisor.createNetwork(vswitch.id, vswitch.cidr);
        for (const disk of Object.values(state.disks)) this.finish(disk);
        for (const instance of Object.values(state.instances)) {
            if (instance.releasing) this.release(instance);
            else if (instance.status === "Stopping") this.stop(instance, true);
            else if (instance.status === "Running" && (await hypervisor.running(instance.id))) continue;
            else if (instance.status !== "Stopped") this.start(instance);
        }
        await this.applyIngress().catch((error: unknown) => this.cloud.report("security group rules", error));
    }

    idle(): Promise<void> {
        return this.queue.idle();
    }

    /** Unplugs a disk and makes it available. */
    async unplug(disk: DiskRecord): Promise<void> {
        disk.status = "Detaching";
        try {
            if (disk.type === "data") await this.cloud.hypervisor.detachDisk(disk.instanceId, disk.id);
        } catch (error) {
            disk.status = "In_use";
            throw error;
        }
        Object.assign(disk, { status: "Available", instanceId: "", device: "", detachedAt: timestamp() });
    }

    /** Plugs a disk into the machine of its instance; when that fails the disk is nobody's again. */
    async plug(disk: DiskRecord): Promise<void> {
        try {
            await this.cloud.hypervisor.attachDisk(disk.instanceId, disk.id, serialOf(disk));
        } catch (error) {
            Object.assign(disk, { status: "Available", instanceId: "", device: "" });
            throw error;
        }
        Object.assign(disk, { status: "In_use", attachedAt: disk.attachedAt || timestamp() });
    }

    /** Removes a disk that is not plugged in, with its automatic snapshots when it is set so. */
    async deleteDisk(disk: DiskRecord): Promise<void> {
        if (disk.type === "data") await this.cloud.hypervisor.deleteDisk(disk.id);
        const { disks, snapshots } = this.cloud.state;
        for (const snapshot of Object.values(snapshots)) {
            if (!disk.deleteAutoSnapshot || !snapshot.automatic || snapshot.diskId !== disk.id) continue;
            await this.cloud.hypervisor.deleteSnapshot(snapshot.id);
            delete snapshots[snapshot.id];
        }
        delete disks[disk.id];
    }

    private async powerOn(instance: InstanceRecord): Promise<void> {
        await this.build(instance);
        if (instance.status === "Pending") this.become(instance, "Starting");
        await this.applyIngress([instance]);
        await this.cloud.hypervisor.start(instance.id);
        if (instance.status === "Starting") {
            instance.startedAt = timestamp();
            this.become(instance, "Running");
        }
        await this.admit();
    }

    /** The others' rules, where these name a group that an instance has joined or left. */
    private async admit(): Promise<void> {
        await this.applyIngress().catch((error: unknown) => this.cloud.report("security group rules", error));
    }

    private async giveIngress(instance: InstanceRecord): Promise<void> {
        if (instance.machine === "none" || instance.releasing) return;
        const rules = ingressOf(this.cloud.state, instance);
        const text = JSON.stringify(rules);
        if (this.ingress.get(instance.id) === text) return;
        this.ingress.delete(instance.id);
        await this.cloud.hypervisor.setIngress(instance.id, rules);
        this.ingress.set(instance.id, text);
    }

    private async build(instance: InstanceRecord): Promise<void> {
        if (instance.machine === "current") return;
        await this.cloud.hypervisor.createInstance(this.spec(instance));
        for (const disk of this.disksOf(instance, "data")) {
            if (disk.status === "Creating") {
                await this.cloud.hypervisor.createDisk(disk.id, disk.sizeGiB, disk.sourceSnapshotId || undefined);
            }
            await this.plug(disk);
        }
        instance.machine = "current";
        this.cloud.save();
    }

    private async remove(instance: InstanceRecord): Promise<void> {
        const { hypervisor, state } = this.cloud;
        if (await hypervisor.running(instance.id)) await hypervisor.stop(instance.id, true);
        for (const disk of this.disksOf(instance, "data")) {
            await this.unplug(disk);
            if (disk.deleteWithInstance) await this.deleteDisk(disk);
        }
        await hypervisor.release(instance.id);
        for (const disk of this.disksOf(instance, "system")) await this.deleteDisk(disk);
        delete state.instances[instance.id];
        this.ingress.delete(instance.id);
        this.cloud.save();
        await this.admit();
    }

    private finish(disk: DiskRecord): void {
        const tasks: Partial<Record<DiskRecord["status"], () => Promise<void>>> = {
            Creating: async () => {
                await this.cloud.hypervisor.createDisk(disk.id, disk.sizeGiB, disk.sourceSnapshotId || undefined);
                disk.status = "Available";
            },
            Attaching: () => this.plug(disk),
            Detaching: () => this.unplug(disk),
        };
        const task = tasks[disk.status];
        const instance = this.cloud.state.instances[disk.instanceId];
        // The disks of a machine that is yet to be made are plugged in when it is.
        if (!task || instance?.machine === "none") return;
        void this.queue
            .run(disk.instanceId || disk.id, task)
            .then(() => this.cloud.save())
            .catch((error: unknown) => this.cloud.report(`disk ${disk.id} (${disk.status})`, error));
    }

    private disksOf(instance: InstanceRecord, type: DiskRecord["type"]): DiskRecord[] {
        return Object.values(this.cloud.state.disks).filter(
            (disk) => disk.instanceId === instance.id && disk.type === type,
        );
    }

    private spec(instance: InstanceRecord): InstanceSpec {
        const type = instanceType(instance.type);
        const key = this.cloud.state.keyPairs[instance.keyPairName];
        return {
            id: instance.id,
            hostname: instance.hostname,
            imageId: instance.imageId,
            cpus: type.cpus,
            memoryMiB: type.memoryGiB * 1024,
            network: {
                id: instance.vswitchId,
                cidr: this.cloud.state.vswitches[instance.vswitchId].cidr,
                address: instance.privateAddress,
            },
            publicAddress: instance.publicAddress,
            userData: Buffer.from(instance.userData, "base64").toString(),
            authorizedKeys: key ? [key.publicKey] : [],
        };
    }

    private become(instance: InstanceRecord, status: InstanceRecord["status"]): void {
        if (!instance.releasing) instance.status = status;
        this.cloud.save();
    }

    /** Work that no answer waits for. */
    private behind(what: string, instance: InstanceRecord, task: () => Promise<void>): void {
        void this.queue.run(instance.id, task).catch((error: unknown) => {
            this.cloud.report(what, error);
            if (instance.machine === "none" && !instance.releasing) return this.release(instance);
            instance.releasing = false;
            this.become(instance, "Stopped");
        });
    }
}

/** What a disk calls itself in its host: its id without the prefix, as in the cloud. */
export function serialOf(disk: DiskRecord): string {
    return disk.id.replace(/^d-/, "");
}
