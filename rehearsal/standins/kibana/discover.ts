import { Reply } from "../http";
import { bars, count } from "./chart";
import { Elasticsearch, ElasticsearchError, Hit } from "./elasticsearch";
import { choice, rangeChoice } from "./form";
import { Markup, markup } from "./markup";
import { Objects, SavedObject, titleOf } from "./objects";
import { page } from "./page";
import { filter, overTime, sourceOf } from "./query";
import { Range, rangeOf, shown } from "./time";

type Document = Record<string, unknown>;

const rows = 100;
/** A line is cut here on the page; the fields below it have it whole. */
const longest = 1000;

/** The search page: the saved search that is chosen, narrowed by a query and a range of time. */
export async function discover(
    elasticsearch: Elasticsearch,
    objects: Objects,
    parameters: URLSearchParams,
): Promise<Reply> {
    const searches = await objects.list(["search"]);
    const chosen = searches.find((one) => one.id === parameters.get("search")) ?? searches.at(0);
    const views = await objects.list(["index-pattern"]);
    const source = chosen && sourceOf(chosen);
    const view = views.find((one) => one.id === source?.dataView) ?? views.at(0);
    if (!view)
        return page(
            "Discover",
            "/app/discover",
            markup`<h1>Discover</h1>
<p class="muted">No data view has been imported: there is nothing to search in.</p>`,
        );
    const query = parameters.get("q") ?? "";
    const range = rangeOf(parameters.get("range"));
    const timeField = String(view.attributes.timeFieldName ?? "@timestamp");
    const now = Date.now();
    const body = {
        size: rows,
        track_total_hits: true,
        sort: [{ [timeField]: { order: "desc", unmapped_type: "date" } }],
        query: filter(timeField, range, now, [source?.query ?? "", query]),
        aggs: { time: overTime(timeField, range, now) },
    };
    const content = async () => {
        try {
            const found = await elasticsearch.search<Document>(String(view.attributes.title), body);
            const total = found.hits.total.value;
            const columns = (chosen?.attributes.columns as string[] | undefined) ?? ["message"];
            return markup`<section class="card"><h2>${count(total)} ${total === 1 ? "line" : "lines"}</h2>
${bars(found.aggregations?.time.buckets ?? [], "Lines over time")}</section>
<section class="card">${table(found.hits.hits, columns, timeField, total)}</section>`;
        } catch (error) {
            if (!(error instanceof ElasticsearchError)) throw error;
            return markup`<p class="problem">${error.message}</p>`;
        }
    };
    const form = searchForm(searches, chosen, query, range);
    const title = chosen ? titleOf(chosen) : "Discover";
    return page(
        "Discover",
        "/app/discover",
        markup`<h1>${title}</h1>
${form}
<p class="muted">Data view <strong>${titleOf(view)}</strong>, times in UTC</p>
${await content()}`,
    );
}

function searchForm(searches: SavedObject[], chosen: SavedObject | undefined, query: string, range: Range): Markup {
    const options = searches.map((one) => ({ value: one.id, label: titleOf(one) }));
    const select = chosen && options.length > 1 ? choice("search", "Saved search", options, chosen.id) : undefined;
    return markup`<form role="search">
<input class="query" type="search" name="q" value="${query}" placeholder='Lucene, such as message:error AND kubernetes.namespace:nacos' aria-label="Query">
${select}${rangeChoice(range)}<button>Search</button>
</form>`;
}

function table(hits: Hit<Document>[], columns: string[], timeField: string, total: number): Markup {
    if (!hits.length) return markup`<p class="muted">No line matches.</p>`;
    const heads = columns.map((column) => markup`<th class="${column === "message" ? "" : "short"}">${column}</th>`);
    const body = hits.map(
        ({
            _source,
        }) => markup`<tr><td class="time">${shown(String(field(_source, timeField) ?? ""))}</td>${columns.map(
            (column) =>
                column === "message"
                    ? markup`<td>${message(_source)}</td>`
                    : markup`<td class="short" data-name="${column.split(".").slice(1).join(" ") || column}">${text(_source, column)}</td>`,
        )}</tr>
`,
    );
    const more = total > hits.length ? markup`<p class="muted">The newest ${hits.length} of them.</p>` : undefined;
    return markup`<table><thead><tr><th class="time">Time</th>${heads}</tr></thead><tbody>
${body}</tbody></table>${more}`;
}

function message(document: Document): Markup {
    const line = text(document, "message");
    return markup`<div class="line">${line.length > longest ? `${line.slice(0, longest)}…` : line}</div>
<details><summary>fields</summary><pre>${JSON.stringify(document, null, 2)}</pre></details>`;
}

function text(document: Document, name: string): string {
    const value = field(document, name);
    return value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
}

/** A field by its dotted name, nested or written with the dots. */
function field(document: Document, name: string): unknown {
    if (name in document) return document[name];
    const [first, ...rest] = name.split(".");
    const inner = document[first];
    return rest.length && inner && typeof inner === "object" ? field(inner as Document, rest.join(".")) : undefined;
}
