import { type Access, accessOf, nameOf, plain, type Resource, resourcesOf, stackIn, unwrap } from "../access";
import { endpointOf } from "../cloudSettings";
import type { Watermarks } from "./marks";

/** What a stack's state says about its parts, and how to reach them. */
export interface Stack {
    name: string;
    access: Access;
    /** Absent until the control plane has been made. */
    kubeconfig?: string;
    /** Name of the host that is the control plane. */
    controlPlane?: string;
    disks: { name: string; host?: string }[];
    /** Absent where the stack has no Kafka. */
    kafka?: KafkaPlace;
    nacosPassword?: string;
    /** Absent where the stack keeps no backups. */
    backup?: BackupPlace;
    /** Absent where they are not copied to a bucket. */
    bucket?: BucketPlace;
    /** What they are sealed with; absent until the stack has made it. */
    backupKey?: string;
    /** Deployments and the like that the stack has made, as `namespace/name`. */
    workloads: string[];
    watermarks: Watermarks;
    /** Bindings of admission policies that the stack has made. */
    guardrails: string[];
    /** The control address of the rehearsal region that the stack is in; absent where it is in the real cloud. */
    control?: string;
}

/** Where backups are, and how often they are made. */
export interface BackupPlace {
    /** Absent when their disk is in no host. */
    host?: string;
    /** On that host: each kind that has files there has a folder in it. */
    folder: string;
    /** Minutes from one backup of etcd, and of MySQL, to the next. */
    everyMinutes: number;
    /** Since when the stack has a place for them. */
    since?: Date;
}

/** The bucket that backups are copied to. */
export interface BucketPlace {
    name: string;
    /** The host that copies them; absent when it is gone. */
    host?: string;
}

/** The host that Kafka is on and its private `host:port`; nothing where that host is gone. */
export interface KafkaPlace {
    host?: string;
    address?: string;
}

/**
 * Reads a state, as `pulumi stack export --show-secrets` prints it. It asks resources, not outputs, where it can: outputs
 * are only there when an update has succeeded.
 * @throws Error when the stack has no hosts
 */
export function stackOf(exported: string): Stack {
    const access = accessOf(exported);
    const resources = resourcesOf(exported);
    const ofType = (type: string) => resources.filter((resource) => resource.type === type);
    const instances = ofType("alicloud:ecs/instance:Instance");
    const attachments = ofType("alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment");
    const hostOf = (step: Resource | undefined) => {
        const { host } = (unwrap(step?.inputs?.connection) ?? {}) as { host?: unknown };
        return access.hosts.find(({ publicAddress }) => publicAddress === plain(host))?.name;
    };
    const step = (name: string) => ofType("command:remote:Command").find((resource) => nameOf(resource) === name);
    const controlPlane = step("control-plane");
    const kafka = step("kafka");
    const backups = ofType("command:remote:Command").find(({ inputs }) => backupDisk.test(plain(inputs?.create)));
    const copies = step("backup-copies");
    const backupKey = ofType("command:local:Command").find((each) => nameOf(each) === "backup");
    const outputs = ofType("pulumi:pulumi:Stack")[0]?.outputs ?? {};
    const binding = "kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding";
    return {
        name: stackIn(exported),
        access,
        kubeconfig: plain(controlPlane?.outputs?.stdout) || undefined,
        controlPlane: hostOf(controlPlane),
        disks: ofType("alicloud:ecs/ecsDisk:EcsDisk").map((disk) => {
            const { instanceId } = attachments.find((each) => nameOf(each) === nameOf(disk))?.outputs ?? {};
            const instance = instances.find(({ id }) => id !== undefined && id === plain(instanceId));
            return { name: nameOf(disk), host: instance && nameOf(instance) };
        }),
        ...(kafka && { kafka: kafkaPlace(hostOf(kafka), instances) }),
        ...(backups && { backup: backupPlace(backups, hostOf(backups), ofType("kubernetes:batch/v1:CronJob")) }),
        ...(copies && { bucket: bucketPlace(copies, hostOf(copies)) }),
        backupKey: plain(backupKey?.outputs?.stdout).trim() || undefined,
        nacosPassword: plain(outputs.nacosPassword) || undefined,
        workloads: resources.filter(({ type }) => type.startsWith("kubernetes:apps/v1:")).map(({ id }) => id ?? ""),
        watermarks: watermarksOf(ofType("kubernetes:apps/v1:Deployment")),
        guardrails: ofType(binding).map(({ id }) => id ?? ""),
        ...controlOf(ofType("pulumi:providers:alicloud")),
    };
}

/** A rehearsal's cloud is on loopback, and its control address a port up (rehearsal/paths.ts). */
function controlOf(providers: Resource[]): Pick<Stack, "control"> {
    const endpoint = providers.map(({ inputs }) => endpointOf("ecs", plain(inputs?.endpoints))).find(Boolean) ?? "";
    const [, port] = /^127\.0\.0\.1:(\d+)$/.exec(endpoint) ?? [];
    return port === undefined ? {} : { control: `http://127.0.0.1:${Number(port) + 1}` };
}

/** What the step that mounts the backups' disk is given: its volumes are the kinds of backups. */
const backupDisk = /^FOLDERS=.*\betcd\b/m;

function backupPlace({ inputs, created }: Resource, host: string | undefined, jobs: Resource[]): BackupPlace {
    const [, disk] = /^DISK=(\S+)$/m.exec(plain(inputs?.create)) ?? [];
    const { schedule } = (jobs.find((job) => nameOf(job) === "mysql-backup")?.inputs?.spec ?? {}) as Schedule;
    // Once an hour is not written as the other spans are.
    const [, minutes] = /^\*\/(\d+) /.exec(schedule ?? "*/15 * * * *") ?? [undefined, "60"];
    return {
        ...(host && { host }),
        folder: `/var/lib/data/${disk}`,
        everyMinutes: Number(minutes),
        ...(created && { since: new Date(created) }),
    };
}

function bucketPlace({ inputs }: Resource, host: string | undefined): BucketPlace {
    const [, name = ""] = /^BUCKET=(\S+)$/m.exec(plain(inputs?.create)) ?? [];
    return { name, ...(host && { host }) };
}

interface Schedule {
    schedule?: string;
}

/** As the watch over them was told; as they are by default in a stack that has none. */
function watermarksOf(deployments: Resource[]): Watermarks {
    interface Pod {
        template?: { spec?: { containers?: { env?: { name: string; value?: unknown }[] }[] } };
    }
    const { spec } = deployments.find((one) => nameOf(one) === "watermarks")?.inputs ?? {};
    const env = (spec as Pod | undefined)?.template?.spec?.containers?.[0].env ?? [];
    const percent = (variable: string) => Number(plain(env.find(({ name }) => name === variable)?.value) || 85);
    return { requests: percent("MARK_REQUESTED"), used: percent("MARK_USED") };
}

function kafkaPlace(host: string | undefined, instances: Resource[]): KafkaPlace {
    const instance = instances.find((each) => nameOf(each) === host);
    return instance ? { host, address: `${plain(instance.outputs?.privateIp)}:9092` } : {};
}
