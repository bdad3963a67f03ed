import { invalid } from "./api/errors";

/** A range of IPv4 addresses: its first address as a number, and how many there are. */
export interface Range {
    first: number;
    size: number;
}

/**
 * @param cidr for example `10.0.0.0/16`
 * @returns the range, or undefined when the text is not a network in CIDR notation (host bits must be zero)
 */
export function parseCidr(cidr: string): Range | undefined {
    const match = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr);
    const first = match ? parseAddress(match[1]) : undefined;
    const bits = Number(match?.[2]);
    if (first === undefined || bits > 32) return undefined;
    const size = 2 ** (32 - bits);
    return first % size === 0 ? { first, size } : undefined;
}

export function parseAddress(text: string): number | undefined {
    const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number);
    if (!parts || parts.some((part) => part > 255)) return undefined;
    return parts.reduce((sum, part) => sum * 256 + part, 0);
}

export function formatAddress(address: number): string {
    return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

export function formatRange(range: Range): string {
    return `${formatAddress(range.first)}/${32 - Math.log2(range.size)}`;
}

export function contains(outer: Range, inner: Range): boolean {
    return inner.first >= outer.first && inner.first + inner.size <= outer.first + outer.size;
}

export function overlap(a: Range, b: Range): boolean {
    return a.first < b.first + b.size && b.first < a.first + a.size;
}

/** What is left of `a` without `b`, as networks. */
export function subtract(a: Range, b: Range): Range[] {
    if (!overlap(a, b)) return [a];
    if (contains(b, a)) return [];
    const half = a.size / 2;
    return [a.first, a.first + half].flatMap((first) => subtract({ first, size: half }, b));
}

/**
 * @throws ApiError `InvalidParameter.<parameter>` when `cidr` is not a network
 */
export function needCidr(cidr: string, parameter: string): Range {
    const range = parseCidr(cidr);
    if (!range) throw invalid(parameter, cidr, "it must be an IPv4 network with no host bits set, like 10.0.0.0/16");
    return range;
}

/**
 * The addresses that an instance in a vSwitch can have. The cloud reserves the first one and the last three; the
 * first after that is the gateway of the machines' network here.
 */
export function assignable(vswitch: Range): Range {
    return { first: vswitch.first + 2, size: Math.max(vswitch.size - 5, 0) };
}

/** The lowest address of a range that is not taken, or undefined when all are. */
export function lowestFree(range: Range, taken: Set<string>): string | undefined {
    for (let n = 0; n < range.size; n++) {
        const address = formatAddress(range.first + n);
        if (!taken.has(address)) return address;
    }
    return undefined;
}
