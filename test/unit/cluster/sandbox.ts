import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Real programs that scripts may use in a sandbox: they touch nothing but the files that they are given. */
const harmless =
    "awk basename bash blkid cat chmod cmp cp cut date dd diff env false find flock grep gunzip gzip head hostname install jq ls mkdir " +
    "mkfs.ext4 mktemp mv od openssl paste resize2fs rm rmdir sed sha256sum sleep sort stat tail timeout touch tr true uniq wc";

export interface Outcome {
    status: number;
    stdout: string;
    stderr: string;
}

/**
 * A folder in which a host's script runs without a host: absolute paths lead into it, and PATH has only harmless
 * programs and recording stand-ins.
 */
export class Sandbox {
    readonly root = fs.mkdtempSync(path.join(os.tmpdir(), "host-"));
    private readonly bin = path.join(this.root, "stand-ins");
    private readonly record = path.join(this.root, "calls");

    constructor() {
        fs.mkdirSync(this.bin);
        fs.writeFileSync(this.record, "");
        for (const tool of harmless.split(" ")) {
            const found = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"]
                .map((dir) => path.join(dir, tool))
                .find(fs.existsSync);
            if (found) fs.symlinkSync(found, path.join(this.bin, tool));
        }
    }

    /** The place of a host's absolute path. */
    at(file: string): string {
        return path.join(this.root, file);
    }

    write(file: string, content: string | Buffer): string {
        fs.mkdirSync(path.dirname(this.at(file)), { recursive: true });
        fs.writeFileSync(this.at(file), content);
        return this.at(file);
    }

    read(file: string): string {
        return fs.readFileSync(this.at(file), "utf8");
    }

    exists(file: string): boolean {
        return fs.existsSync(this.at(file));
    }

    /** Puts a stand-in for a program in the way: it records how it was called, then does what `body`, in bash, says. */
    standIn(name: string, body = "", file = path.join("stand-ins", name)): void {
        const place = this.at(file);
        fs.rmSync(place, { force: true });
        const text = `#!/bin/bash\n# Stand-in for ${name}.\nprintf '%s\\n' "${name} $*" >>${this.record}\n${this.relocate(body)}\n`;
        this.write(file, text);
        fs.chmodSync(place, 0o755);
    }

    /** How stand-ins were called so far, oldest first: all, or those for one program, without its name. */
    calls(name?: string): string[] {
        const lines = fs.readFileSync(this.record, "utf8").split("\n").slice(0, -1);
        if (!name) return lines;
        return lines.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
    }

    /** The script with the host's absolute paths leading here. */
    relocate(script: string): string {
        return script.replace(
            /(?<![\w./}-])\/(?=(?:data|dev\/disk|etc|opt|root|run|secrets|usr\/local|var)\b)/g,
            `${this.root}/`,
        );
    }

    /** Runs a script's text as a host would. */
    run(script: string, env: Record<string, string> = {}, stdin = ""): Promise<Outcome> {
        const child = spawn("/bin/bash", ["--norc", "-c", this.relocate(script)], {
            env: { PATH: this.bin, TMPDIR: this.root, ...env },
            cwd: this.root,
        });
        const outcome: Outcome = { status: -1, stdout: "", stderr: "" };
        child.stdout.setEncoding("utf8").on("data", (text: string) => (outcome.stdout += text));
        child.stderr.setEncoding("utf8").on("data", (text: string) => (outcome.stderr += text));
        child.stdin.on("error", () => undefined).end(stdin);
        return new Promise((resolve, reject) => {
            child.on("error", reject);
            child.on("close", (code) => resolve({ ...outcome, status: code ?? -1 }));
        });
    }

    remove(): void {
        fs.rmSync(this.root, { recursive: true, force: true });
    }
}
