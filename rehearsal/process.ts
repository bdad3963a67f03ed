import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { until } from "./command";
import { addresses, checkoutDir, stateDir } from "./paths";
import { sourcesIn } from "./sources";

/** The region's access key: what the `local` stack's configuration says. It opens nothing but this region. */
export const accessKey = { id: "rehearsal", secret: "rehearsal" };

/** The bucket that is there from the beginning: the one that the `local` stack's configuration says. */
export const bucket = "test-cluster-backups";

export const files = {
    pid: path.join(stateDir, "region.pid"),
    log: path.join(stateDir, "region.log"),
    sources: path.join(stateDir, "region.sources"),
};

/** The id of the region's process, or undefined when it does not run. */
export function regionPid(): number | undefined {
    try {
        const pid = Number(fs.readFileSync(files.pid, "utf8"));
        const command = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return command.includes("daemon.ts") ? pid : undefined;
    } catch {
        return undefined;
    }
}

/** A digest of the region's sources: a process that was started from others serves what they say, not what these do. */
export function sourcesDigest(): string {
    const digest = createHash("sha256");
    for (const file of sourcesIn(__dirname)) digest.update(file).update(fs.readFileSync(file));
    return digest.digest("hex");
}

/**
 * Starts the region's process, detached, and waits until it answers. One that was started from other sources is
 * replaced; hosts run on meanwhile.
 * @throws Error with the end of its log when it does not
 */
export async function startProcess(): Promise<void> {
    if (regionPid()) {
        if (fs.existsSync(files.sources) && fs.readFileSync(files.sources, "utf8") === sourcesDigest()) return;
        await stopProcess();
    }
    fs.mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    fs.rmSync(files.pid, { force: true });
    const log = fs.openSync(files.log, "w");
    const child = spawn(process.execPath, ["--import", "tsx", path.join(__dirname, "daemon.ts")], {
        cwd: checkoutDir,
        detached: true,
        stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    child.unref();
    fs.writeFileSync(files.sources, sourcesDigest());
    const up = await until(() => regionPid() !== undefined || child.exitCode !== null, 60);
    if (!up || !regionPid()) {
        const tail = fs.readFileSync(files.log, "utf8").trim().split("\n").slice(-15).join("\n");
        throw new Error(`the region's process did not start; the end of ${files.log}:\n${tail}`);
    }
}

/** Ends the region's process; hosts are not touched. */
export async function stopProcess(): Promise<void> {
    const pid = regionPid();
    if (!pid) return;
    process.kill(pid, "SIGTERM");
    if (!(await until(() => regionPid() === undefined, 30))) throw new Error(`region process ${pid} does not end`);
}

/** Asks the region's control address. */
export async function control(method: string, resource: string, body?: object): Promise<unknown> {
    const { host, port } = addresses.control;
    const response = await fetch(`http://${host}:${port}${resource}`, {
        method,
        body: body && JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`region control ${method} ${resource}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
}
