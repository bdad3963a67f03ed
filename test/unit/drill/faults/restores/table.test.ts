import { strict as assert } from "node:assert";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { backupDamaged } from "../../../../../operations/drill/faults/restores/damaged";
import { rowsDeleted, tableDropped } from "../../../../../operations/drill/faults/restores/table";
import { Recorder } from "../../../../../operations/drill/record";
import { MySql } from "./mysql";

describe("a table that is dropped", () => {
    let server: MySql;
    let here: Scene;
    beforeEach(() => {
        server = new MySql();
        const { stack, api } = server;
        const recorder = new Recorder({ drill: "", what: "", stack: "local" });
        const { signal } = new AbortController();
        const context = { stack, api, shell: server, recorder, signal, say: () => undefined } as unknown as Context;
        here = { context, watch: undefined as never, host: "", signal };
    });
    afterEach(() => server.folder.remove());
    const fact = (name: string) => here.context.recorder.record.facts.find((one) => one.name === name)?.value;

    it("is missed, and comes back with every row of its backup, and with none that was written after it", async () => {
        await tableDropped.prepare!(here);
        assert.equal(await tableDropped.noticed!(here), undefined);
        const before = { ...server.rows };
        await tableDropped.break(here);
        assert.equal(await tableDropped.noticed!(here), "MySQL has no table kept");
        await tableDropped.repair!.run(here);
        assert.equal(await tableDropped.missing!(here), undefined);
        assert.deepEqual([Object.keys(before).length, Object.keys(server.rows!).length], [1010, 1000]);
        assert.match(fact("Rows written after the backup")!, /^10 of 10 lost/);
        server.rows![500] = server.rows![501];
        assert.match((await tableDropped.missing!(here))!, /table kept has other rows than in the backup/);
    });

    it("is not dropped where MySQL has not taken its rows", async () => {
        const { run } = server;
        server.run = async (host, script) => {
            const said = await run.call(server, host, script);
            if (server.rows) delete server.rows[3];
            return said;
        };
        await assert.rejects(tableDropped.prepare!(here), /MySQL has 999 of 1000 rows/);
        assert.deepEqual(server.folder.names(), []);
    });

    it("whose rows are deleted has them back, those too that were written after its backup", async () => {
        await rowsDeleted.prepare!(here);
        assert.equal(await rowsDeleted.noticed!(here), undefined);
        await rowsDeleted.break(here);
        assert.equal(await rowsDeleted.noticed!(here), "table kept has 505 of 1010 rows");
        assert.match((await rowsDeleted.missing!(here))!, /table kept has other rows than before/);
        await rowsDeleted.repair!.run(here);
        assert.equal(await rowsDeleted.missing!(here), undefined);
        assert.equal(Object.keys(server.rows!).length, 1010);
    });

    it("comes back from the one that is named where the newest backup is damaged, which is then removed", async () => {
        await backupDamaged.prepare!(here);
        const [good, damaged] = server.folder.names();
        assert.match(server.later[0], /FOLDER=\S+\/mysql\n/);
        await backupDamaged.break(here);
        await backupDamaged.repair!.run(here);
        assert.equal(await backupDamaged.missing!(here), undefined);
        assert.match(fact("The refusal")!, new RegExp(`${damaged}: it is damaged.* ${good}$`, "s"));
        assert.deepEqual(server.folder.names(), [good]);
    });

    it("has the damaged backup refused also where another is newer by then", async () => {
        await backupDamaged.prepare!(here);
        const [good] = server.folder.names();
        const later = "mysql-20990504T120000Z";
        const copy = `cp "$FOLDER/${good}.sealed" "$FOLDER/${later}.sealed"
            sed 's/${good}/${later}/; s/"at":"..../"at":"2099/' "$FOLDER/${good}.json" >"$FOLDER/${later}.json"`;
        assert.equal(server.folder.run(copy).status, 0);
        await backupDamaged.break(here);
        await backupDamaged.repair!.run(here);
        assert.match(fact("The refusal")!, new RegExp(`is damaged.* ${later}$`, "s"));
        assert.equal(await backupDamaged.missing!(here), undefined);
        assert.deepEqual(server.folder.names(), [good, later]);
    });

    it("has failed where a damaged backup is restored", async () => {
        await backupDamaged.prepare!(here);
        const [good, damaged] = server.folder.names();
        server.folder.run(`cp "$FOLDER/${good}.sealed" "$FOLDER/${damaged}.sealed"`);
        await backupDamaged.break(here);
        await assert.rejects(backupDamaged.repair!.run(here), new RegExp(`${damaged} is damaged, and was restored`));
        await backupDamaged.putBack!(here);
        assert.deepEqual(server.folder.names(), [good]);
    });
});
