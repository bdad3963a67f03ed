import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { elk, kafka, mysql } from "./config/applications";
import { backup } from "./config/backup";
import { capacity } from "./config/capacity";
import { guardrails } from "./config/guardrails";
import { nacos } from "./config/nacos";
import { mistakes } from "./config/rules";
import { cidr, minorVersion, name, quantity, version } from "./config/types";
import { closest } from "./config/words";

/** The stack's configuration: one schema from which the types, the defaults, the checks and the reference are made. */

const settings = z.record(z.string(), z.json());

const reservation = z.strictObject({
    cpu: quantity.describe("CPU"),
    memory: quantity.describe("memory"),
});

const host = z.strictObject({
    name: name.describe("The host's name, also its node's name"),
    role: z.enum(["control-plane", "worker"]).describe("Exactly one host is the control plane"),
    instanceType: z.string().optional().describe("ECS instance type; left out, it is chosen by cpus and memoryGiB"),
    cpus: z.number().int().positive().optional().describe("vCPUs, where no instanceType is named"),
    memoryGiB: z.number().positive().optional().describe("GiB of memory, where no instanceType is named"),
    workloads: z.boolean().default(true).describe("Whether applications may run on it"),
    address: z.string().optional().describe("Private address; left out, the 10th, 11th … of network.hosts"),
    publicBandwidthMbps: z
        .number()
        .int()
        .min(1)
        .max(100)
        .default(20)
        .describe("Outgoing bandwidth of its public address, Mbit/s, paid by traffic"),
    systemDiskGiB: z.number().int().min(20).default(40).describe("Size of its system disk, GiB"),
});

const disk = z.strictObject({
    name: name.describe("Which application's data it holds"),
    host: z.string().describe("The host that it is attached to"),
    sizeGiB: z.number().int().min(1).max(32768).describe("Size, GiB; it only grows"),
    category: z.string().optional().describe("Disk category; left out, disks.category"),
    snapshot: z
        .string()
        .regex(/^s-[\w-]+$/, "must be a snapshot's id such as s-bp67acfmxazb4p")
        .optional()
        .describe(
            "Snapshot that the disk is made from; another one replaces a disk that is there, and the replaced disk is kept",
        ),
});

export const schema = z.strictObject({
    zone: z.string().default("cn-hangzhou-i").describe("Availability zone, in the region `alicloud:region`"),
    network: z
        .strictObject({
            vpc: cidr.default("10.20.0.0/16").describe("The VPC"),
            hosts: cidr.default("10.20.0.0/24").describe("The vSwitch that the hosts are in"),
            pods: cidr.default("10.244.0.0/16").describe("Pods (flannel)"),
            services: cidr.default("10.96.0.0/16").describe("Services"),
        })
        .prefault({}),
    access: z.strictObject({
        cidrs: z.array(z.string()).min(1).describe("Who may reach SSH and the Kubernetes API, as CIDR blocks"),
        anywhere: z.boolean().default(false).describe("Says that 0.0.0.0/0 in access.cidrs is meant"),
    }),
    image: z
        .string()
        .default("^debian_12_\\d+_x64_20G_alibase_\\d+\\.vhd$")
        .describe("Regular expression for the system image; the newest match is used for new hosts"),
    hosts: z
        .array(host)
        .prefault([
            { name: "master", role: "control-plane", instanceType: "ecs.c6.large" },
            { name: "node-01", role: "worker", instanceType: "ecs.c6.xlarge" },
            { name: "node-02", role: "worker", instanceType: "ecs.c6.xlarge" },
        ])
        .describe("The hosts, in the order of their addresses: a new one goes to the end"),
    disks: z
        .strictObject({
            data: z
                .array(disk)
                .default([
                    { name: "mysql", host: "node-02", sizeGiB: 20 },
                    { name: "kafka", host: "node-01", sizeGiB: 20 },
                    { name: "elasticsearch", host: "node-02", sizeGiB: 20 },
                    { name: "backup", host: "node-02", sizeGiB: 20 },
                ])
                .describe("The data disks, which belong to the stack and not to a host"),
            category: z.string().default("cloud_essd").describe("Category of data disks that name none"),
            protect: z
                .boolean()
                .default(true)
                .describe(
                    "Whether Pulumi refuses to delete data disks, and the keys of backups and Secrets, at all " +
                        "(`pulumi destroy --exclude-protected`)",
                ),
            keepOnDestroy: z
                .boolean()
                .default(true)
                .describe("Whether a data disk outlives its resource, to be found again by the next `pulumi up`"),
            snapshots: z
                .strictObject({
                    hour: z.number().int().min(0).max(23).default(2).describe("Hour of the daily snapshot, UTC+8"),
                    keepDays: z.number().int().min(1).max(65536).default(7).describe("Days that a snapshot is kept"),
                })
                .prefault({}),
        })
        .prefault({}),
    kubernetes: z
        .strictObject({
            version: version.default("1.36.3").describe("Kubernetes, exactly"),
            containerd: minorVersion.default("2.2").describe("Minor version of the container runtime"),
            flannel: version.default("0.26.7").describe("flannel, the pods' network"),
            metricsServer: version.default("0.7.2").describe("metrics-server, which `kubectl top` asks"),
            k9s: version.default("0.50.9").describe("k9s, on the control plane for whoever logs in"),
            cgroupDriver: z
                .enum(["systemd", "cgroupfs"])
                .default("systemd")
                .describe("Who makes cgroups, for the kubelet and the container runtime alike"),
            kubeReserved: reservation
                .prefault({ cpu: "100m", memory: "300Mi" })
                .describe("Kept on every node for the kubelet and the container runtime, both or neither"),
            systemReserved: reservation
                .prefault({ cpu: "100m", memory: "300Mi" })
                .describe("Kept on every node for the system, both or neither"),
            evictionHard: z
                .record(z.string(), quantity)
                .default({ "memory.available": "200Mi", "nodefs.available": "2Gi", "imagefs.available": "2Gi" })
                .describe("Below these, pods are evicted at once"),
            evictionSoft: z
                .record(z.string(), quantity)
                .default({ "memory.available": "400Mi" })
                .describe("Below these for 90 seconds, pods are evicted"),
            systemReservedCgroup: z
                .string()
                .regex(/^\/\S+$/, "must be a cgroup such as /system.slice")
                .optional()
                .describe(
                    "cgroup of the system's services that is held to systemReserved, such as /system.slice; left out, " +
                        "only pods are held to theirs, and the system may use more",
                ),
            requestsInFlight: z
                .strictObject({
                    reads: z.number().int().min(40).default(100).describe("those that only read"),
                    writes: z.number().int().min(20).default(50).describe("those that change something"),
                })
                .prefault({})
                .describe("Requests that the API server works on at once, for 2 CPUs; more wait, by whose they are"),
            maxLogSize: quantity.default("20Mi").describe("Size at which a container's log is rotated; 3 are kept"),
            kubelet: settings.default({}).describe("Further settings of the KubeletConfiguration, as they are"),
            kubeProxy: settings.default({}).describe("Further settings of the KubeProxyConfiguration, as they are"),
            ignorePreflightErrors: z.array(z.string()).default([]).describe("kubeadm checks that only warn"),
            qosReserved: z
                .boolean()
                .default(true)
                .describe(
                    "Whether memory that pods request is kept from pods that request less surely (the kubelet's alpha feature QOSReserved)",
                ),
            restrictOomScoreAdj: z
                .boolean()
                .default(false)
                .describe("For hosts that may not lower an OOM score (containers): containerd does not try"),
        })
        .prefault({}),
    mirrors: z
        .strictObject({
            urls: z
                .record(z.string(), z.array(z.string()).min(1))
                .default({})
                .describe("Upstream URL prefix → mirrors of it, tried in order before the upstream itself"),
            images: z
                .record(z.string(), z.array(z.string()).min(1))
                .default({})
                .describe("Image registry → mirrors of it, tried in order before the registry itself"),
        })
        .prefault({}),
    guardrails: guardrails.prefault({}),
    drills: z
        .boolean()
        .default(false)
        .describe("Whether `npm run drill`, which breaks things, may be run on this stack"),
    mysql: mysql.prefault({}),
    nacos: nacos.prefault({}),
    kafka: kafka.prefault({}),
    elk: elk.prefault({}),
    backup: backup.prefault({}),
    capacity: capacity.prefault({}),
});

export type Settings = z.infer<typeof schema>;
export type Host = Settings["hosts"][number];
export type DataDisk = Settings["disks"]["data"][number];

/** The settings of a stack, with what else identifies it. */
export type StackConfig = Settings & { stack: string; region: string };

/** Every mistake in a stack's configuration, one a line, each naming the key, the value and the way out. */
export class ConfigurationError extends pulumi.RunError {
    constructor(readonly mistakes: string[]) {
        super(
            `${mistakes.length} mistake${mistakes.length > 1 ? "s" : ""} in the stack's configuration:\n` +
                mistakes.map((line) => `  - ${line}`).join("\n"),
        );
        // Nobody is shown it, and Pulumi's colouring of it takes Node.js some 15 s.
        this.stack = undefined;
    }
}

/**
 * Checks settings as they come from YAML and fills in the defaults.
 * @param found mistakes that the caller knows of already
 * @throws ConfigurationError with all mistakes at once
 */
export function parseSettings(input: Record<string, unknown>, found: string[] = []): Settings {
    const result = schema.safeParse(input);
    const wrong = result.success ? [] : result.error.issues.flatMap((issue) => explain(issue, input));
    const all = [...found, ...wrong, ...mistakes(result.success ? result.data : rightKeys(input))];
    if (all.length > 0 || !result.success) throw new ConfigurationError(all);
    return result.data;
}

/** The top-level keys that the schema has nothing against. */
function rightKeys(input: Record<string, unknown>): Partial<Settings> {
    return Object.fromEntries(
        Object.entries(schema.shape).flatMap(([key, type]) => {
            const result = type.safeParse(input[key]);
            return result.success ? [[key, result.data]] : [];
        }),
    );
}

/** Reads the configuration of the stack that runs. `alicloud:region` is the provider's own key. */
export function loadConfig(): StackConfig {
    const prefix = `${pulumi.getProject()}:`;
    const input: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(pulumi.runtime.allConfig())) {
        if (key.startsWith(prefix)) input[key.slice(prefix.length)] = decode(value);
    }
    const region = new pulumi.Config("alicloud").get("region") ?? "";
    const missing = "alicloud:region: required and missing; for example: pulumi config set alicloud:region cn-hangzhou";
    return { ...parseSettings(input, region ? [] : [missing]), stack: pulumi.getStack(), region };
}

/** Structured values reach the program as JSON, scalars as their text. */
function decode(value: string): unknown {
    try {
        return JSON.parse(value);
    } catch {
        return value;
    }
}

function explain(issue: z.core.$ZodIssue, input: unknown): string[] {
    const key = issue.path.map(String).join(".");
    if (issue.code === "unrecognized_keys") {
        const known = knownKeys(issue.path);
        return issue.keys.map((unknown) => {
            const full = key ? `${key}.${unknown}` : unknown;
            return `${full}: no such key; did you mean ${closest(unknown, known)}? Known here: ${known.join(", ")}`;
        });
    }
    const value = issue.path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown>)?.[part], input);
    if (value === undefined) return [`${key}: required and missing${hint(key)}`];
    return [`${key}: ${shown(value, issue.path.at(-1))}: ${issue.message}`];
}

/** A value as a mistake names it, without the secrets in it. */
function shown(value: unknown, key?: PropertyKey): string {
    const hide = (name: PropertyKey | undefined, inner: unknown) => (name === "accessKeySecret" ? "[secret]" : inner);
    return JSON.stringify(hide(key, value), hide);
}

function hint(key: string): string {
    if (key.endsWith(".accessKeySecret")) return `; pulumi config set --secret --path test-cluster:${key}`;
    return key.startsWith("access")
        ? '; name the addresses that may reach SSH and the Kubernetes API, for example access: {cidrs: ["198.51.100.7/32"]}'
        : "";
}

/** The keys that the schema knows at a path. */
function knownKeys(path: PropertyKey[]): string[] {
    let at: z.ZodType = schema;
    for (const part of path) {
        at = unwrap(at);
        at = at instanceof z.ZodArray ? (at.element as z.ZodType) : (at as z.ZodObject).shape[part as string];
    }
    return Object.keys((unwrap(at) as z.ZodObject).shape);
}

function unwrap(type: z.ZodType): z.ZodType {
    while (type instanceof z.ZodDefault || type instanceof z.ZodPrefault || type instanceof z.ZodOptional) {
        type = type.unwrap() as z.ZodType;
    }
    return type;
}
