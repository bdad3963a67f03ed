import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { exportStack, nameOf, resourcesOf, writeSshFiles } from "../../access";
import { type Cloud, cloudOf } from "../../cloud";
import { cloudSettings } from "../../cloudSettings";
import { KubernetesApi } from "../../status/api";
import { lookAtCluster, workloadLook } from "../../status/cluster";
import { Ssh } from "../../status/ssh";
import { type Stack, stackOf } from "../../status/stack";
import { waitFor } from "../../status/wait";
import { tidy } from "../avalanche/tidy";
import { notReady } from "../cluster";
import type { Context } from "../drill";
import { claim } from "../lease";
import { Recorder, type DrillRecord } from "../record";
import { rest, runDrill } from "../run";
import { reach } from "../tunnel";
import { Undo } from "../undo";
import { seconds } from "../verdict";
import type { Drawn } from "./draw";
import { checkMarked } from "./marked";
import { pulumi } from "./pulumi";

/** Minutes that a drill may take, but for what it puts back. */
const limit = 40;

/** A stack that drills are run on, one after the other, until it is closed or ended by a signal. */
export class Session {
    private readonly end = new AbortController();
    private readonly dir = fs.mkdtempSync(path.join(os.tmpdir(), "drill-"));
    private readonly apis: KubernetesApi[] = [];
    private way: ReturnType<Session["open"]>;

    /** @throws Error when the stack is not one for drills, or has no cluster */
    constructor(name: string | undefined) {
        process.on("exit", () => fs.rmSync(this.dir, { recursive: true, force: true }));
        this.way = this.open(exportStack(name), checkMarked);
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, this.interrupt);
        // A terminal that is closed can't be written to any more.
        for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
        // A mistake in the drill itself is no reason to leave the stack as it is then.
        process.on("uncaughtException", (error) => this.end.abort(error));
    }

    get stack(): Stack {
        return this.way.stack;
    }

    /** Whether nobody waits for more. */
    get ended(): boolean {
        return this.end.signal.aborted;
    }

    /**
     * Runs a drill and puts everything back. Returns what it saw.
     * @throws Error when the cloud can't be asked: nothing was done then
     */
    async run({ drill, host }: Drawn, short: boolean, flags: string[]): Promise<DrillRecord> {
        const what = [drill.what, ...flags.map((flag) => `--${flag}: ${drill.flags[flag]}`)].join("; ");
        const recorder = new Recorder({ drill: drill.name, what, stack: this.stack.name });
        const own = new AbortController();
        const { signal } = own;
        const context: Context = {
            ...this.way,
            pulumi: (args, seconds, signal, heard) => pulumi(args, this.stack.name, seconds, signal, heard),
            reread: async () => {
                const exported = exportStack(this.stack.name);
                if (hasCluster(exported)) Object.assign(context, (this.way = this.open(exported)));
                else context.cloud = cloudOf(exported, cloudSettings(this.stack.name));
            },
            ...(host !== undefined && { host }),
            rest: (seconds) => rest(seconds, signal),
            recorder,
            undo: new Undo(),
            signal,
            short,
            flags: new Set(flags),
            say: (text) => console.error(`${seconds(recorder.now()).padStart(8)}  ${text}`),
        };
        const stop = () => own.abort(this.end.signal.reason);
        this.end.signal.addEventListener("abort", stop);
        const late = setTimeout(() => own.abort(new Error(`it was not done within ${limit} min`)), limit * 60_000);
        try {
            return await runDrill(drill, context);
        } finally {
            clearTimeout(late);
            this.end.signal.removeEventListener("abort", stop);
        }
    }

    /** Puts back what a drill that was killed has left behind. */
    async tidy(): Promise<void> {
        const say = (text: string) => console.error(text);
        const { way } = this;
        const { stack, api, shell } = way;
        const context = {
            ...{ stack, api, shell, undo: new Undo(), signal: this.end.signal, say },
            // Only asked for where a host hangs.
            get cloud() {
                return way.cloud;
            },
        };
        try {
            await claim(context);
            await tidy(context);
        } finally {
            (await context.undo.all()).forEach(say);
        }
    }

    /** What is still not well with the stack after so many seconds; nothing as soon as all is. */
    async notWell(seconds: number): Promise<string | undefined> {
        let reason: string | undefined;
        const well = async () => (reason = await unwell(this.way)) === undefined;
        await waitFor(well, seconds, "", this.end.signal).catch(() => undefined);
        return reason;
    }

    close(): void {
        for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.off(signal, this.interrupt);
        this.apis.forEach((api) => api.close());
    }

    private readonly interrupt = (signal: NodeJS.Signals) => {
        if (this.end.signal.aborted) return void (signal === "SIGINT" && process.exit(130));
        this.end.abort(new Error(signal === "SIGINT" ? "ended by Ctrl-C" : `ended by ${signal}`));
        console.error("putting everything back; it takes up to some minutes. Ctrl-C again leaves it as it is");
    };

    /** The stack as its state has it now, and the ways into it. */
    private open(exported: string, check: (stack: string) => void = () => undefined) {
        const stack = stackOf(exported);
        check(stack.name);
        if (!stack.kubeconfig || !stack.controlPlane) throw new Error("this stack has no cluster yet: pulumi up");
        const sshConfig = writeSshFiles(stack.access, this.dir);
        const api = new KubernetesApi(stack.kubeconfig);
        this.apis.push(api);
        const master = stack.controlPlane;
        let cloud: Cloud | undefined;
        const way: Pick<Context, "stack" | "api" | "shell" | "cloud" | "reach"> = {
            stack,
            api,
            shell: new Ssh(sshConfig),
            // Only asked for where something is done to hosts.
            get cloud() {
                return (cloud ??= cloudOf(exported, cloudSettings(stack.name)));
            },
            reach: (addresses) => reach(sshConfig, master, this.dir, addresses),
        };
        return way;
    }
}

/** Whether a state has come as far as a control plane. */
function hasCluster(exported: string): boolean {
    return resourcesOf(exported).some((resource) => nameOf(resource) === "control-plane" && resource.outputs?.stdout);
}

async function unwell({ stack, api }: Pick<Context, "stack" | "api">): Promise<string | undefined> {
    try {
        const cluster = await lookAtCluster(api);
        const node = notReady(cluster.nodes);
        if (node) return node;
        const looks = stack.workloads.map((id) => ({ id, look: workloadLook(cluster, id) }));
        const down = looks.find(({ look }) => look && !look.ready);
        return down && `${down.id}: ${down.look?.reason}`;
    } catch (error) {
        return (error as Error).message;
    }
}
