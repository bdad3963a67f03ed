import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/**
 * How the program owns the objects that it declares from here on. It has the last word on them: what was changed by hand
 * shows up in a preview with `--refresh`, and the next `pulumi up` takes it back instead of failing on the conflict. And
 * they go with their cluster: when it is destroyed or replaced as a whole, nobody asks it to delete them one by one.
 * @param identifier the cluster's. Each object remembers which one it was made in: when replacing them all was cut short,
 *   the engine, which has replaced the provider by then, would take the rest for made.
 */
export function ownObjects(cluster: kubernetes.Provider, identifier: string): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
        if (!type.startsWith("kubernetes:")) return undefined;
        const { metadata = {} } = props;
        const annotations = { "pulumi.com/patchForce": "true", ...metadata.annotations };
        return {
            props: { ...props, metadata: { ...metadata, annotations } },
            opts: { ...opts, deletedWith: cluster, replacementTrigger: identifier },
        };
    });
}
