import { copyFile, stat } from "node:fs/promises";
import * as path from "node:path";

import { bundle, bundleInputs } from "../../build/bundle";
import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { Tree } from "../tree";
import { RunConfig } from "./image";

const sourceDir = path.join(__dirname, "..", "..", "standins");

const schema = "mysql-schema.sql";

/** The servers that can be had nowhere here and have a stand-in; each version is that of the server stood in for. */
export const standins = { nacos: "3.1.0", kibana: "7.17.28" };

/** Node, and a folder for each stand-in with its program `<name>.cjs` and, for Nacos, its schema. */
export async function standinParts(progress: Progress): Promise<{ node: string; nacos: string; kibana: string }> {
    return {
        node: await nodePart(progress),
        nacos: await standinPart("nacos", progress),
        kibana: await standinPart("kibana", progress),
    };
}

async function standinPart(name: keyof typeof standins, progress: Progress): Promise<string> {
    const make = async (dir: string) => {
        await bundle(path.join(sourceDir, name, "main.ts"), path.join(dir, `${name}.cjs`));
        if (name === "nacos") await copyFile(path.join(sourceDir, name, schema), path.join(dir, schema));
    };
    return part(`standin-${name}`, standins[name], await bundleInputs(sourceDir), make, progress);
}

/** This process' own Node, whose libraries are all in the images' Debian. */
async function nodePart(progress: Progress): Promise<string> {
    const { size, mtimeMs } = await stat(process.execPath);
    const make = (dir: string) => copyFile(process.execPath, path.join(dir, "node"));
    return part("node", process.versions.node, [process.execPath, `${size}`, `${mtimeMs}`], make, progress);
}

const nodeTree = (node: string): Tree => ({ "/usr/local/bin/node": { from: path.join(node, "node") } });

/** Node gives memory back later than a server of a few requests a second needs: a small heap keeps it near 60 MiB. */
const script = (program: string) => ({
    text: `#!/bin/sh\nexec node --max-semi-space-size=2 --max-old-space-size=128 ${program}\n`,
    mode: 0o755,
});

/** Nacos, started as the published image starts it, with the schema where that has it. */
export function nacosTree(sources: { node: string; nacos: string }): Tree {
    const program = "/home/nacos/target/nacos-server.cjs";
    return {
        ...nodeTree(sources.node),
        [program]: { from: path.join(sources.nacos, "nacos.cjs") },
        "/home/nacos/bin/docker-startup.sh": script(program),
        [`/home/nacos/conf/${schema}`]: { from: path.join(sources.nacos, schema) },
    };
}

export const nacosConfig: RunConfig = {
    Entrypoint: ["sh", "bin/docker-startup.sh"],
    WorkingDir: "/home/nacos",
    Env: ["MODE=cluster", "BASE_DIR=/home/nacos"],
};

export function kibanaTree(sources: { node: string; kibana: string }): Tree {
    const program = "/usr/share/kibana/kibana.cjs";
    return {
        ...nodeTree(sources.node),
        [program]: { from: path.join(sources.kibana, "kibana.cjs") },
        "/usr/local/bin/kibana-docker": script(program),
    };
}

export const kibanaConfig: RunConfig = {
    Cmd: ["/usr/local/bin/kibana-docker"],
    WorkingDir: "/usr/share/kibana",
    User: "1000",
};
