import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { exportStack, writeSshFiles } from "../access";
import { KubernetesApi } from "../status/api";
import { Ssh } from "../status/ssh";
import { stackOf } from "../status/stack";
import type { Drill } from "./drill";
import { drills } from "./drills";
import { passed, Recorder } from "./record";
import { html } from "./report/html";
import { verdict } from "./report/text";
import { rest, runDrill } from "./run";
import { reach } from "./tunnel";
import { Undo } from "./undo";
import { seconds } from "./verdict";

const flags = drills.flatMap((drill) =>
    Object.entries(drill.flags).map(([flag, what]) => `  --${flag}  (${drill.name}) ${what}\n`),
);

const usage = `npm run drill -- list | NAME [--stack NAME] [--short] [--json]: a fault, and the proof that the stack holds it
  --stack NAME  on this stack, not the selected one or that in STACK; its configuration must say drills: true
  --short       phases of some 20 s
  --json        what it saw, as one JSON document
${flags.join("")}Exit status: 0 every goal was met, 1 one was missed, 2 it can't be told.`;

function optionsOf(args: string[]) {
    const flag = { type: "boolean", default: false } as const;
    const own = Object.fromEntries(drills.flatMap((drill) => Object.keys(drill.flags)).map((name) => [name, flag]));
    const options = { ...own, stack: { type: "string" }, short: flag, json: flag, help: flag } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const stack = values.stack ?? process.env.STACK;
    return { ...values, stack, names: positionals, flags: values as Record<string, unknown> };
}

/** Where reports are kept: beside what the region keeps, of stacks elsewhere too. */
function reportFolder(drill: string): string {
    const state = process.env.XDG_STATE_HOME || path.join(os.homedir(), ".local", "state");
    const stamp = new Date().toISOString().replace(/\..*|[-:]/g, "");
    return path.join(state, "test-cluster", "drills", `${drill}-${stamp}`);
}

/**
 * A drill breaks what it runs on: the stack has to say that it is one for drills.
 * @throws Error when it does not
 */
function checkMarked(stack: string): void {
    const args = ["config", "get", "test-cluster:drills", "--stack", stack, "--non-interactive"];
    const { stdout } = spawnSync("pulumi", args, {
        cwd: path.resolve(__dirname, "../.."),
        encoding: "utf8",
        timeout: 30_000,
    });
    if (stdout?.trim() === "true") return;
    throw new Error(
        `stack ${stack} is not one for drills, which break things. If it is meant to be:\n` +
            `  pulumi config set --stack ${stack} test-cluster:drills true`,
    );
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    const [name, ...more] = options.names;
    if (options.help) {
        console.log(usage);
        return 0;
    }
    if (name === "list") {
        drills.forEach((drill) => console.log(`${drill.name}  ${drill.what}`));
        return 0;
    }
    const drill = drills.find((each) => each.name === name);
    if (!drill || more.length > 0)
        throw new Error(`${name ? `no drill ${options.names.join(" ")}` : "no drill named"}\n${usage}`);
    return await run(drill, options);
}

async function run(drill: Drill, { stack: name, short, json, flags }: ReturnType<typeof optionsOf>): Promise<number> {
    const stack = stackOf(exportStack(name));
    checkMarked(stack.name);
    if (!stack.kubeconfig || !stack.controlPlane) throw new Error("this stack has no cluster yet: pulumi up");
    const asked = Object.keys(drill.flags).filter((flag) => flags[flag] === true);
    const what = [drill.what, ...asked.map((flag) => `--${flag}: ${drill.flags[flag]}`)].join("; ");
    const recorder = new Recorder({ drill: drill.name, what, stack: stack.name });
    const end = new AbortController();
    const interrupt = (signal: NodeJS.Signals) => {
        if (end.signal.aborted) return void (signal === "SIGINT" && process.exit(130));
        end.abort(new Error(signal === "SIGINT" ? "ended by Ctrl-C" : `ended by ${signal}`));
        console.error("putting everything back; it takes up to some minutes. Ctrl-C again leaves it as it is");
    };
    // A terminal that is closed, too, and then can't be written to any more.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, interrupt);
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    // A mistake in the drill itself is no reason to leave the stack as it is then.
    process.on("uncaughtException", (error) => end.abort(error));
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "drill-"));
    process.on("exit", () => fs.rmSync(dir, { recursive: true, force: true }));
    const api = new KubernetesApi(stack.kubeconfig);
    try {
        const sshConfig = writeSshFiles(stack.access, dir);
        const record = await runDrill(drill, {
            stack,
            api,
            shell: new Ssh(sshConfig),
            reach: (addresses) => reach(sshConfig, stack.controlPlane!, dir, addresses),
            rest: (seconds) => rest(seconds, end.signal),
            recorder,
            undo: new Undo(),
            signal: end.signal,
            short,
            flags: new Set(asked),
            say: (text) => console.error(`${seconds(recorder.now()).padStart(8)}  ${text}`),
        });
        const folder = reportFolder(drill.name);
        fs.mkdirSync(folder, { recursive: true });
        fs.writeFileSync(path.join(folder, "record.json"), `${JSON.stringify(record, null, 2)}\n`);
        fs.writeFileSync(path.join(folder, "report.html"), html(record));
        console.log(json ? JSON.stringify(record, null, 2) : verdict(record));
        console.error(`report: ${path.join(folder, "report.html")}`);
        return record.broken !== undefined ? 2 : passed(record) ? 0 : 1;
    } finally {
        api.close();
    }
}

if (require.main === module) {
    main(process.argv.slice(2)).then(
        (code) => process.exit(code),
        (error: Error) => {
            console.error(error.message);
            process.exitCode = 2;
        },
    );
}
