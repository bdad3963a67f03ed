import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

/** The way into a stack's hosts. */
export interface Access {
    hosts: { name: string; publicAddress: string; hostKey: string }[];
    /** OpenSSH private key of root on every host. */
    operatorKey: string;
}

interface Resource {
    urn: string;
    type: string;
    outputs?: Record<string, unknown>;
}

/**
 * Reads the way in from a stack's state, as `pulumi stack export --show-secrets` prints it: outputs are only there when
 * an update has succeeded, and who has to look why it did not needs the hosts most.
 * @throws Error when the stack has no hosts
 */
export function accessOf(exported: string): Access {
    const { resources = [] } = (JSON.parse(exported) as { deployment: { resources?: Resource[] } }).deployment;
    const find = (type: string, name: string) =>
        resources.find((resource) => resource.type === type && resource.urn.endsWith(`::${name}`));
    const command = (name: string) => plain(find("command:local:Command", name)?.outputs?.stdout);
    const hosts = resources
        .filter(({ type }) => type === "alicloud:ecs/instance:Instance")
        .map(({ urn, outputs }) => {
            const name = urn.split("::").pop()!;
            const hostKey = command(`${name}-identity`).split("\n")[0].split(" ").slice(0, 2).join(" ");
            return { name, publicAddress: plain(outputs?.publicIp), hostKey };
        });
    const key = command("operator");
    if (hosts.length === 0 || !key) throw new Error("this stack has no hosts yet: pulumi up");
    return { hosts, operatorKey: `${key.slice(key.indexOf("\n") + 1).trim()}\n` };
}

/** A value of an export, where a secret is an object that carries its JSON. */
function plain(value: unknown): string {
    const { plaintext } = (value ?? {}) as { plaintext?: string };
    return plaintext === undefined ? String(value ?? "") : String(JSON.parse(plaintext));
}

/** The way into the selected stack's hosts (or those of the stack in STACK). */
export function access(stack = process.env.STACK): Access {
    const args = ["stack", "export", "--show-secrets", ...(stack ? ["--stack", stack] : [])];
    const { status, stdout, stderr, error } = spawnSync("pulumi", args, {
        cwd: path.resolve(__dirname, ".."),
        encoding: "utf8",
        maxBuffer: 2 ** 27,
    });
    if (error || status !== 0) {
        throw new Error(
            `pulumi stack export: ${error?.message ?? stderr.trim()}\n` +
                'In the rehearsal region, first: eval "$(npm run -s region -- env)"',
        );
    }
    return accessOf(stdout);
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
