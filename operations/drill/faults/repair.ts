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
