import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as net from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { KnownRows, type Sql, sqlBehind } from "../../../operations/drill/rows";

/** Stands in for MySQL's table. */
function table() {
    const rows = new Map<number, string>();
    let down = false;
    const sql: Sql = async (statement, [number, content] = []) => {
        if (down) throw new Error("connect ECONNREFUSED");
        if (statement.startsWith("INSERT")) return void rows.set(number as number, content as string);
        if (statement.includes("WHERE"))
            return rows.has(number as number) ? [{ content: rows.get(number as number) }] : [];
        return [...rows].map(([number, content]) => ({ number, content }));
    };
    return { sql, rows, fall: (is: boolean) => (down = is) };
}

describe("known rows", () => {
    it("are lost when MySQL took them and has them no more, or others", async () => {
        const { sql, rows } = table();
        const known = new KnownRows(sql);
        for (let count = 0; count < 5; count++) await known.write();
        assert.deepEqual(await known.compare(), { taken: 5, lost: 0 });
        rows.delete(1);
        rows.set(3, "other");
        assert.deepEqual(await known.compare(), { taken: 5, lost: 2 });
    });

    it("are not lost when MySQL never took them", async () => {
        const { sql, fall } = table();
        const known = new KnownRows(sql);
        await known.write();
        fall(true);
        await assert.rejects(known.write(), /ECONNREFUSED/);
        fall(false);
        await known.write();
        assert.deepEqual(await known.compare(), { taken: 2, lost: 0 });
    });

    it("fail when what was taken can't be read", async () => {
        const { sql } = table();
        const forgetful: Sql = (statement, values) =>
            statement.startsWith("INSERT") ? Promise.resolve() : sql(statement, values);
        await assert.rejects(new KnownRows(forgetful).write(), /row 0 was taken and can't be read/);
    });
});

describe("MySQL behind a socket", () => {
    it("fails when nothing is there, and when what is there says nothing", async () => {
        const dir = fs.mkdtempSync(path.join(os.tmpdir(), "rows-"));
        const socket = path.join(dir, "mysql.sock");
        const silent = net.createServer();
        try {
            await assert.rejects(sqlBehind(socket, "", 1)("SELECT 1"), /ENOENT/);
            await new Promise<void>((resolve) => silent.listen(socket, resolve));
            await assert.rejects(sqlBehind(socket, "", 0.2)("SELECT 1"), /ETIMEDOUT/);
        } finally {
            silent.close();
            fs.rmSync(dir, { recursive: true });
        }
    });
});
