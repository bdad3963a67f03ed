import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { parseSettings, schema, type StackConfig } from "../config";

const project = "test-cluster";

/** The keys of a stack's file as they stand there, with their prefixes. */
export function stackFile(stack: string): Record<string, unknown> {
    const text = fs.readFileSync(path.join(__dirname, "..", `Pulumi.${stack}.yaml`), "utf8");
    return (load(text) as { config: Record<string, unknown> }).config;
}

/** The project's settings among the keys of a stack's file. */
export function ownSettings(keys: Record<string, unknown>): Record<string, unknown> {
    const prefix = `${project}:`;
    const own = Object.entries(keys).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), value]));
}

/** A stack's configuration as the program reads it, with some top-level keys changed. */
export function stackConfig(stack: string, change: Record<string, unknown> = {}): StackConfig {
    const keys = stackFile(stack);
    const region = keys["alicloud:region"] as string;
    return { ...parseSettings({ ...ownSettings(keys), ...change }), stack, region };
}

/** Keys that a search finds again, in the form that ssh-keygen gives them. */
export const fakeKey = {
    privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nFAKE-PRIVATE-KEY\n-----END OPENSSH PRIVATE KEY-----\n",
    publicKey: "ssh-ed25519 AAAAFAKEPUBLICKEY",
};

/** The data disks of the defaults, some of them changed. */
export function disks(change: Record<string, object> = {}): object[] {
    return schema
        .parse({ access: { cidrs: ["198.51.100.7/32"] } })
        .disks.data.map((disk) => ({ ...disk, ...change[disk.name] }));
}

/** Keys of a stack's file that put everything that is on a certain host on this one, and make it small enough for that. */
export function allOn(host: string): Record<string, object> {
    const data = disks({ mysql: { host }, kafka: { host }, elasticsearch: { host }, backup: { host } });
    const memory = "512Mi";
    return {
        "test-cluster:disks": { data },
        "test-cluster:kafka": { host, memory },
        "test-cluster:nacos": { memory },
        "test-cluster:backup": { memory: "256Mi" },
        "test-cluster:elk": { elasticsearch: { memory: "1Gi" }, logstash: { memory }, kibana: { memory } },
    };
}
