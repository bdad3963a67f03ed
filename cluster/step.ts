import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterHost } from "./hosts";

/** What a step on a host runs. */
export interface StepArgs {
    /** The script; it is shown in previews, so it holds no secret. */
    script: pulumi.Input<string>;
    /** Secrets for the script, on its standard input. */
    stdin?: pulumi.Input<string>;
    /** What makes it run again, beside a changed script; the host's replacement always does. */
    triggers?: pulumi.Input<string | number>[];
    /** The script's output is a secret: only what it says on stderr is shown. */
    secretOutput?: boolean;
}

/** A named thing done on a host over SSH, the host's identity verified. */
export function step(
    name: string,
    host: Pick<ClusterHost, "connection" | "instance">,
    args: StepArgs,
    opts: pulumi.CustomResourceOptions,
): command.remote.Command {
    return new command.remote.Command(
        name,
        {
            connection: host.connection,
            create: args.script,
            stdin: args.stdin,
            triggers: [host.instance.id, ...(args.triggers ?? [])],
            // Hosts accept no variables from outside, and no step needs what it said last time.
            addPreviousOutputInEnv: false,
            logging: args.secretOutput ? command.remote.Logging.Stderr : command.remote.Logging.StdoutAndStderr,
        },
        {
            ...opts,
            deleteBeforeReplace: true,
            additionalSecretOutputs: args.secretOutput ? ["stdout"] : [],
        },
    );
}
