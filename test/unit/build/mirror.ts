import { mkdtempSync, rmSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

import { MirrorContent } from "../../../rehearsal/mirror/content";
import { startMirror } from "../../../rehearsal/mirror/server";

/** A mirror on loopback with a folder of its own, and what it logged. */
export interface TestMirror {
    dir: string;
    url: string;
    log: string[];
    /** Has it hang up on everybody, or serve again. */
    setDown(down: boolean): void;
    close(): Promise<void>;
}

export async function testMirror(content: (dir: string) => Promise<Partial<MirrorContent>>): Promise<TestMirror> {
    const dir = mkdtempSync(path.join(os.tmpdir(), "mirror-"));
    const log: string[] = [];
    const empty = { trees: {}, images: {}, archives: {}, passThrough: false, cacheDir: path.join(dir, "cache") };
    const server = await startMirror({
        host: "127.0.0.1",
        port: 0,
        content: { ...empty, ...(await content(dir)) },
        log: (line) => log.push(line),
    });
    const close = async () => {
        await server.close();
        rmSync(dir, { recursive: true });
    };
    return { dir, url: server.url, log, setDown: (down) => (server.down = down), close };
}
