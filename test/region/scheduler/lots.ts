export const mib = 2 ** 20;

/** Draws of one case, the same for the same seed. */
export class Lots {
    constructor(private readonly random: () => number) {}
    between = (low: number, high: number) => low + Math.floor(this.random() * (high - low + 1));
    among = <T>(...values: T[]): T => values[this.between(0, values.length - 1)];
    chance = (percent: number) => this.random() * 100 < percent;
    shuffled = <T>(values: T[]): T[] => {
        const left = [...values];
        return values.map(() => left.splice(this.between(0, left.length - 1), 1)[0]);
    };
}
