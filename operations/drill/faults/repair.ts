import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { stackFile } from "../../capacity/settings";
import { waitFor } from "../../status/wait";
import { configMapsKind } from "../known/configMaps";
import type { Fault, Scene } from "./fault";

/** Seconds that `pulumi` has. */
export const patience = 600;

/** `pulumi up --refresh`: what is not as the stack says is made so. */
export const upRefresh: NonNullable<Fault["repair"]> = {
    what: "pulumi up --refresh --yes",
    run: (scene) => pulumi(scene, ["up", "--refresh", "--yes", "--skip-preview"]),
};

/** Runs `pulumi`, and learns what it has changed about the way into the stack. */
export async function pulumi({ context, signal }: Scene, args: string[]): Promise<void> {
    await context.pulumi(args, patience, signal);
    await context.reread();
}

/** The same with the stack's file changed; the file itself stays as it is. */
export async function upChanged(scene: Scene, change: (text: string) => string): Promise<void> {
    const { name } = scene.context.stack;
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), "drill-up-"));
    const file = path.join(dir, `Pulumi.${name}.yaml`);
    try {
        fs.writeFileSync(file, change(fs.readFileSync(stackFile(name), "utf8")));
        await pulumi(scene, ["up", "--refresh", "--yes", "--skip-preview", "--config-file", file]);
    } finally {
        fs.rmSync(dir, { recursive: true, force: true });
    }
}

/** What faults have alike after which there is another cluster. */
export const anotherCluster: Pick<Fault, "destructive" | "takes"> = {
    destructive: "whole cluster",
    takes: { [configMapsKind]: "etcd is on the master's system disk, and the stack makes its own objects anew" },
};

/** The same where it makes another cluster: waits until the watch reaches that one, whose services have other addresses. */
export async function pulumiToAnother(scene: Scene, args: string[]): Promise<void> {
    await pulumi(scene, args);
    await reachAnother(scene);
}

/** Waits until the watch reaches another cluster that has just been made. */
export async function reachAnother(scene: Scene): Promise<void> {
    const reached = () =>
        scene.watch.reach().then(
            () => true,
            () => false,
        );
    await waitFor(reached, 60, "MySQL and Nacos were not to be reached", scene.signal);
}
