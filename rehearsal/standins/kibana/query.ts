import { SavedObject } from "./objects";
import { Range } from "./time";

/** What a saved search or visualization says of its documents. */
export interface Source {
    query: string;
    /** The id of its data view, when it names one. */
    dataView?: string;
}

export function sourceOf(object: SavedObject): Source {
    const meta = object.attributes.kibanaSavedObjectMeta as { searchSourceJSON?: string } | undefined;
    const source = JSON.parse(meta?.searchSourceJSON ?? "{}") as {
        query?: { query?: string; language?: string };
        indexRefName?: string;
    };
    const { query, language } = source.query ?? {};
    const text = typeof query === "string" ? query : "";
    return {
        query: language === "kuery" ? lucene(text) : text,
        dataView: object.references.find((one) => one.name === source.indexRefName)?.id,
    };
}

/** KQL's connectives as Lucene writes them; the rest of its grammar that people use is the same. */
const lucene = (kql: string) => kql.replace(/\b(and|or|not)\b/g, (word) => word.toUpperCase());

/** Everything in the range that all the queries match. */
export function filter(timeField: string, range: Range, now: number, queries: string[]) {
    return {
        bool: {
            filter: [
                { range: { [timeField]: { gte: now - range.length, lte: now, format: "epoch_millis" } } },
                ...queries
                    .filter((query) => query.trim())
                    .map((query) => ({
                        query_string: { query, default_operator: "AND", analyze_wildcard: true, lenient: true },
                    })),
            ],
        },
    };
}

/** Counts over time, empty spans too, so that the axis is whole. */
export function overTime(timeField: string, range: Range, now: number) {
    return {
        date_histogram: {
            field: timeField,
            fixed_interval: `${range.interval}ms`,
            min_doc_count: 0,
            extended_bounds: { min: now - range.length, max: now },
        },
    };
}
