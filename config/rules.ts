import type { Settings } from "../config";
import { addressAt, contains, indexIn, overlaps, parseCidr, size } from "./cidr";
import { nacosMistakes } from "./nacos";
import { closest } from "./words";

/** A rule about some keys. It is not asked while one of them is missing, since its answer would mislead. */
function rule<K extends keyof Settings>(keys: K[], find: (settings: Pick<Settings, K>) => string[]) {
    return (settings: Partial<Settings>) =>
        keys.every((key) => settings[key] !== undefined) ? find(settings as Pick<Settings, K>) : [];
}

const rules = [
    rule(["network"], networkMistakes),
    rule(["access"], accessMistakes),
    rule(["hosts"], hostMistakes),
    rule(["hosts", "network"], addressMistakes),
    rule(["disks"], diskMistakes),
    rule(["mysql"], nacosMistakes),
    rule(["disks", "hosts"], placementMistakes),
    rule(["kubernetes"], kubernetesMistakes),
    rule(["mysql"], mysqlMistakes),
    rule(["mysql", "disks"], mysqlDiskMistakes),
    rule(["kafka", "hosts"], kafkaHostMistakes),
    rule(["kafka", "disks"], kafkaDiskMistakes),
    rule(["elk", "disks"], elkDiskMistakes),
    rule(["elk", "kafka"], elkTopicMistakes),
    rule(["backup"], backupMistakes),
    rule(["backup", "elk", "disks"], backupDiskMistakes),
];

/**
 * Mistakes that a type can't see: values that don't fit each other. Every line names key, value and way out.
 * @param settings the keys that are right by themselves; rules about the others are left out
 */
export function mistakes(settings: Partial<Settings>): string[] {
    return rules.flatMap((find) => find(settings));
}

function networkMistakes({ network }: Pick<Settings, "network">): string[] {
    const found: string[] = [];
    const blocks = Object.entries(network).map(([key, text]) => ({ key, text, cidr: parseCidr(text) }));
    for (const { key, text, cidr } of blocks) {
        if (!cidr) found.push(`network.${key}: ${JSON.stringify(text)} is no CIDR block such as 10.20.0.0/16`);
    }
    if (found.length > 0) return found;
    const [vpc, hosts, pods, services] = blocks;
    if (!contains(vpc.cidr!, hosts.cidr!)) {
        found.push(`network.hosts: ${hosts.text} is not inside network.vpc ${vpc.text}; choose a block of the VPC`);
    }
    for (const [a, b] of [
        [vpc, pods],
        [vpc, services],
        [pods, services],
    ]) {
        if (overlaps(a.cidr!, b.cidr!)) {
            found.push(`network.${b.key}: ${b.text} overlaps network.${a.key} ${a.text}; choose a block apart from it`);
        }
    }
    if (hosts.cidr!.prefix > 28) {
        found.push(`network.hosts: ${hosts.text} is too small; a vSwitch for this cluster needs a /28 or larger`);
    }
    if (pods.cidr!.prefix > 22) {
        found.push(`network.pods: ${pods.text} is too small; every node takes a /24 of it, choose a /22 or larger`);
    }
    return found;
}

function accessMistakes({ access }: Pick<Settings, "access">): string[] {
    const twice = repeated(access.cidrs).map((text) => `access.cidrs: ${text} is there more than once; name it once`);
    return access.cidrs
        .flatMap((text) => {
            const cidr = parseCidr(text);
            if (!cidr) return [`access.cidrs: ${JSON.stringify(text)} is no CIDR block such as 198.51.100.7/32`];
            // Two halves of the internet are the internet too: no team owns so large a block.
            if (cidr.prefix < 8 && !access.anywhere) {
                return [
                    `access.cidrs: ${text} opens SSH and the Kubernetes API to the internet; name your own addresses, ` +
                        "or set access.anywhere: true if that is meant",
                ];
            }
            return [];
        })
        .concat(twice);
}

function hostMistakes({ hosts }: Pick<Settings, "hosts">): string[] {
    const found: string[] = [];
    const controlPlanes = hosts.filter((host) => host.role === "control-plane").map((host) => host.name);
    if (controlPlanes.length === 0) found.push("hosts: none has role: control-plane; give it to exactly one");
    if (controlPlanes.length > 1) {
        found.push(
            `hosts: ${controlPlanes.join(", ")} all have role: control-plane; keep one. ` +
                "More than one control plane is a non-goal of this project (see README)",
        );
    }
    if (!hosts.some((host) => host.workloads))
        found.push("hosts: none has workloads: true; let at least one take them");
    for (const name of repeated(hosts.map((host) => host.name))) {
        found.push(`hosts: ${name} is the name of more than one host; names are node names and must differ`);
    }
    hosts.forEach((host, index) => {
        const at = `hosts.${index} (${host.name})`;
        if (!host.instanceType && !(host.cpus && host.memoryGiB)) {
            found.push(`${at}: neither instanceType nor cpus and memoryGiB; name the type, or its size by both`);
        }
        if (host.instanceType && (host.cpus || host.memoryGiB)) {
            found.push(`${at}: both instanceType ${host.instanceType} and a size; choose a single approach`);
        }
    });
    return found;
}

function addressMistakes({ hosts, network }: Pick<Settings, "hosts" | "network">): string[] {
    const found: string[] = [];
    const block = parseCidr(network.hosts);
    if (!block) return found;
    const addresses = hosts.map((host, index) => host.address ?? hostAddress(network.hosts, index));
    addresses.forEach((address, index) => {
        const place = indexIn(block, address);
        // Alibaba Cloud keeps the first address and the last three of a vSwitch to itself.
        if (place === undefined || place < 1 || place > size(block) - 4) {
            found.push(
                `hosts.${index}.address: ${address} is not usable in network.hosts ${network.hosts}; choose another ` +
                    "of that block: its first address and its last three are the cloud's own",
            );
        }
    });
    for (const address of repeated(addresses)) {
        found.push(`hosts: ${address} is the address of more than one host; leave address out or make them differ`);
    }
    return found;
}

/** The private address of a host that names none: stable, so that a replaced host keeps it. */
export function hostAddress(hostsCidr: string, index: number): string {
    return addressAt(parseCidr(hostsCidr)!, 10 + index);
}

function diskMistakes({ disks }: Pick<Settings, "disks">): string[] {
    const found = repeated(disks.data.map((disk) => disk.name)).map(
        (name) => `disks.data: ${name} is the name of more than one disk; names must differ`,
    );
    for (const disk of disks.data) {
        const category = disk.category ?? disks.category;
        const least = leastSize[category] ?? 20;
        if (disk.sizeGiB < least) {
            found.push(
                `disks.data (${disk.name}).sizeGiB: ${disk.sizeGiB} is below the ${least} GiB that ${category} ` +
                    "begins at; make it larger or choose another category",
            );
        }
    }
    return found;
}

/** GiB that a category's smallest data disk has, where that is not 20 (CreateDisk, parameter Size). */
const leastSize: Record<string, number> = { cloud_auto: 1, cloud_essd_entry: 10 };

function placementMistakes({ disks, hosts }: Pick<Settings, "disks" | "hosts">): string[] {
    const names = hosts.map((host) => host.name);
    return disks.data.flatMap((disk) => {
        const at = `disks.data (${disk.name}).host: ${disk.host}`;
        const host = hosts.find((candidate) => candidate.name === disk.host);
        if (!host) {
            return [
                `${at} is no host of this stack` + (names.length ? `; did you mean ${closest(disk.host, names)}?` : ""),
            ];
        }
        return host.workloads ? [] : [`${at} takes no workloads; choose a host that does`];
    });
}

/** Databases that are MySQL's own, and users of the stack, whose passwords are kept beside the databases' ones. */
const takenNames = ["mysql", "sys", "root", "backup"];

function mysqlMistakes({ mysql }: Pick<Settings, "mysql">): string[] {
    return [
        ...repeated(mysql.databases).map((name) => `mysql.databases: ${name} is there more than once; name it once`),
        ...mysql.databases
            .filter((name) => takenNames.includes(name))
            .map((name) => `mysql.databases: ${name} is taken, by MySQL or by the stack's own users; choose another`),
    ];
}

function mysqlDiskMistakes({ mysql, disks }: Pick<Settings, "mysql" | "disks">): string[] {
    return disks.data.some((disk) => disk.name === mysql.disk) ? [] : [noDisk("mysql.disk", mysql.disk)];
}

function noDisk(key: string, disk: string): string {
    return `${key}: ${disk} is no data disk of this stack; add it to disks.data`;
}

function kafkaHostMistakes({ kafka, hosts }: Pick<Settings, "kafka" | "hosts">): string[] {
    const names = hosts.map((host) => host.name);
    return names.includes(kafka.host)
        ? []
        : [`kafka.host: ${kafka.host} is no host of this stack; did you mean ${closest(kafka.host, names)}?`];
}

/** How much of Kafka's disk full topics may take: the rest is for offsets, and segments that are about to go. */
const fullest = 0.8;

function kafkaDiskMistakes({ kafka, disks }: Pick<Settings, "kafka" | "disks">): string[] {
    const disk = disks.data.find((candidate) => candidate.name === kafka.disk);
    if (!disk) return [noDisk("kafka.disk", kafka.disk)];
    const most = kafka.topics.reduce((sum, topic) => sum + topic.partitions * topic.retentionMiB, 0) / 1024;
    return [
        ...(disk.host === kafka.host
            ? []
            : [
                  `kafka.disk: ${disk.name} is in ${disk.host}, and Kafka runs on kafka.host ${kafka.host}; ` +
                      "set both to one host",
              ]),
        ...repeated(kafka.topics.map((topic) => topic.name)).map(
            (name) => `kafka.topics: ${name} is there more than once; name it once`,
        ),
        ...(most > disk.sizeGiB * fullest
            ? [
                  `kafka.topics: full, they hold ${most.toFixed(1)} GiB (partitions × retentionMiB), more than ` +
                      `${fullest * 100} % of the ${disk.sizeGiB} GiB of disk ${disk.name}; keep less, or make it larger`,
              ]
            : []),
    ];
}

/** How much of Elasticsearch's disk logs may take: above 85 % of a full disk it takes in no new index. */
const fullestIndex = 0.7;

function elkDiskMistakes({ elk, disks }: Pick<Settings, "elk" | "disks">): string[] {
    const key = "elk.elasticsearch.disk";
    const disk = disks.data.find((candidate) => candidate.name === elk.elasticsearch.disk);
    if (!disk) return [noDisk(key, elk.elasticsearch.disk)];
    return elk.keepGiB > disk.sizeGiB * fullestIndex
        ? [
              `elk.keepGiB: ${elk.keepGiB} is more than ${fullestIndex * 100} % of the ${disk.sizeGiB} GiB of disk ` +
                  `${disk.name}; keep less, or make it larger`,
          ]
        : [];
}

function elkTopicMistakes({ elk, kafka }: Pick<Settings, "elk" | "kafka">): string[] {
    const topics = kafka.topics.map((topic) => topic.name);
    return topics.includes(elk.topic)
        ? []
        : [`elk.topic: ${elk.topic} is no topic of this stack; add it to kafka.topics, or choose one of ${topics}`];
}

function backupMistakes({ backup: { everyMinutes } }: Pick<Settings, "backup">): string[] {
    return 60 % everyMinutes === 0
        ? []
        : [`backup.everyMinutes: ${everyMinutes} does not divide an hour; choose 5, 6, 10, 12, 15, 20, 30 or 60`];
}

/** Elasticsearch writes its snapshots itself, so its disk and that of the backups are in one host. */
function backupDiskMistakes({ backup, elk, disks }: Pick<Settings, "backup" | "elk" | "disks">): string[] {
    const disk = disks.data.find(({ name }) => name === backup.disk);
    const example = `{ name: ${backup.disk}, host: node-02, sizeGiB: 20 }`;
    if (!disk) return [`${noDisk("backup.disk", backup.disk)}, such as ${example}`];
    const other = disks.data.find(({ name }) => name === elk.elasticsearch.disk);
    return other && other.host !== disk.host
        ? [
              `backup.disk: ${disk.name} is in ${disk.host}, and Elasticsearch, which writes its snapshots to it, has its ` +
                  `disk ${other.name} in ${other.host}; set both to one host`,
          ]
        : [];
}

/** Kubernetes minors that upstream maintains, and the container runtimes each can use (its release notes). */
const supported = { first: 35, last: 37, needsContainerd2: 36 };

function kubernetesMistakes({ kubernetes }: Pick<Settings, "kubernetes">): string[] {
    const [major, minor] = kubernetes.version.split(".").map(Number);
    const { first, last, needsContainerd2 } = supported;
    if (major !== 1 || minor < first || minor > last) {
        return [
            `kubernetes.version: ${kubernetes.version} is not supported here; choose 1.${first} to 1.${last}, ` +
                "the minors that Kubernetes itself maintains",
        ];
    }
    const [runtimeMajor] = kubernetes.containerd.split(".").map(Number);
    if (minor >= needsContainerd2 && runtimeMajor < 2) {
        return [
            `kubernetes.version: ${kubernetes.version} can't run on containerd ${kubernetes.containerd}: its kubelet ` +
                "asks the runtime for the cgroup driver, which containerd answers from 2.0 on; " +
                "set kubernetes.containerd to 2.0 or newer, or choose Kubernetes 1.35",
        ];
    }
    return [];
}

function repeated(values: string[]): string[] {
    return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
