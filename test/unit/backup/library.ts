import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { scriptFile } from "../../../cluster/shell";

/** A folder of backups, and the library that the pods and the hosts have for it. */
export class Folder {
    readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "backups-"));
    readonly key = path.join(this.root, "key");
    readonly folder = path.join(this.root, "folder");

    constructor() {
        fs.mkdirSync(this.folder);
        fs.writeFileSync(this.key, "a-key-of-backups\n");
    }

    run(script: string, given: Record<string, string> = {}) {
        const settings = { KEY: this.key, FOLDER: this.folder, STACK: "local", KEEP_HOURS: "24", KEEP_DAYS: "7" };
        const env = { ...process.env, ...settings, ...given };
        const input = `set -euo pipefail\n${scriptFile("backups")}\n${script}\n`;
        const { status, stdout, stderr } = spawnSync("bash", ["-s"], { env, input, encoding: "utf8" });
        return { status, stdout, stderr };
    }

    /** Takes a content in as a backup. Returns its name. */
    keep(kind: string, content: string | Buffer): string {
        const plain = path.join(this.root, "plain");
        fs.writeFileSync(plain, content);
        const script = `seal <"${plain}" >"$FOLDER/.new"; keep_backup ${kind} "$FOLDER/.new" schedule 3 "by a test"`;
        const { status, stdout, stderr } = this.run(script);
        if (status !== 0) throw new Error(stderr);
        return stdout.trim();
    }

    /** Puts a backup there that was made at a time, and came there then, or later. Returns its name. */
    aged(kind: string, at: Date, came = at): string {
        const stamp = at
            .toISOString()
            .replace(/\.\d+Z$/, "Z")
            .replace(/[-:]/g, "");
        const name = `${kind}-${stamp}`;
        const manifest = { name, kind, stack: "local", at: at.toISOString(), bytes: 0, sha256: "" };
        const file = path.join(this.folder, `${name}.json`);
        fs.writeFileSync(file, JSON.stringify(manifest));
        fs.utimesSync(file, came, came);
        fs.writeFileSync(path.join(this.folder, `${name}.sealed`), "");
        return name;
    }

    names(): string[] {
        const files = fs.readdirSync(this.folder).filter((file) => file.endsWith(".json"));
        return files.map((file) => file.replace(".json", "")).sort();
    }

    file(name: string): string {
        return path.join(this.folder, `${name}.sealed`);
    }

    remove(): void {
        fs.rmSync(this.root, { recursive: true });
    }
}
