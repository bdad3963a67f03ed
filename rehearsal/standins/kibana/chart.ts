import { Bucket } from "./elasticsearch";
import { Markup, markup } from "./markup";
import { shown } from "./time";

/** Told apart by colour-blind people too, and from white. */
const colours = ["#1f6fb4", "#d9822b", "#2a8c5f", "#b3405a", "#6b56b8", "#8a6d1f", "#3f8f9c", "#7a7f8a"];
const colourOf = (index: number) => colours[index % colours.length];

const number = new Intl.NumberFormat("en");
export const count = (value: number) => number.format(value);

/** Bars over time, stacked by group where the buckets have groups. */
export function bars(buckets: Bucket[], label: string): Markup {
    const highest = Math.max(0, ...buckets.map((bucket) => bucket.doc_count));
    if (!highest) return nothing;
    const names = groupNames(buckets);
    const width = 100 / buckets.length;
    const rects = buckets.flatMap((bucket, index) => {
        let below = 0;
        const parts = names.length
            ? (bucket.group?.buckets ?? [])
                  .map((part) => ({ ...part, index: names.indexOf(String(part.key)) }))
                  .sort((a, b) => a.index - b.index)
            : [{ ...bucket, index: 0 }];
        return parts.map((part) => {
            const height = (part.doc_count / highest) * 100;
            below += height;
            const name = names.length ? `${part.key}: ` : "";
            return markup`<rect x="${(index * width).toFixed(3)}" width="${(width * 0.85).toFixed(3)}" y="${(100 - below).toFixed(3)}" height="${height.toFixed(3)}" fill="${colourOf(part.index)}"><title>${shown(bucket.key)}  ${name}${count(part.doc_count)}</title></rect>`;
        });
    });
    const last = buckets[buckets.length - 1];
    return markup`<svg class="bars" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label="${label}">${rects}</svg>
<div class="axis"><span>${shown(buckets[0].key, "short")}</span><span>highest ${count(highest)}</span><span>${shown(last.key, "short")}</span></div>
${names.length ? legend(names) : undefined}`;
}

/** One bar for each bucket, the longest first. */
export function ranking(buckets: Bucket[]): Markup {
    const highest = Math.max(0, ...buckets.map((bucket) => bucket.doc_count));
    if (!highest) return nothing;
    const rows = buckets.map(
        (bucket) => markup`<div><span>${bucket.key}</span>
<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect width="${((bucket.doc_count / highest) * 100).toFixed(2)}" height="10" fill="${colours[0]}"/></svg>
<span class="count">${count(bucket.doc_count)}</span></div>
`,
    );
    return markup`<div class="rank">${rows}</div>`;
}

const nothing = markup`<p class="muted">Nothing in this time.</p>`;

/** The groups' names, the biggest first. */
function groupNames(buckets: Bucket[]): string[] {
    const sums = new Map<string, number>();
    for (const bucket of buckets)
        for (const part of bucket.group?.buckets ?? [])
            sums.set(String(part.key), (sums.get(String(part.key)) ?? 0) + part.doc_count);
    return [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

function legend(names: string[]): Markup {
    const square = (index: number) =>
        markup`<svg width="11" height="11" aria-hidden="true"><rect width="11" height="11" rx="2" fill="${colourOf(index)}"/></svg>`;
    return markup`<ul class="legend">${names.map((name, index) => markup`<li>${square(index)}${name}</li>`)}</ul>`;
}
