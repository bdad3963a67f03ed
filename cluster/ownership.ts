import * as pulumi from "@pulumi/pulumi";

/**
 * The program has the last word on the objects that it declares: what was changed by hand shows up in a preview with
 * `--refresh`, and the next `pulumi up` takes it back instead of failing on the conflict.
 */
export function ownObjects(): void {
    pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
        if (!type.startsWith("kubernetes:")) return undefined;
        const { metadata = {} } = props;
        const annotations = { "pulumi.com/patchForce": "true", ...metadata.annotations };
        return { props: { ...props, metadata: { ...metadata, annotations } }, opts };
    });
}
