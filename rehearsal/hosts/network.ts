import { createHash } from "node:crypto";
import * as fs from "node:fs";

import { addresses } from "../paths";
import { run, succeeds } from "../command";
import { InstanceSpec } from "./hypervisor";

/** Every bridge of the region has a name that begins so; iptables takes `tc-+` for all of them. */
const bridgePrefix = "tc-";

/**
 * The region's own link on this machine: the operator's address, and those that hosts find its services at. It is a
 * bridge with nothing plugged in, because every kernel that can run hosts has bridges, and not each has dummy links.
 */
export async function ensureLink(): Promise<void> {
    await ensureBridge(addresses.link);
    for (const address of [addresses.operator, addresses.services.host, addresses.objects.host]) {
        await run("ip", ["address", "replace", `${address}/32`, "dev", addresses.link]);
    }
}

export async function removeLink(): Promise<void> {
    await removeLinkNamed(addresses.link);
}

/**
 * The switch of a network: a bridge whose address is the first of `cidr`, the hosts' gateway. What leaves the region's
 * bridges is masqueraded; what stays between them keeps its source, since security groups judge by it.
 */
export async function ensureNetwork(id: string, cidr: string): Promise<void> {
    const bridge = bridgeOf(id);
    await ensureBridge(bridge);
    await run("ip", ["address", "replace", `${gateway(cidr)}/${cidr.split("/")[1]}`, "dev", bridge]);
    fs.writeFileSync("/proc/sys/net/ipv4/ip_forward", "1");
    for (const rule of firewall(bridge, cidr)) {
        if (!(await succeeds("iptables", rule("-C")))) {
            await run("iptables", rule("-I"));
        }
    }
}

export async function removeNetwork(id: string): Promise<void> {
    await removeBridgeAndRules(bridgeOf(id));
}

/** Removes every network of the region, known by its bridge's name. */
export async function removeNetworks(): Promise<void> {
    const links = JSON.parse(await run("ip", ["-json", "link", "show", "type", "bridge"])) as { ifname?: string }[];
    for (const { ifname } of links) {
        if (ifname?.startsWith(bridgePrefix)) {
            await removeBridgeAndRules(ifname);
        }
    }
}

/**
 * Plugs a network cable into a host whose init has not begun: eth0 with its private address, the public one on
 * loopback as the cloud's gateway would have translated it, and this machine's way to the public address.
 *
 * @param pid of the host's init
 */
export async function plugCable(pid: number, spec: InstanceSpec): Promise<void> {
    const bridge = bridgeOf(spec.network.id);
    const cable = cableOf(spec.id);
    const mtu = fs.readFileSync(`/sys/class/net/${bridge}/mtu`, "utf8").trim();
    const prefix = spec.network.cidr.split("/")[1];
    await removeLinkNamed(cable);
    await run("ip", [
        ...["link", "add", cable, "mtu", mtu, "master", bridge, "up", "type", "veth"],
        ...["peer", "name", "eth0", "mtu", mtu, "address", hardwareAddress(spec.id), "netns", String(pid)],
    ]);
    const inHost = ["--target", String(pid), "--net"];
    // A rebuilt host announces itself, or its neighbours keep talking to the one that had the address before.
    await run("nsenter", [...inHost, "sysctl", "--quiet", "--write", "net.ipv4.conf.eth0.arp_notify=1"]);
    const commands = [
        "link set lo up",
        ...(spec.publicAddress ? [`address add ${spec.publicAddress}/32 dev lo`] : []),
        `address add ${spec.network.address}/${prefix} dev eth0`,
        "link set eth0 up",
        `route add default via ${gateway(spec.network.cidr)}`,
    ];
    await run("nsenter", [...inHost, "ip", "-batch", "-"], { input: commands.join("\n") + "\n" });
    if (spec.publicAddress) {
        const way = ["via", spec.network.address, "dev", bridge, "src", addresses.operator];
        await run("ip", ["route", "replace", `${spec.publicAddress}/32`, ...way]);
    }
}

/** Removes an instance's cable, and this machine's way to its public address if it still leads to that instance. */
export async function unplugCable(spec: InstanceSpec): Promise<void> {
    await removeLinkNamed(cableOf(spec.id));
    const bridge = bridgeOf(spec.network.id);
    if (spec.publicAddress && fs.existsSync(`/sys/class/net/${bridge}`)) {
        const way = [`${spec.publicAddress}/32`, "via", spec.network.address, "dev", bridge];
        await succeeds("ip", ["route", "delete", ...way]);
    }
}

/** The first address of a range in CIDR notation. */
export function gateway(cidr: string): string {
    const [base, bits] = cidr.split("/");
    const number = base.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
    const size = 2 ** (32 - Number(bits));
    const first = number - (number % size) + 1;
    return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join(".");
}

/** The bridge of a network; the kernel takes 15 characters, the cloud's ids are longer. */
export function bridgeOf(networkId: string): string {
    return bridgePrefix + digest(networkId);
}

function cableOf(instanceId: string): string {
    return `tcv${digest(instanceId)}`;
}

type Rule = (action: "-C" | "-I" | "-D") => string[];

function firewall(bridge: string, cidr: string): Rule[] {
    // Accepted by hand, for machines whose firewall forwards nothing else (Docker's, for one).
    const answers = ["-m", "conntrack", "--ctstate", "RELATED,ESTABLISHED"];
    return [
        (action) => ["-w", action, "FORWARD", "-i", bridge, "-j", "ACCEPT"],
        (action) => ["-w", action, "FORWARD", "-o", bridge, ...answers, "-j", "ACCEPT"],
        (action) => [
            ...["-w", "-t", "nat", action, "POSTROUTING", "-s", cidr, "!", "-o", `${bridgePrefix}+`],
            ...["-j", "MASQUERADE"],
        ],
    ];
}

async function ensureBridge(name: string): Promise<void> {
    if (!fs.existsSync(`/sys/class/net/${name}`)) {
        await run("ip", ["link", "add", name, "type", "bridge"]);
    }
    // Left to itself a bridge takes the lowest address of its ports, another one whenever a host comes or goes, and the
    // others go on sending to the one before.
    const address = hardwareAddress(name);
    await run("ip", ["link", "set", name, "address", address, "mtu", String(await uplinkMtu()), "up"]);
}

async function removeLinkNamed(name: string): Promise<void> {
    if (fs.existsSync(`/sys/class/net/${name}`)) {
        // The kernel takes a cable away by itself when its host has ended, maybe just now.
        await run("ip", ["link", "delete", name]).catch((error: Error) => {
            if (fs.existsSync(`/sys/class/net/${name}`)) {
                throw error;
            }
        });
    }
}

async function removeBridgeAndRules(bridge: string): Promise<void> {
    if (!fs.existsSync(`/sys/class/net/${bridge}`)) {
        return;
    }
    const [link] = JSON.parse(await run("ip", ["-json", "-4", "address", "show", "dev", bridge])) as {
        addr_info: { local: string; prefixlen: number }[];
    }[];
    for (const { local, prefixlen } of link.addr_info) {
        for (const rule of firewall(bridge, `${local}/${prefixlen}`)) {
            while (await succeeds("iptables", rule("-D")));
        }
    }
    await removeLinkNamed(bridge);
}

// A bridge wider than the way out would make hosts send packets that only fit after an error message.
async function uplinkMtu(): Promise<number> {
    const routes = JSON.parse(await run("ip", ["-json", "-4", "route", "show", "default"])) as { dev: string }[];
    return routes.length ? Number(fs.readFileSync(`/sys/class/net/${routes[0].dev}/mtu`, "utf8")) : 1500;
}

// Alibaba Cloud's prefix; the same for an instance at every start.
function hardwareAddress(id: string): string {
    return ["00", "16", "3e", ...digest(id).match(/../g)!.slice(0, 3)].join(":");
}

function digest(id: string): string {
    return createHash("sha256").update(id).digest("hex").slice(0, 10);
}
