/** Work in order per key: two things asked of one machine are done one after the other. */
export class Queue {
    private readonly last = new Map<string, Promise<void>>();

    /** Runs `task` once everything asked before under the same key has ended, well or badly. */
    run<T>(key: string, task: () => Promise<T>): Promise<T> {
        const result = (this.last.get(key) ?? Promise.resolve()).then(task);
        const ended = result.then(
            () => undefined,
            () => undefined,
        );
        this.last.set(key, ended);
        void ended.then(() => {
            if (this.last.get(key) === ended) this.last.delete(key);
        });
        return result;
    }

    busy(key: string): boolean {
        return this.last.has(key);
    }

    /** Resolves once nothing is under way. */
    async idle(): Promise<void> {
        while (this.last.size > 0) await Promise.all(this.last.values());
    }
}
