import * as assert from "node:assert/strict";

import { SavedObject, dataView, savedObjects, savedObjectsFile } from "../../apps/elk/savedObjects";

const objects = savedObjects();
const of = (type: SavedObject["type"]) => objects.filter((object) => object.type === type);
const parsed = (object: SavedObject, name: string) => JSON.parse(String(object.attributes[name]));
const source = (object: SavedObject) =>
    JSON.parse((object.attributes.kibanaSavedObjectMeta as { searchSourceJSON: string }).searchSourceJSON);

/** The newest form of each type that Kibana 7.17.28 reads. */
const newest: Record<string, string> = {
    "index-pattern": "7.11.0",
    search: "7.9.3",
    visualization: "7.17.0",
    dashboard: "7.17.3",
};

describe("Kibana's saved objects", () => {
    it("are a data view on the logs, a search, a dashboard and its two visualizations", () => {
        assert.deepEqual(
            objects.map((object) => object.type),
            ["index-pattern", "search", "visualization", "visualization", "dashboard"],
        );
        const [view] = of("index-pattern");
        assert.deepEqual([view.id, view.attributes.title], [dataView, "logs*"]);
        assert.equal(view.attributes.timeFieldName, "@timestamp");
        assert.deepEqual(of("search")[0].attributes.columns, [
            "kubernetes.namespace",
            "kubernetes.pod.name",
            "message",
        ]);
    });

    it("refer only to each other, and to each by a name that is used", () => {
        const ids = objects.map((object) => `${object.type}:${object.id}`);
        for (const object of objects)
            for (const { type, id, name } of object.references) {
                assert.ok(ids.includes(`${type}:${id}`), `${object.id} refers to ${type}:${id}`);
                assert.ok(JSON.stringify(object.attributes).includes(name), `${object.id} does not use ${name}`);
            }
        for (const object of [...of("search"), ...of("visualization")])
            assert.equal(source(object).indexRefName, object.references[0].name);
    });

    it("are written in a form that Kibana 7.17 reads or migrates", () => {
        const number = (version: string) => version.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0);
        for (const { type, migrationVersion, coreMigrationVersion } of objects) {
            assert.deepEqual(Object.keys(migrationVersion), [type]);
            assert.ok(number(migrationVersion[type]) <= number(newest[type]), type);
            assert.ok(number(coreMigrationVersion) <= number("7.17.28"), type);
        }
    });

    it("put the dashboard's panels side by side within its 48 columns", () => {
        const [dashboard] = of("dashboard");
        const panels = parsed(dashboard, "panelsJSON") as {
            gridData: { x: number; w: number };
            panelRefName: string;
        }[];
        assert.deepEqual(
            panels.map((panel) => panel.panelRefName),
            dashboard.references.map((reference) => reference.name),
        );
        assert.deepEqual(
            panels.map(({ gridData }) => [gridData.x, gridData.x + gridData.w]),
            [
                [0, 24],
                [24, 48],
            ],
        );
    });

    it("chart counts by a metric, each axis by an aggregation of its own id", () => {
        for (const visualization of of("visualization")) {
            const { aggs, type, params } = parsed(visualization, "visState");
            assert.deepEqual([type, params.type], ["histogram", "histogram"]);
            assert.deepEqual(aggs[0].schema, "metric");
            assert.equal(new Set(aggs.map((one: { id: string }) => one.id)).size, aggs.length);
            assert.equal(params.seriesParams[0].data.id, aggs[0].id);
        }
    });

    it("are a file of one JSON document a line", () => {
        const lines = savedObjectsFile().split("\n");
        assert.equal(lines.pop(), "");
        assert.deepEqual(
            lines.map((line) => JSON.parse(line)),
            objects,
        );
    });
});
