import * as path from "node:path";

import { part } from "../build/cache";
import { Progress } from "../build/progress";
import { run } from "../command";
import { Sources } from "./content";

/** An archive that a project publishes on its release page. */
export interface Release {
    name: string;
    version: string;
    /** The folder that upstream has it in, without the scheme. */
    address: string;
    file: string;
    /** The folder whose files it holds. */
    from: string;
}

/** Every archive that hosts download. */
export function releases(sources: Sources): Release[] {
    return [
        {
            name: "k9s",
            version: "0.50.9",
            address: "github.com/derailed/k9s/releases/download/v0.50.9",
            file: "k9s_Linux_amd64.tar.gz",
            from: sources.k9s,
        },
    ];
}

/** Packs the archive as a part and returns the folder that it is in. */
export function releasePart(release: Release, progress: Progress): Promise<string> {
    const { name, version, file, from } = release;
    const make = async (dir: string) => {
        await run("sh", ["-c", 'cd "$1" && tar --owner=0 --group=0 -czf "$2" *', "sh", from, path.join(dir, file)]);
    };
    return part(`release-${name}`, version, [file, from], make, progress);
}
