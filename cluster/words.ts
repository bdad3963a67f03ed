/** Amounts and sentences as people read them. */

/** Bytes as whole MiB, without the unit. */
export const mebibytes = (bytes: number): string => String(Math.floor(bytes / 2 ** 20));

/** Millicores or bytes as a manifest has them. */
export function written(what: "cpu" | "memory", amount: number): string {
    return what === "cpu" ? `${Math.round(amount)}m` : `${mebibytes(amount)}Mi`;
}

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
    if (whole > 0) return `${Math.round((part / whole) * 100)} %`;
    return part > 0 ? "∞" : "-";
}

export function plural(count: number, word: string): string {
    return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Shortened in its middle, so that how it begins and ends is to be seen. */
export function short(text: string, width: number): string {
    if (text.length <= width) return text;
    const head = Math.floor((width - 1) / 3);
    return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** Broken into lines that fit, with a sign before the first and `indent` before the others; a long word stays whole. */
export function wrapped(text: string, sign: string, width: number, indent = " ".repeat(sign.length)): string[] {
    const lines = [sign];
    let empty = true;
    for (const word of text.split(" ")) {
        const longer = `${lines.at(-1)}${empty ? "" : " "}${word}`;
        if (longer.length <= width || empty) lines[lines.length - 1] = longer;
        else lines.push(indent + word);
        empty = false;
    }
    return lines;
}
