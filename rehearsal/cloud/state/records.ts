import type { Tags } from "../api/parameters";

/** What every resource has; `createdAt` is ISO 8601 in UTC, to the second. */
interface Resource {
    id: string;
    name: string;
    description: string;
    createdAt: string;
    tags: Tags;
}

export interface VpcRecord extends Resource {
    cidr: string;
    routerId: string;
    routeTable: { id: string; name: string; description: string; propagation: boolean };
}

export interface VSwitchRecord extends Resource {
    vpcId: string;
    zoneId: string;
    cidr: string;
}

export interface RuleRecord {
    id: string;
    direction: "ingress" | "egress";
    protocol: "tcp" | "udp" | "icmp" | "gre" | "all";
    /** As the cloud writes it: `22/22`, or `-1/-1` for every port. */
    portRange: string;
    /** The other side: one of the two. */
    cidr?: string;
    groupId?: string;
    policy: "Accept" | "Drop";
    /** 1 to 100; 1 is looked at first. */
    priority: number;
    nicType: string;
    description: string;
    createdAt: string;
}

export interface SecurityGroupRecord extends Resource {
    vpcId: string;
    type: "normal" | "enterprise";
    innerAccess: "Accept" | "Drop";
    rules: RuleRecord[];
}

/** A key pair's id is its name. */
export interface KeyPairRecord extends Resource {
    publicKey: string;
    fingerprint: string;
}

export type InstanceStatus = "Pending" | "Starting" | "Running" | "Stopping" | "Stopped";

export interface InstanceRecord extends Resource {
    status: InstanceStatus;
    /** Whether the machine behind it is there, and made from what this record says. */
    machine: "none" | "stale" | "current";
    /** Set once the release was asked for; the record goes when the machine has gone. */
    releasing: boolean;
    hostname: string;
    imageId: string;
    type: string;
    zoneId: string;
    vpcId: string;
    vswitchId: string;
    privateAddress: string;
    publicAddress?: string;
    bandwidthInMbps: number;
    bandwidthOutMbps: number;
    internetChargeType: string;
    securityGroupIds: string[];
    keyPairName: string;
    /** As it came: base64. */
    userData: string;
    spotStrategy: string;
    creditSpecification: string;
    stoppedMode: string;
    deletionProtection: boolean;
    httpTokens: string;
    httpEndpoint: string;
    maintenanceAction: string;
    startedAt: string;
}

export type DiskStatus = "Creating" | "Available" | "Attaching" | "In_use" | "Detaching";

export interface DiskRecord extends Resource {
    status: DiskStatus;
    type: "system" | "data";
    category: string;
    performanceLevel: string;
    sizeGiB: number;
    zoneId: string;
    imageId: string;
    sourceSnapshotId: string;
    instanceId: string;
    device: string;
    deleteWithInstance: boolean;
    deleteAutoSnapshot: boolean;
    enableAutoSnapshot: boolean;
    burstingEnabled: boolean;
    encrypted: boolean;
    autoSnapshotPolicyId: string;
    attachedAt: string;
    detachedAt: string;
}

export interface SnapshotRecord extends Resource {
    status: "progressing" | "accomplished";
    diskId: string;
    diskType: "system" | "data";
    sizeGiB: number;
    automatic: boolean;
    retentionDays: number;
}

export interface SnapshotPolicyRecord extends Resource {
    /** Hours of the day, 0 to 23, in the region's time (UTC+8). */
    hours: number[];
    /** 1 is Monday, 7 is Sunday. */
    weekdays: number[];
    /** -1 keeps them for ever. */
    retentionDays: number;
}

/** The answer to a request that carried a ClientToken: the same token gets the same answer for a day. */
export interface TokenRecord {
    request: string;
    answer: Record<string, unknown>;
    at: string;
}

export interface State {
    version: 1;
    vpcs: Record<string, VpcRecord>;
    vswitches: Record<string, VSwitchRecord>;
    securityGroups: Record<string, SecurityGroupRecord>;
    keyPairs: Record<string, KeyPairRecord>;
    instances: Record<string, InstanceRecord>;
    disks: Record<string, DiskRecord>;
    snapshots: Record<string, SnapshotRecord>;
    snapshotPolicies: Record<string, SnapshotPolicyRecord>;
    tokens: Record<string, TokenRecord>;
}

export function emptyState(): State {
    return {
        version: 1,
        vpcs: {},
        vswitches: {},
        securityGroups: {},
        keyPairs: {},
        instances: {},
        disks: {},
        snapshots: {},
        snapshotPolicies: {},
        tokens: {},
    };
}
