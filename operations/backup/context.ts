import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exportStack, writeSshFiles } from "../access";
import { KubernetesApi } from "../status/api";
import { Ssh } from "../status/ssh";
import { stackOf } from "../status/stack";
import type { Context, Kind } from "./kind";
import { kinds } from "./kinds";

/**
 * Does `work` on a stack, with the way into it, which is removed afterwards.
 * @param left what the first Ctrl-C is answered with; a second one ends the command at once
 * @throws Error when the stack has no cluster
 */
export async function onStack<T>(
    name: string | undefined,
    left: (context: Context) => string,
    work: (context: Context) => Promise<T>,
): Promise<T> {
    const stack = stackOf(exportStack(name));
    if (!stack.kubeconfig) throw new Error(`stack ${stack.name} has no cluster yet: pulumi up`);
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "backup-"));
    const remove = () => fs.rmSync(dir, { recursive: true, force: true });
    process.on("exit", remove);
    const end = new AbortController();
    const api = new KubernetesApi(stack.kubeconfig);
    const shell = new Ssh(writeSshFiles(stack.access, dir));
    const context: Context = { stack, api, shell, say: (text) => console.error(text), signal: end.signal };
    const interrupt = () => {
        if (end.signal.aborted) process.exit(130);
        end.abort(new Error("ended by Ctrl-C"));
        console.error(left(context));
    };
    process.on("SIGINT", interrupt);
    try {
        return await work(context);
    } finally {
        process.off("SIGINT", interrupt);
        api.close();
        remove();
    }
}

/**
 * The kind of a name.
 * @throws Error naming those that there are
 */
export function kindOf(name: string, all = kinds): Kind {
    const kind = all.find((each) => each.name === name);
    if (!kind) throw new Error(`${name} is no kind of backup; there are ${all.map((each) => each.name).join(", ")}`);
    return kind;
}
