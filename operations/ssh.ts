import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { access, writeSshFiles } from "./access";

/** `npm run ssh -- HOST [COMMAND…]`: a login on a host of the stack, its identity verified. */
function main([name, ...command]: string[]): number {
    const way = access();
    if (!way.hosts.some((host) => host.name === name)) {
        const known = way.hosts.map((host) => host.name).join(", ");
        throw new Error(`no host ${name ?? "was named"}; this stack has ${known}`);
    }
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "ssh-"));
    try {
        return spawnSync("ssh", ["-F", writeSshFiles(way, dir), name, ...command], { stdio: "inherit" }).status ?? 1;
    } finally {
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

try {
    process.exitCode = main(process.argv.slice(2));
} catch (error) {
    console.error((error as Error).message);
    process.exitCode = 2;
}
