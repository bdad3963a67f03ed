import { spawn } from "node:child_process";
import * as path from "node:path";
import { checkoutDir, stateDir } from "./paths";

/** What a shell needs for plain `pulumi` against the region: its own home and backend, apart from a person's. */
export function engineEnvironment(bin: string): Record<string, string> {
    return {
        PATH: `${bin}:${process.env.PATH}`,
        PULUMI_HOME: path.join(stateDir, "pulumi-home"),
        // Beside a state it would write a file of its attributes, first empty: killed then, it could not read the state again.
        PULUMI_BACKEND_URL: `file://${stateDir}?metadata=skip`,
        // The `local` stack's state never leaves this machine's state folder, which only its owner can read.
        PULUMI_CONFIG_PASSPHRASE: "rehearsal",
        PULUMI_SKIP_UPDATE_CHECK: "true",
        // The provider deletes security group rules over HTTPS, whatever its protocol: the region has a certificate.
        SSL_CERT_DIR: `${stateDir}:/etc/ssl/certs`,
        // For `--event-log`.
        PULUMI_DEBUG_COMMANDS: "true",
    };
}

/** Result of a run of `pulumi`. */
export interface Run {
    code: number;
    output: string;
}

/**
 * Runs `pulumi` in the checkout. Its output is returned, and shown as it comes unless `quiet`.
 * @param signal ends the run as Ctrl-C would
 */
export function pulumi(
    bin: string,
    args: string[],
    options: { quiet?: boolean; environment?: Record<string, string>; cwd?: string; signal?: AbortSignal } = {},
): Promise<Run> {
    return new Promise((resolve, reject) => {
        const child = spawn("pulumi", [...args, "--non-interactive"], {
            cwd: options.cwd ?? checkoutDir,
            env: { ...process.env, ...engineEnvironment(bin), ...options.environment },
            stdio: ["ignore", "pipe", "pipe"],
        });
        let output = "";
        const take = (stream: NodeJS.WriteStream) => (chunk: Buffer) => {
            output += chunk.toString();
            if (!options.quiet) stream.write(chunk);
        };
        child.stdout.on("data", take(process.stdout));
        child.stderr.on("data", take(process.stderr));
        options.signal?.addEventListener("abort", () => child.kill("SIGINT"));
        child.on("error", reject);
        child.on("close", (code) => resolve({ code: code ?? 1, output }));
    });
}

/** Selects the stack, and makes it on first use. */
export async function selectStack(bin: string, stack: string, cwd?: string): Promise<void> {
    const { code, output } = await pulumi(bin, ["stack", "select", "--create", "--stack", stack], { quiet: true, cwd });
    if (code !== 0) throw new Error(`pulumi stack select ${stack}: ${output}`);
}
