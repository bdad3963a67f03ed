import { createHash, randomBytes } from "node:crypto";
import { Unknown } from "../value";
import { CheckRequest } from "../provider";
import { Manifest, annotation, annotations, at, nameOf, withAnnotation, withMetadata } from "./object";

/** `prefix` and eight hexadecimal digits: random, or the same for the same seed. */
export function uniqueName(prefix: string, seed?: Uint8Array): string {
    const digits = seed?.length ? createHash("sha256").update(seed).update(prefix).digest() : randomBytes(4);
    return prefix + digits.toString("hex").slice(0, 8);
}

/** Whether the program names the object, even if the name is not known yet. */
export function isNamed(manifest: Manifest): boolean {
    return (
        nameOf(manifest) !== "" ||
        manifest.metadata instanceof Unknown ||
        at(manifest, "metadata", "name") instanceof Unknown
    );
}

export function isAutonamed(manifest: Manifest): boolean {
    return annotation(manifest, annotations.autonamed) === "true";
}

/**
 * Names an object that the program doesn't name: as before, when it was named here before, else anew. A name given
 * here is marked by an annotation.
 *
 * @throws Error when the object has no name and the stack's configuration says that programs must give one
 */
export function named(manifest: Manifest, old: Manifest | undefined, request: CheckRequest): Manifest {
    if (isNamed(manifest)) {
        return manifest;
    }
    if (old) {
        return isAutonamed(old) ? autonamed(manifest, nameOf(old)) : manifest;
    }
    if (request.autonaming?.mode === "disable") {
        throw new Error(
            `${request.name} has no metadata.name, and this stack's configuration turns automatic names off; give it one`,
        );
    }
    return autonamed(manifest, request.autonaming?.proposedName || uniqueName(`${request.name}-`, request.randomSeed));
}

function autonamed(manifest: Manifest, name: string): Manifest {
    return withAnnotation(withMetadata(manifest, "name", name), annotations.autonamed, "true");
}
