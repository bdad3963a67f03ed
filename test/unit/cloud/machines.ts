import { Hypervisor, IngressRule, InstanceSpec } from "../../../rehearsal/hosts/hypervisor";

interface Machine {
    spec: InstanceSpec;
    on: boolean;
    ingress: IngressRule[];
    /** Disk ids and serials. */
    disks: Map<string, string>;
}

/**
 * Stands in for the hosts: machines that are only remembered. It is as strict as the real thing about what does not
 * exist, and what it is told to do can be held back, or fail.
 */
export class MachinesInMemory implements Hypervisor {
    readonly networks = new Map<string, string>();
    readonly machines = new Map<string, Machine>();
    readonly disks = new Map<string, { sizeGiB: number; from?: string }>();
    readonly snapshots = new Map<string, string>();
    private readonly failing = new Map<string, string>();
    private readonly watchers = new Set<(id: string, rebooted: boolean) => void>();
    private held: Promise<void> = Promise.resolve();

    /** The next call of that name fails with a message. */
    fail(call: keyof Hypervisor, message: string): void {
        this.failing.set(call, message);
    }

    /** Keeps `start`, `stop` and `release` from ending until the returned function is called. */
    hold(): () => void {
        let letGo = () => {};
        this.held = new Promise((resolve) => (letGo = resolve));
        return letGo;
    }

    /** The machine dies, and nobody is told. */
    die(id: string): void {
        this.machine(id).on = false;
    }

    /** The machine goes off by itself, and who watches is told. */
    goOff(id: string, { rebooted }: { rebooted: boolean }): void {
        this.die(id);
        this.watchers.forEach((off) => off(id, rebooted));
    }

    watch(off: (id: string, rebooted: boolean) => void): () => void {
        this.watchers.add(off);
        return () => this.watchers.delete(off);
    }

    machine(id: string): Machine {
        const machine = this.machines.get(id);
        if (!machine) throw new Error(`no machine ${id}`);
        return machine;
    }

    async createNetwork(id: string, cidr: string): Promise<void> {
        this.attempt("createNetwork");
        this.networks.set(id, cidr);
    }

    async deleteNetwork(id: string): Promise<void> {
        this.attempt("deleteNetwork");
        this.networks.delete(id);
    }

    async createInstance(spec: InstanceSpec): Promise<void> {
        this.attempt("createInstance");
        if (!this.networks.has(spec.network.id)) throw new Error(`no network ${spec.network.id}`);
        const before = this.machines.get(spec.id);
        const fresh = { on: false, ingress: [], disks: new Map<string, string>() };
        this.machines.set(spec.id, { ...(before ?? fresh), spec });
    }

    async start(id: string): Promise<void> {
        await this.held;
        this.attempt("start");
        this.machine(id).on = true;
    }

    async stop(id: string, _force: boolean): Promise<void> {
        await this.held;
        this.attempt("stop");
        this.machine(id).on = false;
    }

    async release(id: string): Promise<void> {
        await this.held;
        this.attempt("release");
        this.machines.delete(id);
    }

    async running(id: string): Promise<boolean> {
        return this.machines.get(id)?.on ?? false;
    }

    async setIngress(id: string, rules: IngressRule[]): Promise<void> {
        this.attempt("setIngress");
        this.machine(id).ingress = rules;
    }

    async createDisk(id: string, sizeGiB: number, snapshotId?: string): Promise<void> {
        this.attempt("createDisk");
        if (snapshotId && !this.snapshots.has(snapshotId)) throw new Error(`no snapshot ${snapshotId}`);
        this.disks.set(id, { sizeGiB, from: snapshotId });
    }

    async resizeDisk(id: string, sizeGiB: number): Promise<void> {
        this.attempt("resizeDisk");
        this.disk(id).sizeGiB = sizeGiB;
    }

    async deleteDisk(id: string): Promise<void> {
        this.attempt("deleteDisk");
        this.disks.delete(id);
    }

    async attachDisk(instanceId: string, diskId: string, serial: string): Promise<void> {
        this.attempt("attachDisk");
        this.disk(diskId);
        this.machine(instanceId).disks.set(diskId, serial);
    }

    async detachDisk(instanceId: string, diskId: string): Promise<void> {
        this.attempt("detachDisk");
        this.machines.get(instanceId)?.disks.delete(diskId);
    }

    async createSnapshot(id: string, diskId: string): Promise<void> {
        this.attempt("createSnapshot");
        this.disk(diskId);
        this.snapshots.set(id, diskId);
    }

    async deleteSnapshot(id: string): Promise<void> {
        this.attempt("deleteSnapshot");
        this.snapshots.delete(id);
    }

    private disk(id: string) {
        const disk = this.disks.get(id);
        if (!disk) throw new Error(`no disk ${id}`);
        return disk;
    }

    private attempt(call: string): void {
        const message = this.failing.get(call);
        this.failing.delete(call);
        if (message) throw new Error(message);
    }
}
