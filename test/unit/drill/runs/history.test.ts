import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { type DrillRecord, Recorder } from "../../../../operations/drill/record";
import { History } from "../../../../operations/drill/runs/history";

/** A drill that was run. */
export function record(drill: string, fields: Partial<DrillRecord> = {}): DrillRecord {
    const wants = [{ what: "a goal", wanted: "", got: "", met: true }];
    return { ...new Recorder({ drill, what: "", stack: "local" }).record, wants, ...fields };
}

describe("the drills' history", () => {
    let dir: string;
    beforeEach(() => (dir = fs.mkdtempSync(path.join(os.tmpdir(), "history-"))));
    afterEach(() => fs.rmSync(dir, { recursive: true, force: true }));
    const file = () => path.join(dir, "drills", "history.jsonl");
    const history = () => new History(path.join(dir, "drills"));

    it("is a line of JSON for each drill that was run", () => {
        const outcome = { notice: 12.5, repair: 41, lost: 2, taken: 300 };
        history().append(record("worker-off", { began: "2026-11-24T16:00:00.000Z", host: "node-02", outcome }));
        history().append(record("avalanche", { broken: "no" }));
        const lines = fs.readFileSync(file(), "utf8").split("\n");
        assert.deepEqual(JSON.parse(lines[0]), {
            ...{ drill: "worker-off", stack: "local", host: "node-02", began: "2026-11-24T16:00:00.000Z" },
            ...{ notice: 12.5, repair: 41, lost: 2, passed: true },
        });
        const { notice, repair, lost, passed } = JSON.parse(lines[1]) as Record<string, unknown>;
        assert.deepEqual([notice, repair, lost, passed, lines[2]], [null, null, null, false, ""]);
    });

    it("tells how a drill went the last time on the same stack, when it was repaired", () => {
        const times = (repair?: number) => ({ outcome: { notice: 1, repair } });
        assert.equal(history().last("worker-off", "local"), undefined);
        history().append(record("worker-off", times(40)));
        history().append(record("worker-off", times(39)));
        history().append(record("worker-off", times()));
        history().append(record("worker-off", { ...times(7), stack: "dev" }));
        history().append(record("kafka-reboot", times(8)));
        assert.equal(history().last("worker-off", "local")?.repair, 39);
    });

    it("goes on behind a line that was not written whole", () => {
        history().append(record("worker-off", { outcome: { repair: 39 } }));
        fs.appendFileSync(file(), '{"drill": "worker-off", "sta');
        assert.equal(history().last("worker-off", "local")?.repair, 39);
        history().append(record("worker-off", { outcome: { repair: 37 } }));
        assert.equal(history().last("worker-off", "local")?.repair, 37);
    });
});
