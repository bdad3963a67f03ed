import { dump, load } from "js-yaml";
import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Fault } from "../../rehearsal/cloud/faults";
import { pulumi } from "../../rehearsal/engine";
import { changesIn, engineEvents } from "../../rehearsal/events";
import { checkoutDir } from "../../rehearsal/paths";
import { toolchain } from "../../rehearsal/toolchain/toolchain";
import { imageId, publicKey, Region, regionId, zoneId } from "../unit/cloud/region";

export interface Result {
    code: number;
    output: string;
    /** `operation name` of everything that was not the same, sorted. */
    changes: string[];
    /** Actions that changed something in the cloud, in order. */
    mutating: string[];
}

/** A region without hosts, and the real engine and provider to run stacks in it, apart from everyone else's. */
class CloudStack {
    readonly region = new Region();
    /** What `programs/cloud` is told to make; the cases change it. */
    wanted = {
        ...{ zone: zoneId, image: imageId, publicKey, key: "key", name: "before", description: "as made" },
        ...{ tags: { stage: "one" }, sizeGiB: 20, days: 7, instanceType: "ecs.c6.large", userData: "#cloud-config" },
        ...{ bandwidthMbps: 20, instances: 1, disks: 1, adopt: undefined as string | undefined },
    };
    /** Of `programs/cloud`. */
    name = "test";
    private bin = "";
    private readonly projects = path.join(this.region.folder, "projects");

    /** Builds what is missing of the toolchain, which may take long. */
    async start(): Promise<void> {
        ({ bin: this.bin } = await toolchain((line) => console.log(line)));
        await this.region.start();
        // A copy, as the engine writes into the folder of a project that it creates a stack of.
        const project = path.join(this.projects, "cloud");
        fs.cpSync(path.join(__dirname, "programs", "cloud"), project, { recursive: true });
        fs.copyFileSync(path.join(checkoutDir, "tsconfig.json"), path.join(project, "tsconfig.json"));
        fs.symlinkSync(path.join(checkoutDir, "node_modules"), path.join(project, "node_modules"));
    }

    stop(): Promise<void> {
        return this.region.stop();
    }

    /** Runs a verb on `programs/cloud`, with what is wanted now. */
    async run(...verb: string[]): Promise<Result> {
        const config = { ...this.provider(), "every-resource:wanted": this.wanted };
        const file = await this.configure("cloud", this.name, config);
        return this.engine(verb, path.join(this.projects, "cloud"), this.name, file);
    }

    /** The same, which must succeed. */
    async succeeds(...verb: string[]): Promise<Result> {
        const result = await this.run(...verb);
        assert.equal(result.code, 0, result.output);
        return result;
    }

    /** Runs a verb on the checkout's own program, with a committed configuration that points to this region. */
    async runProgram(stack: string, verb: string, change: object = {}): Promise<Result> {
        fs.mkdirSync(path.join(this.projects, "program"), { recursive: true });
        fs.copyFileSync(path.join(checkoutDir, "Pulumi.yaml"), path.join(this.projects, "program", "Pulumi.yaml"));
        const committed = fs.readFileSync(path.join(checkoutDir, `Pulumi.${stack}.yaml`), "utf8");
        const { config } = load(committed) as { config: object };
        const file = await this.configure("program", stack, { ...config, ...this.provider(), ...change });
        return this.engine([verb], checkoutDir, stack, file);
    }

    async instances() {
        return Object.values((await this.region.state()).instances);
    }

    async dataDisks() {
        return Object.values((await this.region.state()).disks).filter(({ type }) => type === "data");
    }

    /** Actions that are still to go wrong. */
    async orderedFaults(): Promise<string[]> {
        const { faults } = await this.region.control<{ faults: Fault[] }>("GET", "/faults");
        return faults.map(({ action }) => action);
    }

    /** The provider's configuration for this region. */
    private provider(): object {
        const endpoint = new URL(this.region.cloud.url).host;
        return {
            ...{ "alicloud:region": regionId, "alicloud:accessKey": "id", "alicloud:secretKey": "secret" },
            ...{ "alicloud:protocol": "HTTP", "alicloud:accountType": "Domestic" },
            "alicloud:skipRegionValidation": "true",
            "alicloud:endpoints": [{ ecs: endpoint, vpc: endpoint, sts: endpoint, location: endpoint }],
        };
    }

    /** Writes a stack's configuration, and creates the stack on first use. What the engine wrote there stays. */
    private async configure(project: string, stack: string, config: object): Promise<string> {
        const cwd = path.join(this.projects, project);
        const file = path.join(cwd, `Pulumi.${stack}.yaml`);
        if (!fs.existsSync(file)) {
            const { code, output } = await this.pulumi(["stack", "select", "--create", "--stack", stack], cwd);
            assert.equal(code, 0, output);
        }
        const before = fs.existsSync(file) ? (load(fs.readFileSync(file, "utf8")) as object) : {};
        fs.writeFileSync(file, dump({ ...before, config }));
        return file;
    }

    private async engine(verb: string[], cwd: string, stack: string, configFile: string): Promise<Result> {
        const log = path.join(this.region.folder, "events");
        fs.rmSync(log, { force: true });
        const since = new Date().toISOString();
        const approve = verb[0] === "preview" ? [] : ["--yes", "--skip-preview"];
        const where = ["--stack", stack, "--config-file", configFile, "--event-log", log];
        const { code, output } = await this.pulumi([...verb, ...approve, ...where], cwd);
        const mutating = (await this.region.calls(`?since=${since}&mutating=true`)).map(({ action }) => action);
        return { code, output, changes: changes(log), mutating };
    }

    private pulumi(args: string[], cwd: string) {
        const { folder } = this.region;
        const environment = {
            PULUMI_HOME: path.join(folder, "pulumi-home"),
            PULUMI_BACKEND_URL: `file://${folder}`,
            SSL_CERT_DIR: `${folder}:/etc/ssl/certs`,
        };
        return pulumi(this.bin, args, { quiet: true, cwd, environment });
    }
}

/** A stack for the suite that asks: started before its cases, and stopped after them. */
export function suiteStack(): CloudStack {
    const stack = new CloudStack();
    before(function () {
        // What is missing of the toolchain is built.
        this.timeout("60m");
        return stack.start();
    });
    after(() => stack.stop());
    return stack;
}

/** Every change that the engine told of, but the stack's own and the providers'. */
function changes(log: string): string[] {
    return changesIn(engineEvents(log))
        .filter(({ type }) => !type.startsWith("pulumi:"))
        .map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`)
        .sort();
}
