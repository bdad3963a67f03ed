import { strict as assert } from "node:assert";
import { elapsed, json, table } from "../../../operations/status/render";
import type { Row } from "../../../operations/status/row";
import { ago, now } from "./standins";

const gib = 2 ** 30;
const rows: Row[] = [
    {
        part: "api",
        name: "Kubernetes API",
        state: "up",
        uses: {},
        probe: { what: "it says that it is ready", seconds: 0.012 },
    },
    {
        part: "node",
        name: "node node-01",
        state: "up",
        since: ago(133),
        uses: {
            memory: { used: 6.9 * gib, of: 7.7 * gib },
            cpu: { used: 0.424, of: 4 },
            disk: { used: 12 * gib, of: 39.2 * gib },
        },
        probe: { what: "it answers over SSH", seconds: 0.31 },
    },
    {
        part: "application",
        name: "Elasticsearch",
        state: "down",
        since: ago(3),
        uses: { memory: { used: 512 * 2 ** 20, of: gib * 1.5 }, cpu: { used: 0.02 } },
        probe: { what: "its health", failure: "red" },
        reason: "GET /_cluster/health: 503 no master; a reason so long that it does not fit into one line of a screen",
    },
    { part: "application", name: "Nacos", state: "absent", uses: {} },
    { part: "logs", name: "log line", state: "up", uses: {}, probe: { what: "" } },
];
const plain = (width = Infinity) => table("local", rows, now, { width, colour: false });

describe("the table", () => {
    it("has a line for each part, and why it is down below it", () => {
        const [title, ...lines] = plain().split("\n");
        assert.match(title, /^Stack local, \d\d:\d\d:\d\d$/);
        assert.deepEqual(lines, [
            "  part            state   since     memory        CPU     disk           probe",
            "✔ Kubernetes API  up      -         -             -       -              12 ms   it says that it is ready",
            "✔ node node-01    up      2 h 13 m  6.9/7.7 GiB!  0.42/4  12.0/39.2 GiB  310 ms  it answers over SSH",
            "✘ Elasticsearch   down    3 m 0 s   0.5/1.5 GiB   0.02    -              failed  its health",
            "    GET /_cluster/health: 503 no master; a reason so long that it does not fit into one line of a screen",
            "· Nacos           absent  -         -             -       -              -",
            "✔ log line        up      -         -             -       -              …",
            "3 up, 1 down, 1 not in this stack. ! = near its limit.",
        ]);
    });

    it("fits the screen, down to 40 columns, and always says state and reason", () => {
        for (const width of [120, 80, 60, 40]) {
            const text = plain(width);
            for (const line of text.split("\n").slice(1))
                assert.ok([...line].length <= Math.max(width, 54), `${width}: ${line}`);
            assert.match(text, /✘ Elasticsearch {3}down/);
            assert.match(text.replace(/\s+/g, " "), /does not fit into one line of a screen/);
        }
        assert.match(
            plain(80),
            /^✔ node node-01 {4}up {6}2 h 13 m {2}6\.9\/7\.7 GiB! {2}0\.42\/4 {2}12\.0\/39\.2 GiB {2}310 ms$/m,
        );
        assert.match(plain(60), /since {5}memory {8}probe/);
    });

    it("says a small size in KiB, and the use of something greater in the unit of that", () => {
        const shown = (disk: { used: number; of?: number }) =>
            table("local", [{ part: "backup", name: "b", state: "up", uses: { disk } }], now, {
                width: Infinity,
                colour: false,
            });
        assert.match(shown({ used: 419 * 1024 }), / 419 KiB /);
        assert.match(shown({ used: 3 * 2 ** 20 }), / 3 MiB /);
        assert.match(shown({ used: 419 * 1024, of: 64 * 2 ** 20 }), / 0\/64 MiB /);
    });

    it("has colours only where they are wanted", () => {
        const text = table("local", rows, now, { width: 80, colour: true });
        assert.ok(!plain().includes("\x1b"));
        assert.match(text, /\x1b\[32m✔\x1b\[0m node node-01/);
        assert.match(text, /\x1b\[31m✘\x1b\[0m Elasticsearch/);
        assert.match(text, /\x1b\[33m6\.9\/7\.7 GiB!\x1b\[0m/);
    });

    it("tells spans in their two greatest units", () => {
        assert.deepEqual([-3, 0, 59.6, 3599, 3600, 90000].map(elapsed), [
            "0 s",
            "0 s",
            "1 m 0 s",
            "59 m 59 s",
            "1 h 0 m",
            "1 d 1 h",
        ]);
    });
});

describe("the JSON document", () => {
    it("has the same in bytes, cores, seconds and UTC", () => {
        const { stack, at, up, parts } = JSON.parse(JSON.stringify(json("local", rows, now))) as {
            stack: string;
            at: string;
            up: boolean;
            parts: Record<string, unknown>[];
        };
        assert.deepEqual([stack, at, up], ["local", "2026-05-04T12:00:00.000Z", false]);
        assert.deepEqual(parts[3], {
            ...{ part: "application", name: "Nacos", state: "absent", up: null },
            ...{ since: null, uses: {}, probe: null, reason: null },
        });
        assert.deepEqual(parts[1].uses, rows[1].uses);
        assert.deepEqual([parts[1].since, parts[1].up, parts[2].up], ["2026-05-04T09:47:00.000Z", true, false]);
        assert.equal(json("local", rows.slice(0, 2), now)["up" as never], true);
    });
});
