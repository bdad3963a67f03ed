/** Amounts as people read them. */

/** Bytes as whole MiB, without the unit. */
export const mebibytes = (bytes: number): string => String(Math.floor(bytes / 2 ** 20));

/** Millicores or bytes, with their unit. */
export function written(what: "cpu" | "memory", amount: number): string {
    return what === "cpu" ? `${Math.round(amount)}m` : `${mebibytes(amount)}Mi`;
}

export function percent(part: number, whole: number): string {
    return whole > 0 ? `${Math.round((part / whole) * 100)} %` : "∞";
}
