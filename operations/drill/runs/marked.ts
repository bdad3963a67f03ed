import { askPulumi } from "../../access";

/**
 * A drill breaks what it runs on: the stack has to say that it is one for drills.
 * @param file its configuration, where that is not the usual one
 * @throws Error when it does not
 */
export function checkMarked(stack: string, file?: string): void {
    const other = file === undefined ? [] : ["--config-file", file];
    const { stdout } = askPulumi([
        "config",
        "get",
        "test-cluster:drills",
        "--stack",
        stack,
        "--non-interactive",
        ...other,
    ]);
    if (stdout?.trim() === "true") return;
    throw new Error(
        `stack ${stack} is not one for drills, which break things. If it is meant to be:\n` +
            `  pulumi config set --stack ${stack} test-cluster:drills true`,
    );
}
