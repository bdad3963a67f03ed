import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";

import { part } from "../../build/cache";
import { Progress } from "../../build/progress";
import { run } from "../../command";

const copy = "org.apache.maven.plugins:maven-dependency-plugin:3.6.0:copy-dependencies";

/** A jar and the folder that it goes to, relative to its program's home. */
export interface Jar {
    folder: string;
    group: string;
    artifact: string;
    version: string;
}

/**
 * Downloads the jars that the file `list` names and returns the folder with their folders. Each is checked against
 * the checksum that is published with it. `version` is the program's.
 */
export function jarsPart(name: string, version: string, list: string, progress: Progress): Promise<string> {
    const text = readFileSync(list, "utf8");
    const make = async (dir: string) => {
        const work = path.join(dir, ".work");
        await mkdir(work);
        const jars = parseJars(text);
        await writeFile(path.join(work, "pom.xml"), pom(name, jars));
        await run("mvn", [
            "-q",
            "-B",
            "--strict-checksums",
            `-Dmaven.repo.local=${path.join(work, "m2")}`,
            `-DoutputDirectory=${path.join(work, "jars")}`,
            `--file=${path.join(work, "pom.xml")}`,
            copy,
        ]);
        for (const jar of jars) {
            const file = `${jar.artifact}-${jar.version}.jar`;
            await mkdir(path.join(dir, jar.folder), { recursive: true });
            await rename(path.join(work, "jars", file), path.join(dir, jar.folder, file));
        }
        await rm(work, { recursive: true });
    };
    return part(name, version, [text, copy], make, progress);
}

/** Reads a list with a jar a line, `<folder> <group>:<artifact>:<version>`; empty lines and those of `#` say nothing. */
export function parseJars(text: string): Jar[] {
    const lines = text.split("\n").filter((line) => line.trim() && !line.startsWith("#"));
    return lines.map((line) => {
        const match = /^(\S+) +([^\s:]+):([^\s:]+):([^\s:]+)$/.exec(line);
        if (!match) throw new Error(`${line}: not "<folder> <group>:<artifact>:<version>"`);
        const [, folder, group, artifact, version] = match;
        return { folder, group, artifact, version };
    });
}

/** A project that depends on these jars and, whatever they say themselves, on no other. */
function pom(name: string, jars: Jar[]): string {
    const any = "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>";
    const dependencies = jars.map(
        ({ group, artifact, version }) =>
            `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>` +
            `<version>${version}</version>${any}</dependency>`,
    );
    return [
        '<project xmlns="http://maven.apache.org/POM/4.0.0">',
        "<modelVersion>4.0.0</modelVersion>",
        `<groupId>rehearsal</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>`,
        `<dependencies>${dependencies.join("\n")}</dependencies>`,
        "</project>",
    ].join("\n");
}
