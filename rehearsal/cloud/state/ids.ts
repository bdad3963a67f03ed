import { randomInt, randomUUID } from "node:crypto";

const alphabet = "abcdefghijklmnopqrstuvwxyz0123456789";

/**
 * @param prefix the kind of resource: `i`, `d`, `vpc`, …
 * @returns an id of the cloud's form: 20 characters after the prefix, as many as a virtio disk's serial can have
 */
export function newId(prefix: string): string {
    const random = Array.from({ length: 17 }, () => alphabet[randomInt(alphabet.length)]).join("");
    return `${prefix}-bp1${random}`;
}

export function newRequestId(): string {
    return randomUUID().toUpperCase();
}

/** The time in the form of the cloud's answers, to the second. */
export function timestamp(date = new Date()): string {
    return date.toISOString().replace(/\.\d+Z$/, "Z");
}
