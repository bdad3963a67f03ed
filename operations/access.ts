import { spawnSync, type SpawnSyncReturns } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** The way into a stack's hosts. */
export interface Access {
    hosts: { name: string; publicAddress: string; hostKey: string }[];
    /** OpenSSH private key of root on every host. */
    operatorKey: string;
}

/** A resource in a stack's state. */
export interface Resource {
    urn: string;
    type: string;
    id?: string;
    inputs?: Record<string, unknown>;
    outputs?: Record<string, unknown>;
    /** When it was made, in ISO 8601. */
    created?: string;
    /** It has been replaced, and what it stood for is still to be deleted. */
    delete?: boolean;
}

/** The resources of a state, as `pulumi stack export --show-secrets` prints it, that stand for something. */
export function resourcesOf(exported: string): Resource[] {
    return everything(exported).filter((resource) => !resource.delete);
}

/**
 * The name of the stack that a state is of.
 * @throws Error when the state has nothing
 */
export function stackIn(exported: string): string {
    const [first] = everything(exported);
    if (!first) throw new Error("this stack's state has nothing yet: pulumi up");
    return first.urn.split("::")[0].replace("urn:pulumi:", "");
}

/** The ids of all that a state has, also of what has been replaced and is still to be deleted. */
export function idsIn(exported: string): Set<string> {
    return new Set(everything(exported).flatMap(({ id }) => id ?? []));
}

/** All resources of a state, also those that are still to be deleted. */
function everything(exported: string): Resource[] {
    const { deployment } = JSON.parse(exported) as { deployment?: { resources?: Resource[] } };
    return deployment?.resources ?? [];
}

/** The last part of a resource's URN. */
export function nameOf({ urn }: Resource): string {
    return urn.slice(urn.lastIndexOf("::") + 2);
}

/**
 * Reads the way in from a stack's state, as `pulumi stack export --show-secrets` prints it: outputs are only there when
 * an update has succeeded, and who has to look why it did not needs the hosts most.
 * @throws Error when the stack has no hosts
 */
export function accessOf(exported: string): Access {
    const resources = resourcesOf(exported);
    const find = (type: string, name: string) =>
        resources.find((resource) => resource.type === type && nameOf(resource) === name);
    const command = (name: string) => plain(find("command:local:Command", name)?.outputs?.stdout);
    const hosts = resources
        .filter(({ type }) => type === "alicloud:ecs/instance:Instance")
        .map((resource) => {
            const name = nameOf(resource);
            const hostKey = command(`${name}-identity`).split("\n")[0].split(" ").slice(0, 2).join(" ");
            return { name, publicAddress: plain(resource.outputs?.publicIp), hostKey };
        });
    const key = command("operator");
    if (hosts.length === 0 || !key) throw new Error("this stack has no hosts yet: pulumi up");
    return { hosts, operatorKey: `${key.slice(key.indexOf("\n") + 1).trim()}\n` };
}

/** A value of an export, where a secret is an object that carries its JSON. */
export function unwrap(value: unknown): unknown {
    const { plaintext } = (value ?? {}) as { plaintext?: string };
    return plaintext === undefined ? value : JSON.parse(plaintext);
}

/** A text of an export, empty where there is none. */
export function plain(value: unknown): string {
    return String(unwrap(value) ?? "");
}

/** The way into the selected stack's hosts (or those of the stack in STACK). */
export function access(): Access {
    return accessOf(exportStack());
}

/** What `pulumi` answers about the project's stacks, within 30 s; how it failed is in it too. */
export function askPulumi(args: string[]): SpawnSyncReturns<string> {
    return spawnSync("pulumi", args, {
        cwd: path.resolve(__dirname, ".."),
        encoding: "utf8",
        maxBuffer: 2 ** 27,
        timeout: 30_000,
    });
}

/**
 * The state of the selected stack, secrets too.
 * @throws Error when it can't be read: no stack, wrong passphrase, a backend that does not answer within 30 s
 */
export function exportStack(stack = process.env.STACK): string {
    const args = ["stack", "export", "--show-secrets", "--non-interactive", ...(stack ? ["--stack", stack] : [])];
    const { status, stdout, stderr, error } = askPulumi(args);
    if (error || status !== 0) {
        throw new Error(
            `pulumi stack export: ${error?.message ?? stderr.trim()}\n` +
                'In the rehearsal region, first: eval "$(npm run -s region -- env)"',
        );
    }
    return stdout;
}

/** Text of an SSH client's configuration for these hosts; key and known_hosts are files in `dir`. */
export function sshConfig({ hosts }: Access, dir: string): string {
    const blocks = hosts.map(({ name, publicAddress }) => `Host ${name}\n  HostName ${publicAddress}\n`);
    const common = {
        User: "root",
        IdentityFile: path.join(dir, "key"),
        IdentitiesOnly: "yes",
        UserKnownHostsFile: path.join(dir, "known_hosts"),
        StrictHostKeyChecking: "yes",
        ConnectTimeout: "10",
        LogLevel: "ERROR",
    };
    return [...blocks, "Host *\n", ...Object.entries(common).map(([key, value]) => `  ${key} ${value}\n`)].join("");
}

/** Text of a known_hosts file with the identities that the stack gave its hosts. */
export function knownHosts({ hosts }: Access): string {
    return hosts.map(({ publicAddress, hostKey }) => `${publicAddress} ${hostKey}\n`).join("");
}

/** Writes the key, the identities and the configuration into `dir`, which is the caller's alone; returns the last. */
export function writeSshFiles(way: Access, dir: string): string {
    const config = path.join(dir, "config");
    fs.writeFileSync(path.join(dir, "key"), way.operatorKey, { mode: 0o600 });
    fs.writeFileSync(path.join(dir, "known_hosts"), knownHosts(way));
    fs.writeFileSync(config, sshConfig(way, dir));
    return config;
}
