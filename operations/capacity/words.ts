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

/** Shortened in its middle, so that how it begins and ends is to be seen. */
export function short(text: string, width: number): string {
    if (text.length <= width) return text;
    const head = Math.floor((width - 1) / 3);
    return `${text.slice(0, head)}…${text.slice(text.length - (width - 1 - head))}`;
}

/** Broken into lines that fit, with a sign before the first; a word that is too long stays whole. */
export function wrapped(text: string, sign: string, width: number): string[] {
    const lines = [""];
    for (const word of text.split(" ")) {
        const longer = `${lines.at(-1)} ${word}`.trimStart();
        if (longer.length + sign.length <= width || lines.at(-1) === "") lines[lines.length - 1] = longer;
        else lines.push(word);
    }
    return lines.map((line, i) => (i === 0 ? sign : " ".repeat(sign.length)) + line);
}
