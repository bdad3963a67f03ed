import type { Settings } from "../config";
import { addressAt, contains, indexIn, overlaps, parseCidr, size } from "./cidr";
import { closest } from "./words";

/** Mistakes that a type can't see: values that don't fit each other. Every line names key, value and way out. */
export function mistakes(settings: Settings): string[] {
    return [...networkMistakes(settings), ...accessMistakes(settings), ...hostMistakes(settings)].concat(
        diskMistakes(settings),
        kubernetesMistakes(settings),
    );
}

function networkMistakes({ network }: Settings): string[] {
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

function accessMistakes({ access }: Settings): string[] {
    return access.cidrs.flatMap((text) => {
        const cidr = parseCidr(text);
        if (!cidr) return [`access.cidrs: ${JSON.stringify(text)} is no CIDR block such as 198.51.100.7/32`];
        if (cidr.prefix === 0 && !access.anywhere) {
            return [
                `access.cidrs: ${text} opens SSH and the Kubernetes API to the internet; name your own addresses, ` +
                    "or set access.anywhere: true if that is meant",
            ];
        }
        return [];
    });
}

function hostMistakes({ hosts, network }: Settings): string[] {
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
    const block = parseCidr(network.hosts);
    if (!block) return found;
    const addresses = hosts.map((host, index) => host.address ?? hostAddress(network.hosts, index));
    addresses.forEach((address, index) => {
        const place = indexIn(block, address);
        // Alibaba Cloud keeps the first address and the last three of a vSwitch to itself.
        if (place === undefined || place < 1 || place > size(block) - 4) {
            found.push(
                `hosts.${index}.address: ${address} is not usable in network.hosts ${network.hosts}; ` +
                    "the first address and the last three of a vSwitch are the cloud's own",
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

function diskMistakes({ disks, hosts, mysql }: Settings): string[] {
    const names = hosts.map((host) => host.name);
    const found = disks.data
        .filter((disk) => !names.includes(disk.host))
        .map(
            (disk) =>
                `disks.data (${disk.name}).host: ${disk.host} is no host of this stack` +
                (names.length ? `; did you mean ${closest(disk.host, names)}?` : ""),
        );
    for (const name of repeated(disks.data.map((disk) => disk.name))) {
        found.push(`disks.data: ${name} is the name of more than one disk; names must differ`);
    }
    for (const disk of disks.data) {
        const category = disk.category ?? disks.category;
        const least = category.startsWith("cloud_essd") || category === "cloud_auto" ? 1 : 20;
        if (disk.sizeGiB < least || (category === "cloud_essd" && disk.sizeGiB < 20)) {
            found.push(
                `disks.data (${disk.name}).sizeGiB: ${disk.sizeGiB} is below the 20 GiB that ${category} begins at`,
            );
        }
        const host = hosts.find((candidate) => candidate.name === disk.host);
        if (host && !host.workloads) {
            found.push(`disks.data (${disk.name}).host: ${disk.host} takes no workloads; choose a host that does`);
        }
    }
    if (!disks.data.some((disk) => disk.name === mysql.disk)) {
        found.push(`mysql.disk: ${mysql.disk} is no data disk of this stack; add it to disks.data`);
    }
    return found;
}

/** Kubernetes minors that upstream maintains, and the container runtimes each can use (its release notes). */
const supported = { first: 35, last: 37, needsContainerd2: 36 };

function kubernetesMistakes({ kubernetes }: Settings): string[] {
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
