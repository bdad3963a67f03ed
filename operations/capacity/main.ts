import * as fs from "node:fs";
import { parseArgs } from "node:util";
import { exportStack } from "../access";
import { runCommand } from "../command";
import { KubernetesApi } from "../status/api";
import { stackOf } from "../status/stack";
import { type Cluster, clusterOf } from "./cluster";
import { inputs } from "./input";
import { readManifest } from "./manifest";
import { html, svg } from "./picture";
import { json, table } from "./render";
import { marksOf, stackKeys } from "./settings";
import { judge, type Marks } from "./verdict";

const usage = `npm run capacity -- MANIFEST… [--stack NAME] [--namespace NAME] [--json] [--svg FILE] [--html FILE]: will it fit?
  MANIFEST          a file, a folder, or - for what comes in: helm template rancher … | npm run -s capacity -- -
  --stack NAME      beside that stack's plan, from its settings: no cluster is asked
  --namespace NAME  where what names no namespace goes; default when it is not said
  --json            one JSON document instead of the table
  --svg FILE        a picture, too
  --html FILE       a page with the picture and all the rest, too
Without --stack, beside what runs now on the selected stack, or that in STACK: what is requested, what is really used.
Exit status: 0 it fits, 1 it does not or goes above a watermark, 2 it can't be told.`;

interface Options {
    names: string[];
    stack?: string;
    namespace?: string;
    json: boolean;
    svg?: string;
    html?: string;
}

function optionsOf(args: string[]): Options | undefined {
    const text = { type: "string" } as const;
    const flag = { type: "boolean", default: false } as const;
    const options = { stack: text, namespace: text, svg: text, html: text, json: flag, help: flag } as const;
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    if (values.help) return undefined;
    if (positionals.length === 0) throw new Error(`which manifest?\n${usage}`);
    return { names: positionals, ...values };
}

async function main(args: string[]): Promise<number> {
    const options = optionsOf(args);
    if (!options) {
        console.log(usage);
        return 0;
    }
    const manifest = readManifest(inputs(options.names), options.namespace);
    if (manifest.workloads.length + manifest.unknown.length === 0) throw new Error("there is nothing in it that runs");
    const verdict = judge(manifest, ...(await (options.stack === undefined ? running() : planned(options.stack))));
    if (options.svg) fs.writeFileSync(options.svg, svg(verdict));
    if (options.html) fs.writeFileSync(options.html, html(verdict));
    const { isTTY, columns } = process.stdout;
    const screen = { width: isTTY ? columns : 120, colour: isTTY && !process.env.NO_COLOR };
    console.log(options.json ? JSON.stringify(json(verdict), null, 2) : table(verdict, screen));
    return verdict.faults.length > 0 ? 1 : 0;
}

/** What runs on the selected stack, and its watermarks. */
async function running(): Promise<[Cluster, Marks]> {
    const { name, kubeconfig } = stackOf(exportStack());
    if (kubeconfig === undefined) throw new Error(`stack ${name} has no cluster yet: --stack ${name} takes its plan`);
    const api = new KubernetesApi(kubeconfig);
    try {
        return [await clusterOf(api, `what runs in stack ${name}`), marksOf(stackKeys(name))];
    } catch (error) {
        throw new Error(`${(error as Error).message}\nWithout the cluster: --stack ${name} takes its plan`);
    } finally {
        api.close();
    }
}

/** What a stack is to be. */
async function planned(stack: string): Promise<[Cluster, Marks]> {
    const keys = stackKeys(stack);
    if (!keys) throw new Error(`${stack} is no stack of this project: there is no Pulumi.${stack}.yaml`);
    // Who asks a running cluster does not wait for all of Pulumi to be read.
    const { planOf } = await import("./plan.js");
    return [planOf(stack, keys), marksOf(keys)];
}

if (require.main === module) runCommand(main);
