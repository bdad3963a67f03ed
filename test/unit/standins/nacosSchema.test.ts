import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { tableNames } from "../../../rehearsal/standins/nacos/store";
import { SqlTables } from "../../../rehearsal/standins/nacos/tables";

const file = path.join(__dirname, "../../../rehearsal/standins/nacos/mysql-schema.sql");
const schema = new Map(
    [...fs.readFileSync(file, "utf8").matchAll(/CREATE TABLE (\w+) \(\n([\s\S]*?)\n\)/g)].map(([, name, body]) => [
        name,
        [...body.matchAll(/^ {4}`?([a-z_0-9]+)`? [a-z]/gm)].map(([, column]) => column),
    ]),
);

const key = { dataId: "a", group: "g", namespace: "n" };
const both = { ...key, content: "c", md5: "m", appName: "", encryptedDataKey: "", user: "u", ip: "i" };
const config = { ...both, id: 1, type: "text", description: "", created: 0, modified: 0 };
const history = { ...both, id: 1, operation: "I" as const, extInfo: "{}", created: 0, modified: 0 };

/** Every statement of the store with its values. */
async function statements(): Promise<{ sql: string; values: unknown[] }[]> {
    const seen: { sql: string; values: unknown[] }[] = [];
    const query = async (statement: { sql: string; values: unknown[] }) => {
        seen.push(statement);
        return [[{ number: 0, created: new Date(), modified: new Date() }]];
    };
    const tables = new SqlTables({ query } as never, 1000);
    const page = { number: 1, size: 10 };
    await tables.config(key);
    await tables.configs({ ...key, content: "c" }, page);
    await tables.configCount("n");
    await tables.insertConfig(config);
    await tables.updateConfig(config);
    await tables.deleteConfig(1);
    await tables.history(key, page);
    await tables.historyEntry(1);
    await tables.insertHistory(history);
    await tables.namespaces();
    await tables.insertNamespace({ id: "n", name: "n", description: "" });
    await tables.updateNamespace({ id: "n", name: "n", description: "" });
    await tables.deleteNamespace("n");
    await tables.password("u");
    await tables.insertUser("u", "h");
    await tables.updatePassword("u", "h");
    await tables.usersOf("r");
    await tables.insertRole("u", "r");
    return seen;
}

describe("the tables of Nacos' stand-in", () => {
    it("are those of the schema", () => {
        assert.deepEqual([...schema.keys()].sort(), tableNames);
    });

    it("have every column that the statements name", async () => {
        for (const { sql } of await statements()) {
            const table = /(?:FROM|INTO|UPDATE) (\w+)/.exec(sql)![1];
            const named = [
                ...(/INSERT INTO \w+ \(([^)]*)\)/.exec(sql)?.[1].split(",") ?? []),
                ...[...sql.matchAll(/(\w+) (?:= \?|LIKE|AS (?!number))/g)].map(([, column]) => column),
            ].map((column) => column.trim());
            assert.ok(named.length || sql.includes("COUNT") || sql.includes("password"), sql);
            assert.deepEqual(
                named.filter((column) => !schema.get(table)?.includes(column)),
                [],
                sql,
            );
        }
    });

    it("get a value for each mark, and no value in the text", async () => {
        for (const { sql, values } of await statements()) assert.equal(sql.split("?").length - 1, values.length, sql);
    });
});
