import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { exportStack, writeSshFiles } from "../access";
import { runCommand } from "../command";
import { KubernetesApi } from "./api";
import { Look } from "./look";
import { json, table } from "./render";
import type { Row } from "./row";
import { Ssh } from "./ssh";
import { type Stack, stackOf } from "./stack";

const usage = `npm run status [-- --stack NAME] [--json] [--watch] [--within SECONDS]: what is up, what it uses, whether it works
  --stack NAME      of this stack, not the selected one or that in STACK
  --json            one JSON document; with --watch one a line
  --watch           again every 5 s until Ctrl-C; what is tried from end to end is tried every 30 s
  --within SECONDS  how long a log line may take to Elasticsearch; 30 when it is not said
Exit status: 0 all is up, also above a watermark, 1 something is down, 2 it can't be told.`;

/** Seconds between two looks. */
const interval = 5;

interface Options {
    stack?: string;
    json: boolean;
    watch: boolean;
    seconds: number;
}

function optionsOf(args: string[]): Options | undefined {
    const flag = { type: "boolean", default: false } as const;
    const options = {
        stack: { type: "string" },
        within: { type: "string" },
        json: flag,
        watch: flag,
        help: flag,
    } as const;
    const { values } = parseArgs({ args, options });
    if (values.help) return undefined;
    const seconds = Number(values.within ?? 30);
    if (!(seconds > 0)) throw new Error(`--within ${values.within}: it must be a number of seconds\n${usage}`);
    return { stack: values.stack, json: values.json, watch: values.watch, seconds };
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    if (!options) {
        console.log(usage);
        return 0;
    }
    const stack = stackOf(exportStack(options.stack));
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "status-"));
    const api = stack.kubeconfig === undefined ? undefined : new KubernetesApi(stack.kubeconfig);
    const end = new AbortController();
    process.once("SIGINT", () => {
        end.abort(new Error("ended by Ctrl-C"));
        // Whoever asks twice does not want to wait for the probes' pods to be deleted.
        process.once("SIGINT", () => process.exit(130));
    });
    const shell = new Ssh(writeSshFiles(stack.access, dir));
    const look = new Look(stack, { api, shell, seconds: options.seconds, signal: end.signal });
    try {
        const rows = options.watch ? await watch(look, stack, options, end.signal) : await look.all();
        if (!options.watch) show(stack, rows, options);
        return rows.some(({ state }) => state === "down") ? 1 : 0;
    } finally {
        api?.close();
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

/** Shows rows again and again until it is ended; returns the last. */
async function watch(look: Look, stack: Stack, options: Options, signal: AbortSignal): Promise<Row[]> {
    for (;;) {
        const next = Date.now() + interval * 1000;
        const rows = await look.again();
        show(stack, rows, options);
        if (!signal.aborted) {
            await new Promise<void>((resolve) => {
                const timer = setTimeout(resolve, next - Date.now());
                signal.addEventListener("abort", () => (clearTimeout(timer), resolve()), { once: true });
            });
        }
        if (signal.aborted) {
            await look.settled();
            return rows;
        }
    }
}

function show({ name }: Stack, rows: Row[], options: Options): void {
    const now = new Date();
    if (options.json) return console.log(JSON.stringify(json(name, rows, now), null, options.watch ? 0 : 2));
    const { isTTY, columns } = process.stdout;
    const colour = isTTY && !process.env.NO_COLOR;
    const text = table(name, rows, now, { width: isTTY ? columns : Infinity, colour });
    if (!options.watch) return console.log(text);
    // Painted over the last one, so that it does not flicker.
    console.log(isTTY ? `\x1b[H${text.replaceAll("\n", "\x1b[K\n")}\x1b[K\n\x1b[J` : `${text}\n`);
}

if (require.main === module) runCommand(main);
