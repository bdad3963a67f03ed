import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { load } from "js-yaml";
import { userData } from "../cluster/firstboot";
import { script, scriptFile } from "../cluster/shell";
import { fakeKey, stackConfig } from "./sample";

/** `npm run lint`: shellcheck on every script of the repository and on every script that the program renders. */

const root = path.resolve(__dirname, "..");

/** Files in git or new, by their path from the root, that are shell scripts. */
function files(): string[] {
    const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    const { stdout } = run("git", args);
    return stdout.split("\0").filter((file) => {
        if (!file || !fs.existsSync(path.join(root, file))) return false;
        return file.endsWith(".sh") || /^#!.*\b(ba)?sh\b/.test(firstLine(path.join(root, file)));
    });
}

function firstLine(file: string): string {
    if (!fs.statSync(file).isFile()) return "";
    const handle = fs.openSync(file, "r");
    const start = Buffer.alloc(64);
    const length = fs.readSync(handle, start);
    fs.closeSync(handle);
    return start.toString("latin1", 0, length).split("\n")[0];
}

/** Rendered scripts by a name for them: those of the steps, and those in user data. */
function rendered(): Record<string, string> {
    const names = fs.readdirSync(path.join(root, "cluster", "scripts")).map((file) => path.basename(file, ".sh"));
    // What has no interpreter line of its own is part of a rendered script, and gets what it reads as variables.
    const parts = names.filter((name) => name !== "steps" && !scriptFile(name).startsWith("#!"));
    const steps = parts.map((name) => {
        const variables = [...scriptFile(name).matchAll(/\$\{?([A-Z][A-Z0-9_]+)\b/g)].map(([, variable]) => variable);
        return [`step ${name}`, script(name, Object.fromEntries(variables.map((key) => [key, "a sample"])))];
    });
    const config = stackConfig("dev");
    const embedded = config.hosts.flatMap((host) => {
        const data = load(userData(config, { host, hostKey: fakeKey })) as {
            write_files: { path: string; content: string }[];
        };
        const scripts = data.write_files.filter(({ content }) => content.startsWith("#!"));
        return scripts.map((file) => [`user data of ${host.name}: ${path.basename(file.path)}`, file.content]);
    });
    return Object.fromEntries([...steps, ...embedded]);
}

function run(command: string, args: string[]) {
    return spawnSync(command, args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
}

/** @throws Error saying how to get shellcheck, when it isn't there and can't be installed here */
function provide(): void {
    if (run("shellcheck", ["--version"]).status === 0) return;
    if (process.getuid?.() === 0 && run("apt-get", ["--version"]).status === 0) {
        run("apt-get", ["-qq", "update"]);
        run("apt-get", ["-qq", "install", "-y", "--no-install-recommends", "shellcheck"]);
        if (run("shellcheck", ["--version"]).status === 0) return;
    }
    throw new Error("shellcheck is not installed; install it: apt-get install shellcheck, or brew install shellcheck");
}

function main(): number {
    provide();
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "shellcheck-"));
    try {
        const texts = Object.entries(rendered()).map(([name, text]) => {
            const file = path.join(dir, name.replaceAll("/", "-"));
            fs.writeFileSync(file, text);
            return file;
        });
        const own = files();
        const { status, stdout, stderr } = run("shellcheck", ["-s", "bash", ...own, ...texts]);
        process.stdout.write(stdout.replaceAll(`${dir}/`, ""));
        process.stderr.write(stderr);
        console.log(
            `shellcheck: ${own.length} files and ${texts.length} rendered scripts ${status === 0 ? "are clean" : "checked; see above"}`,
        );
        return status ?? 1;
    } finally {
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

try {
    process.exitCode = main();
} catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
}
