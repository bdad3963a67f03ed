import { constants } from "node:os";
import type { ClientChannel, SFTPWrapper } from "ssh2";
import { Command, commandError, previousOutput } from "./command";
import { dial } from "./ssh/connection";
import { Target } from "./ssh/endpoint";
import { Connection } from "./ssh/handshake";
import { Report } from "./report";
import { Transcript } from "./transcript";

/**
 * Runs a command on a host and resolves to what it wrote.
 * @throws when the host can't be reached or refuses a variable, when the command fails, and when its end isn't learned
 */
export async function runRemote(
    target: Target,
    command: Command,
    report: Report,
): Promise<{ stdout: string; stderr: string }> {
    const connection = await dial(target, report);
    const transcript = new Transcript(command.logging, report.status);
    try {
        const environment = await acceptedVariables(connection, command, report);
        const running = start(connection, command, environment).then((channel) => follow(channel, command, transcript));
        const end = await Promise.race([running, connection.lost]).catch((error: Error) => {
            throw commandError(error.message, command, transcript);
        });
        if (end !== "0") {
            throw commandError(`Process exited with status ${end}`, command, transcript);
        }
        return { stdout: transcript.text("stdout"), stderr: transcript.text("stderr") };
    } finally {
        transcript.end();
        connection.close();
    }
}

function start(connection: Connection, command: Command, env: Record<string, string>): Promise<ClientChannel> {
    return new Promise((resolve, reject) =>
        connection.client.exec(command.script, { env }, (error, channel) => (error ? reject(error) : resolve(channel))),
    );
}

/** Resolves to the exit status, or to the signal that ended the command. */
function follow(channel: ClientChannel, command: Command, transcript: Transcript): Promise<string> {
    return new Promise((resolve, reject) => {
        channel.on("data", (chunk: Buffer) => transcript.write("stdout", chunk));
        channel.stderr.on("data", (chunk: Buffer) => transcript.write("stderr", chunk));
        // A command may end without reading all of its input.
        channel.on("error", () => undefined);
        let end: string | undefined;
        channel.on("exit", (status: number | null, signal?: string) => {
            end = status === null ? signalled(signal ?? "") : String(status);
        });
        channel.on("close", () =>
            end === undefined
                ? setImmediate(reject, new Error("the remote command ended without an exit status"))
                : resolve(end),
        );
        channel.end(command.stdin ?? "");
    });
}

/** Such as `137 from signal KILL`. */
function signalled(signal: string): string {
    const number = constants.signals[signal as NodeJS.Signals] ?? 0;
    return `${128 + number} from signal ${signal.replace(/^SIG/, "")}`;
}

/**
 * The variables to start the command with. A server takes none that its AcceptEnv doesn't name, and `exec` doesn't
 * tell: so each is tried on a channel of its own first.
 */
async function acceptedVariables(
    connection: Connection,
    command: Command,
    report: Report,
): Promise<Record<string, string>> {
    const variables = { ...command.environment };
    const refused = (name: string) =>
        `Unable to set '${name}'. The SSH server takes only variables that its AcceptEnv names; a shell takes any ` +
        `in front of the command: ${name}=value command`;
    for (const [name, value] of Object.entries(command.environment)) {
        if (!(await accepts(connection, name, value))) {
            report.log("error", refused(name));
            throw new Error(`could not set environment variable "${name}": the SSH server refuses it`);
        }
    }
    for (const [name, value] of Object.entries(previousOutput(command))) {
        if (await accepts(connection, name, value)) {
            variables[name] = value;
        } else {
            report.log("warning", refused(name));
        }
    }
    return variables;
}

function accepts(connection: Connection, name: string, value: string): Promise<boolean> {
    // The types lack this form: the subsystem starts only once the server has taken the variable.
    const client = connection.client as unknown as {
        sftp(variables: Record<string, string>, done: (error?: Error, sftp?: SFTPWrapper) => void): void;
    };
    const tried = new Promise<boolean>((resolve) =>
        client.sftp({ [name]: value }, (error, sftp) => {
            sftp?.end();
            resolve(error?.message !== "Unable to set environment");
        }),
    );
    return Promise.race([tried, connection.lost]);
}
