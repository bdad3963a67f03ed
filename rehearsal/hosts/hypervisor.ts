/** An instance as the machine behind it sees it. */
export interface InstanceSpec {
    /** The cloud's id, `i-…`; also the container's name. */
    id: string;
    hostname: string;
    /** The cloud's image id, for example `debian_12_10_x64_20G_alibase_20260915.vhd`. */
    imageId: string;
    cpus: number;
    memoryMiB: number;
    network: { id: string; cidr: string; address: string };
    /** Reached from the operator's machine as well, when the instance has a public address. */
    publicAddress?: string;
    /** Cloud-init's input, decoded. */
    userData: string;
    /** OpenSSH public keys for the image's default user, root. */
    authorizedKeys: string[];
}

/** One ingress rule of a security group, already resolved to addresses. Everything not allowed is dropped. */
export interface IngressRule {
    protocol: "tcp" | "udp" | "icmp" | "gre" | "all";
    /** Inclusive; -1 to -1 is every port. */
    fromPort: number;
    toPort: number;
    /** The source in CIDR notation. */
    source: string;
}

/**
 * What the cloud asks of the machines behind it. Every call returns when the thing is done, can be repeated without
 * harm, and works on ids that the cloud chose. Errors name the id and what the system said.
 */
export interface Hypervisor {
    createNetwork(id: string, cidr: string): Promise<void>;
    deleteNetwork(id: string): Promise<void>;

    /** Makes the machine; it is off. One that is there keeps its system disk and is as `spec` says from its next start. */
    createInstance(spec: InstanceSpec): Promise<void>;
    /** Powers it on, with its disks; returns once init runs, not once it has booted. */
    start(id: string): Promise<void>;
    /** Powers it off: by a shutdown, or at once with `force`, like pulling the plug. */
    stop(id: string, force: boolean): Promise<void>;
    /** Removes the machine and its system disk. */
    release(id: string): Promise<void>;
    /** Whether the machine is on now. False also for an unknown id. */
    running(id: string): Promise<boolean>;
    /**
     * Tells when a machine has gone off, and whether by a reboot from within, which means that it waits for its start.
     * Ends when the returned function is called.
     */
    watch(off: (id: string, rebooted: boolean) => void): () => void;
    /** Replaces the ingress rules in force on a running machine; also remembered for its next start. */
    setIngress(id: string, rules: IngressRule[]): Promise<void>;

    /** A sparse disk of `sizeGiB`, empty or the contents of a snapshot. */
    createDisk(id: string, sizeGiB: number, snapshotId?: string): Promise<void>;
    resizeDisk(id: string, sizeGiB: number): Promise<void>;
    deleteDisk(id: string): Promise<void>;
    /** Plugs the disk in, at once when the machine is on; it shows up as /dev/disk/by-id/virtio-<serial>. */
    attachDisk(instanceId: string, diskId: string, serial: string): Promise<void>;
    detachDisk(instanceId: string, diskId: string): Promise<void>;
    createSnapshot(id: string, diskId: string): Promise<void>;
    deleteSnapshot(id: string): Promise<void>;
}
