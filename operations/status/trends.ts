import type { Elasticsearch } from "./elasticsearch";
import type { Mark, Trend, Trends } from "./marks";
import { waitFor } from "./wait";

/** Hours that a trend goes back, and the spans that they are drawn in. */
const hours = 6;
const spans = 12;
/** Milliseconds between two questions. */
const pause = 1000;

interface Amounts {
    requested?: number;
    allocatable?: number;
    used?: number;
    capacity?: number;
}

/** A line of the watch over the watermarks, as it is in Elasticsearch. */
export interface Figures {
    "@timestamp": string;
    json: { node: string; memory?: Amounts; cpu?: Amounts; disk?: Amounts };
}

const mine = [{ term: { "kubernetes.container.name": "watermarks" } }, { term: { "json.watermarks": "figures" } }];
const lately = "now-5m";
const question = {
    size: 10_000,
    query: { bool: { filter: [...mine, { range: { "@timestamp": { gte: `now-${hours}h` } } }] } },
    sort: [{ "@timestamp": "asc" }],
    _source: ["@timestamp", "json.node", "json.memory", "json.cpu", "json.disk"],
    // By Elasticsearch's clock, as it is asked in its own time.
    aggs: {
        late: {
            filter: { range: { "@timestamp": { gte: lately } } },
            aggs: { nodes: { terms: { field: "json.node", size: 1000 } } },
        },
    },
};

interface Answer {
    hits?: { hits?: { _source: Figures }[] };
    aggregations: { late: { nodes?: { buckets?: { key: string }[] } } };
}

/**
 * Waits until the figures of every node have come to Elasticsearch in the last five minutes.
 * @returns the seconds that Elasticsearch took, and how the nodes were in the last hours
 * @throws Error naming the nodes whose figures have not come within `seconds`
 */
export async function lookBack(
    elasticsearch: Elasticsearch,
    nodes: string[],
    seconds: number,
    signal: AbortSignal,
): Promise<{ seconds: number; trends: Trends }> {
    let last = { seconds: 0, trends: {} as Trends };
    let missing = nodes;
    let asked = 0;
    const all = async () => {
        if (Date.now() - asked < pause) return false;
        asked = Date.now();
        const place = "/logs/_search?filter_path=hits.hits._source,aggregations.late.nodes.buckets.key";
        const { answer, seconds } = await elasticsearch.ask<Partial<Answer>>("POST", place, question);
        const late = answer.aggregations?.late.nodes?.buckets?.map(({ key }) => key) ?? [];
        missing = nodes.filter((node) => !late.includes(node));
        last = { seconds, trends: trendsOf(answer.hits?.hits?.map(({ _source }) => _source) ?? []) };
        return missing.length === 0;
    };
    try {
        await waitFor(all, seconds, "late", signal);
    } catch (error) {
        signal.throwIfAborted();
        if ((error as Error).message !== `late within ${seconds} s`) throw error;
        throw new Error(`no figures of ${missing.join(", ")} of the last 5 minutes in Elasticsearch`, { cause: error });
    }
    return last;
}

/** The trends of all nodes, up to the last of the lines, which are in order of time. */
export function trendsOf(lines: Figures[]): Trends {
    const end = Date.parse(lines.at(-1)?.["@timestamp"] ?? "");
    const samples: Record<string, Partial<Record<Mark["what"], { span: number; value: number }[]>>> = {};
    for (const { "@timestamp": time, json } of lines) {
        // The last span ends with the last line.
        const span = spans - 1 - Math.floor(((end - Date.parse(time)) / (hours * 3_600_000)) * spans);
        for (const [what, value] of shares(json)) {
            if (!Number.isFinite(value)) continue;
            ((samples[json.node] ??= {})[what] ??= []).push({ span: Math.max(0, span), value });
        }
    }
    return Object.fromEntries(
        Object.entries(samples).map(([node, parts]) => [
            node,
            Object.fromEntries(Object.entries(parts).map(([what, of]) => [what, trendOf(of)])),
        ]),
    );
}

function shares({ memory, cpu, disk }: Figures["json"]): [Mark["what"], number][] {
    const percent = (part = NaN, whole = NaN) => (part / whole) * 100;
    return [
        ["memory requested", percent(memory?.requested, memory?.allocatable)],
        ["CPU requested", percent(cpu?.requested, cpu?.allocatable)],
        ["memory used", percent(memory?.used, memory?.capacity)],
        ["CPU used", percent(cpu?.used, cpu?.capacity)],
        ["disk used", percent(disk?.used, disk?.capacity)],
    ];
}

function trendOf(samples: { span: number; value: number }[]): Trend {
    const tenths = (value: number) => Math.round(value * 10) / 10;
    const all = samples.map(({ value }) => tenths(value));
    const values = Array.from({ length: spans }, (_, span) => {
        const there = samples.flatMap((sample) => (sample.span === span ? [tenths(sample.value)] : []));
        return there.length > 0 ? Math.max(...there) : null;
    });
    return { hours, values, min: Math.min(...all), max: Math.max(...all), last: all.at(-1)! };
}
