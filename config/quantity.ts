const units: Record<string, number> = {
    "": 1,
    ...{ n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12 },
    ...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 },
};

/** The number of a Kubernetes quantity: bytes of memory, cores of CPU; NaN where there is none. */
export function quantity(text: string | undefined): number {
    const [, number, unit] = /^([\d.]+(?:e\d+)?)([A-Za-z]*)$/.exec(text ?? "") ?? [];
    return Number(number) * (units[unit] ?? NaN);
}
