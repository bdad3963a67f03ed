/** Amounts in words. */

/** Millicores as cores: `0.5`, `4`. */
export function cores(millicores: number): string {
    return String(Number((millicores / 1000).toFixed(2)));
}

/** Bytes as GiB, or as MiB below one. */
export function gib(bytes: number): string {
    const size = Math.abs(bytes);
    if (size < 2 ** 30) return `${Math.round(bytes / 2 ** 20)} MiB`;
    return `${Number((bytes / 2 ** 30).toFixed(1))} GiB`;
}

export function percent(part: number, whole: number): string {
    return whole > 0 ? `${Math.round((part / whole) * 100)} %` : "-";
}

export function plural(count: number, word: string): string {
    return `${count} ${word}${count === 1 ? "" : "s"}`;
}
