/** Takes one line for the person who waits; no line feed at its end. */
export type Progress = (line: string) => void;

/** Milliseconds as a person says them: `4 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(milliseconds: number): string {
    const seconds = Math.round(milliseconds / 1000);
    if (seconds < 60) return `${seconds} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 60) return seconds % 60 === 0 ? `${minutes} min` : `${minutes} min ${seconds % 60} s`;
    return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The same lines behind a label, so that a reader sees which of many parts speaks. */
export function labelled(label: string, progress: Progress): Progress {
    return (line) => progress(`${label}: ${line}`);
}

/**
 * Runs `work` and, where it takes longer than a few seconds, says so: after 3 s, then every half minute, then how
 * long it took. Short work says nothing.
 */
export async function timed<T>(what: string, progress: Progress, work: () => Promise<T>): Promise<T> {
    const started = Date.now();
    let spoke = false;
    const speak = () => {
        progress(spoke ? `${what}, ${duration(Date.now() - started)} so far` : what);
        spoke = true;
    };
    const first = setTimeout(speak, 3_000);
    const rest = setInterval(speak, 30_000);
    try {
        const result = await work();
        if (spoke) progress(`done in ${duration(Date.now() - started)}`);
        return result;
    } finally {
        clearTimeout(first);
        clearInterval(rest);
    }
}
