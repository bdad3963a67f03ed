/** Data that a drill knows, of one kind: written before something is broken, and looked for when it is repaired. */
export interface Known {
    /** What one piece of it is called, such as "message that Kafka took". */
    kind: string;
    /** Makes a place for it and writes it, over what an earlier run has left. @throws Error when it is not taken */
    write(): Promise<void>;
    /** How much was taken, and how much of that is missing or other than it was. @throws Error when it can't be read */
    compare(): Promise<{ taken: number; lost: number }>;
    /** Nothing of it is left. It may be there in part, or not at all. */
    remove(): Promise<void>;
}

/** What has become of known data; `unread` says why it can't be told. */
export interface Compared {
    taken?: number;
    lost?: number;
    unread?: string;
}

/**
 * Compares known data. It does not fail: what can't be read has missed its goal.
 * @param tries how often it is tried to read it: what has just come up may not answer at once
 * @param wait milliseconds between two tries
 */
export async function compared({ compare }: Pick<Known, "compare">, tries: number, wait = 2000): Promise<Compared> {
    for (let count = 1; ; count++) {
        try {
            return await compare();
        } catch (error) {
            if (count === tries) return { unread: (error as Error).message };
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
    }
}

/** What was written and what was found, both by key: pieces that are missing or other are lost. */
export function lostOf(written: Map<string, string>, found: Map<string, string>): { taken: number; lost: number } {
    const lost = [...written].filter(([key, content]) => found.get(key) !== content).length;
    return { taken: written.size, lost };
}
