/** An object of Kibana as its import takes it: version 7.17, and later ones, which migrate it. */
export interface SavedObject {
    id: string;
    type: "index-pattern" | "search" | "visualization" | "dashboard";
    attributes: Record<string, unknown>;
    references: { id: string; name: string; type: string }[];
    /** The version whose form of this type is written here: later ones migrate it, earlier ones refuse it. */
    migrationVersion: Record<string, string>;
    coreMigrationVersion: string;
}

/** The data view over every index of logs, whose id is in links to it. */
export const dataView = "logs";
const written = "7.17.0";
const time = "@timestamp";
/** Both are counted, so the index template must map them as keywords. */
const namespaceField = "kubernetes.namespace";
const podField = "kubernetes.pod.name";
const errors = "message:(error OR exception OR fatal OR panic OR failed)";

/** What Kibana shows of the cluster's logs from the first day: a data view, a search and a dashboard. */
export function savedObjects(): SavedObject[] {
    const visualizations = [
        visualization("log-volume", "Log volume by namespace", "", [
            { type: "count", schema: "metric", params: {} },
            { type: "date_histogram", schema: "segment", params: { field: time, interval: "auto", min_doc_count: 1 } },
            { type: "terms", schema: "group", params: terms(namespaceField, 10) },
        ]),
        visualization("errors-by-pod", "Errors by pod", errors, [
            { type: "count", schema: "metric", params: {} },
            { type: "terms", schema: "segment", params: terms(podField, 15) },
        ]),
    ];
    const panels = ["log-volume", "errors-by-pod"];
    return [
        {
            ...object("index-pattern", dataView, "7.11.0"),
            attributes: { title: `${dataView}*`, timeFieldName: time, fields: "[]", runtimeFieldMap: "{}" },
        },
        {
            ...object("search", "cluster-logs", "7.9.3", [inDataView]),
            attributes: {
                title: "Cluster logs",
                description: "Every container's log, newest first",
                columns: [namespaceField, podField, "message"],
                sort: [[time, "desc"]],
                hits: 0,
                version: 1,
                kibanaSavedObjectMeta: source("", { highlightAll: true, version: true }),
            },
        },
        ...visualizations,
        {
            ...object(
                "dashboard",
                "cluster-logs",
                "7.9.3",
                panels.map((id, index) => ({ id, name: `panel_${index}`, type: "visualization" })),
            ),
            attributes: {
                title: "Cluster logs",
                description: "How much is logged, and who fails",
                hits: 0,
                version: 1,
                timeRestore: true,
                timeFrom: "now-1h",
                timeTo: "now",
                optionsJSON: JSON.stringify({ useMargins: true, syncColors: false, hidePanelTitles: false }),
                panelsJSON: JSON.stringify(panels.map(panel)),
                kibanaSavedObjectMeta: source("", {}, false),
            },
        },
    ];
}

/** The objects as the import's file: one JSON document a line. */
export function savedObjectsFile(objects = savedObjects()): string {
    return objects.map((one) => `${JSON.stringify(one)}\n`).join("");
}

interface Aggregation {
    type: string;
    schema: string;
    params: object;
}

function visualization(id: string, title: string, query: string, aggregations: Aggregation[]): SavedObject {
    const aggs = aggregations.map((one, index) => ({ id: String(index + 1), enabled: true, ...one }));
    const visState = { title, type: "histogram", aggs, params: chart };
    return {
        ...object("visualization", id, "7.10.0", [inDataView]),
        attributes: {
            title,
            description: "",
            uiStateJSON: "{}",
            version: 1,
            visState: JSON.stringify(visState),
            kibanaSavedObjectMeta: source(query),
        },
    };
}

const inDataView = { id: dataView, name: "kibanaSavedObjectMeta.searchSourceJSON.index", type: "index-pattern" };

const terms = (field: string, size: number) => ({
    ...{ field, size, orderBy: "1", order: "desc", otherBucket: false, missingBucket: false },
});

/** Stacked bars with one axis for each direction. */
const chart = {
    type: "histogram",
    addTooltip: true,
    addLegend: true,
    legendPosition: "right",
    addTimeMarker: false,
    times: [],
    grid: { categoryLines: false },
    categoryAxes: [
        {
            ...{ id: "CategoryAxis-1", type: "category", position: "bottom", show: true, style: {}, title: {} },
            scale: { type: "linear" },
            labels: { show: true, filter: true, truncate: 100 },
        },
    ],
    valueAxes: [
        {
            ...{ id: "ValueAxis-1", name: "LeftAxis-1", type: "value", position: "left", show: true, style: {} },
            scale: { type: "linear", mode: "normal" },
            labels: { show: true, rotate: 0, filter: false, truncate: 100 },
            title: { text: "Lines" },
        },
    ],
    seriesParams: [
        {
            ...{ show: true, type: "histogram", mode: "stacked", valueAxis: "ValueAxis-1" },
            data: { label: "Lines", id: "1" },
            ...{ drawLinesBetweenPoints: true, lineWidth: 2, showCircles: true },
        },
    ],
    labels: { show: false },
    thresholdLine: { show: false, value: 10, width: 1, style: "full", color: "#E7664C" },
};

/** Half the width each, side by side. */
function panel(id: string, index: number) {
    return {
        version: written,
        panelIndex: id,
        gridData: { x: index * 24, y: 0, w: 24, h: 15, i: id },
        embeddableConfig: { enhancements: {} },
        panelRefName: `panel_${index}`,
    };
}

function source(query: string, more: object = {}, indexed = true) {
    const index = indexed ? { indexRefName: inDataView.name } : {};
    return {
        searchSourceJSON: JSON.stringify({ query: { query, language: "lucene" }, filter: [], ...more, ...index }),
    };
}

function object(
    type: SavedObject["type"],
    id: string,
    version: string,
    references: SavedObject["references"] = [],
): Omit<SavedObject, "attributes"> {
    return { id, type, references, migrationVersion: { [type]: version }, coreMigrationVersion: written };
}
