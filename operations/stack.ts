import { spawnSync } from "node:child_process";
import * as path from "node:path";

/** What the program outputs, as index.ts says it. */
export interface Outputs {
    hosts: { name: string; role: string; address: string; publicAddress: string }[];
    kubernetesApi: string;
    kubeconfig: string;
    mysql: string;
    mysqlRootPassword: string;
    operatorKey: string;
    knownHosts: string;
}

/**
 * The outputs of the selected stack (or the one in STACK), secrets too.
 * @throws Error saying what pulumi said, when there is no such stack or no pulumi
 */
export function outputs(stack = process.env.STACK): Outputs {
    const args = ["stack", "output", "--json", "--show-secrets", ...(stack ? ["--stack", stack] : [])];
    const { status, stdout, stderr, error } = spawnSync("pulumi", args, {
        cwd: path.resolve(__dirname, ".."),
        encoding: "utf8",
        maxBuffer: 2 ** 26,
    });
    if (error || status !== 0) {
        throw new Error(
            `pulumi stack output: ${error?.message ?? stderr.trim()}\n` +
                'In the rehearsal region, first: eval "$(npm run -s region -- env)"',
        );
    }
    return JSON.parse(stdout) as Outputs;
}
