/** IPv4 arithmetic for the few questions that the configuration asks. */

export interface Cidr {
    /** First address, as an unsigned 32-bit number. */
    base: number;
    /** Prefix length, 0 to 32. */
    prefix: number;
}

/** Parses `a.b.c.d/n`. Undefined when it is no CIDR block or has host bits set. */
export function parseCidr(text: string): Cidr | undefined {
    const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
    if (!match) return undefined;
    const octets = match.slice(1, 5).map(Number);
    const prefix = Number(match[5]);
    if (prefix > 32 || octets.some((octet) => octet > 255)) return undefined;
    const base = octets.reduce((sum, octet) => sum * 256 + octet, 0);
    return base % size({ base, prefix }) === 0 ? { base, prefix } : undefined;
}

/** Number of addresses in the block. */
export function size(cidr: Cidr): number {
    return 2 ** (32 - cidr.prefix);
}

export function overlaps(a: Cidr, b: Cidr): boolean {
    return a.base < b.base + size(b) && b.base < a.base + size(a);
}

/** Whether `inner` lies wholly in `outer`. */
export function contains(outer: Cidr, inner: Cidr): boolean {
    return inner.base >= outer.base && inner.base + size(inner) <= outer.base + size(outer);
}

/** The block's nth address in dotted form. */
export function addressAt(cidr: Cidr, n: number): string {
    const value = cidr.base + n;
    return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

/** An address's place in its block, or undefined when it is outside or no address. */
export function indexIn(cidr: Cidr, address: string): number | undefined {
    const parsed = parseCidr(`${address}/32`);
    return parsed && contains(cidr, parsed) ? parsed.base - cidr.base : undefined;
}
