import { OssError } from "./errors";

/** A part of an object's bytes, first and last counted from 0. */
export interface Range {
    first: number;
    last: number;
}

/**
 * What a header `Range` asks of so many bytes; undefined where it asks for all, or in a form that is to be ignored.
 * @throws OssError when there are no such bytes
 */
export function rangeOf(header: string | undefined, size: number): Range | undefined {
    const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
    if (!from && !to) return undefined;
    const first = from ? Number(from) : Math.max(0, size - Number(to));
    const last = from && to ? Math.min(Number(to), size - 1) : size - 1;
    if (first > last) throw new OssError("InvalidRange", "The requested range cannot be satisfied.", 416);
    return { first, last };
}
