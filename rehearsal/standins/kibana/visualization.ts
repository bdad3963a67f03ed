import { bars, ranking } from "./chart";
import { Elasticsearch, ElasticsearchError } from "./elasticsearch";
import { Markup, markup } from "./markup";
import { Objects, SavedObject } from "./objects";
import { filter, overTime, sourceOf } from "./query";
import { Range } from "./time";

interface Aggregation {
    type: string;
    schema: string;
    enabled?: boolean;
    params: { field?: string; size?: number };
}

/** The chart of a saved visualization: counts over time or by a field's values, and over time also split by a field. */
export async function chart(
    elasticsearch: Elasticsearch,
    objects: Objects,
    object: SavedObject,
    range: Range,
    now: number,
): Promise<Markup> {
    const { aggs = [] } = JSON.parse(String(object.attributes.visState ?? "{}")) as { aggs?: Aggregation[] };
    const segments = aggs.filter((one) => one.schema === "segment" && one.enabled !== false);
    const group = aggs.find((one) => one.schema === "group" && one.enabled !== false);
    const [segment] = segments;
    const shownHere =
        segments.length === 1 &&
        ["date_histogram", "terms"].includes(segment.type) &&
        aggs.every((one) => one.schema !== "metric" || one.type === "count") &&
        (!group || group.type === "terms");
    if (!shownHere) return markup`<p class="muted">The stand-in does not show this kind of panel.</p>`;
    const source = sourceOf(object);
    const view = source.dataView ? await objects.get("index-pattern", source.dataView) : undefined;
    if (!view) return markup`<p class="problem">Its data view is not there.</p>`;
    const timeField = String(view.attributes.timeFieldName ?? segment.params.field);
    const body = {
        size: 0,
        query: filter(timeField, range, now, [source.query]),
        aggs: {
            segment: {
                ...(segment.type === "terms" ? terms(segment) : overTime(timeField, range, now)),
                ...(group && segment.type !== "terms" && { aggs: { group: terms(group) } }),
            },
        },
    };
    try {
        const { aggregations } = await elasticsearch.search(String(view.attributes.title), body);
        const buckets = aggregations?.segment.buckets ?? [];
        return segment.type === "terms" ? ranking(buckets) : bars(buckets, String(object.attributes.title));
    } catch (error) {
        if (!(error instanceof ElasticsearchError)) throw error;
        return markup`<p class="problem">${error.message}</p>`;
    }
}

const terms = ({ params }: Aggregation) => ({ terms: { field: params.field, size: params.size ?? 5 } });
