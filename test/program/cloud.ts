import { readFileSync } from "node:fs";
import * as path from "node:path";
import type { ExistingDisk, Snapshot } from "../../cluster/existing";

/** What the mocks answer: a cloud that has what the program asks for, and outputs that a search finds again. */
export interface Cloud {
    zones: string[];
    types: { id: string; cpuCoreCount: number; memorySize: number }[];
    images: { id: string }[];
    disks: (Omit<ExistingDisk, "snapshotId" | "instanceId" | "creationTime"> & Partial<ExistingDisk>)[];
    snapshots: Snapshot[];
    instances: { name: string; instanceType: string }[];
}

const full: Cloud = {
    zones: ["cn-hangzhou-h", "cn-hangzhou-i"],
    types: [
        { id: "ecs.g7.xlarge", cpuCoreCount: 4, memorySize: 16 },
        { id: "ecs.u1-c1m2.xlarge", cpuCoreCount: 4, memorySize: 8 },
        { id: "ecs.c7.xlarge", cpuCoreCount: 4, memorySize: 8 },
        { id: "ecs.c6.large", cpuCoreCount: 2, memorySize: 4 },
        { id: "ecs.c6.xlarge", cpuCoreCount: 4, memorySize: 8 },
    ],
    images: [{ id: "debian_12_10_x64_20G_alibase_20260915.vhd" }],
    disks: [],
    snapshots: [],
    instances: [],
};

const plugin = readFileSync(path.join(__dirname, "../../rehearsal/build/go/alicloud/main.go"), "utf8");

/** @throws Error where the region's alicloud plugin does not map what the program asks of that provider */
export function mapped(token: string): void {
    const [provider, place, name] = token.split(":");
    if (provider !== "alicloud") return;
    const [module, member] = place.split("/");
    if (plugin.includes(`("${module}", "${member}", "${name}")`)) return;
    if (plugin.includes(`function("${module}", "${name}")`)) return;
    throw new Error(`${token}: rehearsal/build/go/alicloud/main.go does not map it, so the region does not know it`);
}

/** The answer to a lookup of the alicloud provider. */
export function answer(token: string, cloud: Partial<Cloud>): Record<string, unknown> {
    mapped(token);
    const { zones, types, images, disks, snapshots, instances } = { ...full, ...cloud };
    const answers: Record<string, Record<string, unknown>> = {
        "alicloud:index/getZones:getZones": { ids: zones },
        "alicloud:ecs/getInstanceTypes:getInstanceTypes": { instanceTypes: types },
        "alicloud:ecs/getImages:getImages": { images },
        "alicloud:ecs/getEcsDisks:getEcsDisks": {
            // What a disk of no snapshot in no host says.
            disks: disks.map((disk) => ({
                snapshotId: "",
                instanceId: "",
                creationTime: "2026-01-01T00:00:00Z",
                ...disk,
            })),
        },
        "alicloud:ecs/getEcsSnapshots:getEcsSnapshots": { snapshots },
        "alicloud:ecs/getInstances:getInstances": { instances },
    };
    if (!answers[token]) throw new Error(`${token}: the test knows no answer to this lookup`);
    return answers[token];
}

const certificate = `-----BEGIN CERTIFICATE-----
MIIBPjCB8aADAgECAhRhLyHyBuHxDQBQYxCE2U6J8oLsJzAFBgMrZXAwFTETMBEG
A1UEAwwKa3ViZXJuZXRlczAeFw0yNjExMjQwOTIyMzFaFw0zNjExMjEwOTIyMzFa
MBUxEzARBgNVBAMMCmt1YmVybmV0ZXMwKjAFBgMrZXADIQCfv/b02qFS6WuPbLDn
RPR5NA6msd2qclUUVKFxRaEtsKNTMFEwHQYDVR0OBBYEFCLdJRPzCUiaT9d+kzFK
JN4HrayiMB8GA1UdIwQYMBaAFCLdJRPzCUiaT9d+kzFKJN4HrayiMA8GA1UdEwEB
/wQFMAMBAf8wBQYDK2VwA0EAN9R2trUE3hkTAkU2ttmhEiizoMGibswc0lFF7/BE
LqF2QXhBjWs6PFY4hpHHnQxSqXEe3z8S5PgAonX3NuwWDw==
-----END CERTIFICATE-----
`;

/** By openssl x509 -pubkey | openssl pkey -pubin -outform der | sha256sum. */
export const certificateHash = "d7202422312fb8f7931736e9f9ce12254a95cc51c2c9b6605f7be65e34e7d561";

export const kubeconfig = `apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://192.0.2.10:6443", certificate-authority-data: ${Buffer.from(certificate).toString("base64")}}}]
users: [{name: admin, user: {token: SECRET-kubeconfig}}]
`;

/** What a resource has beyond its inputs once it is made. */
export function outputsOf(resource: {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
}): Record<string, unknown> {
    const { type, name, inputs } = resource;
    if (type === "alicloud:ecs/instance:Instance") {
        return { publicIp: String(inputs.privateIp).replace("10.20.0.", "192.0.2.") };
    }
    if (type === "command:remote:Command") return { stdout: name === "control-plane" ? kubeconfig : "", stderr: "" };
    if (type !== "command:local:Command") return {};
    return {
        stderr: "",
        stdout: !String(inputs.create).includes("ssh-keygen")
            ? `SECRET-${name}`
            : `ssh-ed25519 AAAAPUBLIC${name} comment\n-----BEGIN OPENSSH PRIVATE KEY-----\nSECRET-${name}\n-----END OPENSSH PRIVATE KEY-----`,
    };
}
