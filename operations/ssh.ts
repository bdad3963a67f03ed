import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { outputs } from "./stack";

/** `npm run ssh -- HOST [COMMAND…]`: a login on a host of the stack, its identity verified. */
function main([name, ...command]: string[]): number {
    const { hosts, operatorKey, knownHosts } = outputs();
    const host = hosts.find((candidate) => candidate.name === name);
    if (!host) {
        console.error(`no host ${name ?? "was named"}; this stack has ${hosts.map((h) => h.name).join(", ")}`);
        return 2;
    }
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "ssh-"));
    try {
        fs.writeFileSync(path.join(dir, "key"), operatorKey, { mode: 0o600 });
        fs.writeFileSync(path.join(dir, "known_hosts"), `${knownHosts}\n`);
        const options = {
            UserKnownHostsFile: path.join(dir, "known_hosts"),
            StrictHostKeyChecking: "yes",
            IdentitiesOnly: "yes",
            ConnectTimeout: "10",
            LogLevel: "ERROR",
        };
        const flags = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
        const target = [`root@${host.publicAddress}`, ...command];
        return spawnSync("ssh", ["-i", path.join(dir, "key"), ...flags, ...target], { stdio: "inherit" }).status ?? 1;
    } finally {
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

process.exitCode = main(process.argv.slice(2));
