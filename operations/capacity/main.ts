import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { exportStack } from "../access";
import { KubernetesApi } from "../status/api";
import { stackOf } from "../status/stack";
import { type Cluster, clusterOf } from "./cluster";
import { inputs } from "./input";
import { readManifest } from "./manifest";
import { html, svg } from "./picture";
import { json, table } from "./render";
import { judge } from "./verdict";

const usage = `npm run capacity -- MANIFEST… [--namespace NAME] [--json] [--svg FILE] [--html FILE]: will it fit?
  MANIFEST          a file, a folder, or - for what comes in: helm template rancher … | npm run -s capacity -- -
  --namespace NAME  where what names no namespace goes; default when it is not said
  --json            one JSON document instead of the table
  --svg FILE        a picture, too
  --html FILE       a page with the picture and all the rest, too
It is held against the cluster of the selected stack, or that in STACK: what is requested, what is really used.
Exit status: 0 it fits, 1 it does not or goes above a watermark, 2 it can't be told.`;

interface Options {
    names: string[];
    namespace?: string;
    json: boolean;
    svg?: string;
    html?: string;
}

function optionsOf(args: string[]): Options | undefined {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const options = { namespace: text, svg: text, html: text, json: flag, help: flag } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (values.help) return undefined;
    if (positionals.length === 0) throw new Error(`which manifest?\n${usage}`);
    const { namespace, json, svg, html } = values;
    return { names: positionals, namespace, json, svg, html };
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    if (!options) {
        console.log(usage);
        return 0;
    }
    const manifest = readManifest(inputs(options.names), options.namespace);
    if (manifest.workloads.length + manifest.unknown.length === 0) throw new Error("there is nothing in it that runs");
    const verdict = judge(manifest, await running());
    if (options.svg) fs.writeFileSync(options.svg, svg(verdict));
    if (options.html) fs.writeFileSync(options.html, html(verdict));
    const { isTTY, columns } = process.stdout;
    const screen = { width: isTTY ? columns : 120, colour: isTTY && !process.env.NO_COLOR };
    console.log(options.json ? JSON.stringify(json(verdict), null, 2) : table(verdict, screen));
    return verdict.faults.length > 0 ? 1 : 0;
}

/** What runs on the selected stack. */
async function running(): Promise<Cluster> {
    const { name, kubeconfig } = stackOf(exportStack());
    if (kubeconfig === undefined) throw new Error(`stack ${name} has no cluster yet: pulumi up`);
    const api = new KubernetesApi(kubeconfig);
    try {
        return await clusterOf(api, `what runs in stack ${name}`);
    } finally {
        api.close();
    }
}

if (require.main === module) {
    process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 2));
    main(process.argv.slice(2)).then(
        (code) => (process.exitCode = code),
        (error: Error) => {
            console.error(error.message);
            process.exitCode = 2;
        },
    );
}
