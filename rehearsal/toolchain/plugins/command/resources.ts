import { randomBytes } from "node:crypto";
import { Archive, Asset, PropertyMap, Value, withoutSecrets } from "../serve";
import { Command, titleOf } from "./command";
import { copyToRemote } from "./copy";
import { Target } from "./ssh/endpoint";
import { LocalCommand, runLocal } from "./local";
import { runRemote } from "./remote";
import { Report } from "./report";

/** What one type of resource does. Outputs are the inputs and what is answered here. */
export interface Resource {
    create(name: string, inputs: PropertyMap, report: Report): Promise<{ id: string; outputs: PropertyMap }>;
    update(inputs: PropertyMap, old: PropertyMap, report: Report): Promise<PropertyMap>;
    delete(state: PropertyMap, report: Report): Promise<void>;
    /** The outputs that only a run gives. */
    results: string[];
}

/** Runs `script` with the other inputs of a command; `previous` are the outputs of its last run. */
type Run = (script: Value, inputs: PropertyMap, previous: PropertyMap, report: Report) => Promise<PropertyMap>;

export const remoteRun: Run = (script, inputs, previous, report) => {
    const plain = withoutSecrets(inputs) as PropertyMap;
    return runRemote(plain.connection as unknown as Target, commandOf(script, plain, previous), report);
};

export const localRun: Run = (script, inputs, previous, report) => {
    const plain = withoutSecrets(inputs) as PropertyMap;
    const { dir, interpreter, assetPaths, archivePaths } = plain as Partial<LocalCommand>;
    return runLocal({ ...commandOf(script, plain, previous), dir, interpreter, assetPaths, archivePaths }, report);
};

function commandOf(script: Value, plain: PropertyMap, previous: PropertyMap): Command {
    const { stdin, logging, environment } = plain as unknown as Partial<Command>;
    const { stdout = "", stderr = "" } = withoutSecrets(previous) as unknown as { stdout?: string; stderr?: string };
    return {
        script: withoutSecrets(script) as string,
        title: titleOf(script),
        environment: environment ?? {},
        previous: plain.addPreviousOutputInEnv === false ? undefined : { stdout, stderr },
        stdin,
        logging,
    };
}

/** A command that runs with the life of its resource. */
export function commandResource(run: Run, results: string[]): Resource {
    const nothing = { stdout: "", stderr: "" };
    return {
        results,
        create: async (name, inputs, report) => ({
            id: `${name}${uniqueHex()}`,
            outputs: inputs.create === undefined ? nothing : await run(inputs.create, inputs, {}, report),
        }),
        update: async (inputs, old, report) => {
            const script = inputs.update ?? inputs.create;
            return script === undefined ? {} : await run(script, inputs, old, report);
        },
        delete: async (state, report) => {
            if (state.delete !== undefined) {
                await run(state.delete, state, state, report);
            }
        },
    };
}

/** A copy stays on the host when its resource is deleted; it is made again when its source or destination changes. */
export const copyResource: Resource = {
    results: [],
    create: async (_name, inputs, report) => {
        await copy(inputs, report);
        return { id: uniqueHex(), outputs: {} };
    },
    update: async (inputs, old, report) => {
        const same = (key: "hash" | "remotePath") => placeOf(inputs)[key] === placeOf(old)[key];
        if (!same("hash") || !same("remotePath")) {
            await copy(inputs, report);
        }
        return {};
    },
    delete: () => Promise.resolve(),
};

function placeOf(properties: PropertyMap) {
    const { source, remotePath } = withoutSecrets(properties) as { source: Asset | Archive; remotePath: string };
    return { source, remotePath, hash: source.source.hash };
}

function copy(inputs: PropertyMap, report: Report): Promise<void> {
    const { source, remotePath } = placeOf(inputs);
    const { connection } = withoutSecrets(inputs) as { connection: Value };
    return copyToRemote(connection as unknown as Target, source, remotePath, report);
}

function uniqueHex(): string {
    return randomBytes(4).toString("hex");
}
