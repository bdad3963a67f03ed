/** The known word nearest to a mistyped one, by edit distance. */
export function closest(word: string, known: string[]): string {
    return known.reduce((best, candidate) => (distance(word, candidate) < distance(word, best) ? candidate : best));
}

function distance(a: string, b: string): number {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i);
    for (let i = 1; i <= a.length; i++) {
        const next = [i];
        for (let j = 1; j <= b.length; j++) {
            next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
        }
        row = next;
    }
    return row[b.length];
}
