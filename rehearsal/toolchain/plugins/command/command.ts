import { Value, Secret } from "../serve";
import { Transcript } from "./transcript";

/** One run of one command. */
export interface Command {
    script: string;
    /** How messages name the command: its text, or for a secret one no more than that. */
    title: string;
    environment: Record<string, string>;
    /** What the last run wrote, to be seen by this one; undefined where it must not. */
    previous?: { stdout: string; stderr: string };
    stdin?: string;
    logging?: string;
}

/** The variables in which a run finds what the last one wrote; none for empty text. */
export function previousOutput(command: Command): Record<string, string> {
    const { stdout, stderr } = command.previous ?? { stdout: "", stderr: "" };
    return {
        ...(stdout && { PULUMI_COMMAND_STDOUT: stdout }),
        ...(stderr && { PULUMI_COMMAND_STDERR: stderr }),
    };
}

const titleLength = 200;

/** A command for messages. The text of a long one is cut: what it wrote is what a reader looks for. */
export function titleOf(script: Value): string {
    if (script instanceof Secret) {
        return "[secret]";
    }
    const text = String(script);
    return JSON.stringify(text.length > titleLength ? `${text.slice(0, titleLength)}…` : text);
}

/** The error for a command that ended badly: how, which one, and all that it wrote. */
export function commandError(how: string, command: Command, transcript: Transcript): Error {
    return new Error(`${how}: running ${command.title}:\n${transcript.text("combined")}`);
}
