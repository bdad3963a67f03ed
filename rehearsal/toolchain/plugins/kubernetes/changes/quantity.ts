import { Value } from "../../value";

const quantityKeys = new Set([
    "limits",
    "requests",
    "capacity",
    "hard",
    "max",
    "min",
    "default",
    "defaultRequest",
    "maxLimitRequestRatio",
    "overhead",
    "allocatable",
]);
const quantityLeaves = new Set(["sizeLimit", "divisor", "averageValue", "storage", "memory", "cpu"]);

const suffixes: Record<string, number> = {
    n: 1e-9,
    u: 1e-6,
    m: 1e-3,
    "": 1,
    k: 1e3,
    M: 1e6,
    G: 1e9,
    T: 1e12,
    P: 1e15,
    E: 1e18,
};
const binarySuffixes = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/** A quantity as a number: `500m` is 0.5, `1Gi` is 1073741824. Undefined for what is none. */
export function parseQuantity(value: Value): number | undefined {
    const parts = /^([+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value));
    if (!parts || (typeof value !== "string" && typeof value !== "number")) {
        return undefined;
    }
    const suffix = parts[2] ?? "";
    const binary = binarySuffixes.indexOf(suffix);
    return Number(parts[1]) * (binary >= 0 ? 1024 ** (binary + 1) : suffixes[suffix]);
}

/**
 * Whether two leaves at a path say the same. The server writes quantities its own way (`1000m` comes back as `1`), so
 * where a field is one, its amount counts.
 */
export function sameLeaf(path: string[], a: Value, b: Value): boolean {
    if (a === b) {
        return true;
    }
    const isQuantity = quantityLeaves.has(path.at(-1) ?? "") || quantityKeys.has(path.at(-2) ?? "");
    if (!isQuantity) {
        return false;
    }
    const amount = parseQuantity(a);
    return amount !== undefined && amount === parseQuantity(b);
}
