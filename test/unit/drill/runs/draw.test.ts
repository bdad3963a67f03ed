import { strict as assert } from "node:assert";
import type { Drill } from "../../../../operations/drill/drill";
import { draw, inOrder } from "../../../../operations/drill/runs/draw";
import { stack } from "../../status/standins";

const drill = (name: string, fields: Partial<Drill> = {}): Drill => {
    return { name, what: "", flags: {}, run: async () => [], ...fields };
};
const hosts = ["master", "node-01", "node-02"];
const all = [
    drill("rebuild", { destructive: "whole cluster" }),
    drill("off", { hosts: () => hosts }),
    drill("drift"),
    drill("killed", { hosts: () => hosts }),
    drill("nowhere", { hosts: () => [] }),
    drill("lacking", { lacks: () => "a bucket" }),
];
const drawn = (seed: number, count: number) =>
    draw(all, stack(), seed, count).map(({ drill, host = "" }) => `${drill.name} ${host}`);

describe("drills that are drawn", () => {
    it("are the same from the same seed, and others from others", () => {
        assert.deepEqual(drawn(7, 20), drawn(7, 20));
        const ways = new Set(Array.from({ length: 30 }, (_, seed) => drawn(seed, 3).join()));
        assert.ok(ways.size > 10, `${ways.size} of 30 seeds`);
    });

    it("come once each before one comes again; every host that a drill takes can be hit", () => {
        const names = drawn(3, 6).map((word) => word.split(" ")[0]);
        assert.deepEqual(
            [names.slice(0, 3).sort(), names.slice(3).sort()],
            [
                ["drift", "killed", "off"],
                ["drift", "killed", "off"],
            ],
        );
        const seen = new Set(Array.from({ length: 50 }, (_, seed) => drawn(seed, 3)).flat());
        const wanted = ["drift ", ...["off", "killed"].flatMap((name) => hosts.map((host) => `${name} ${host}`))];
        assert.deepEqual([...seen].sort(), wanted.sort());
    });

    it("are none that take the whole cluster down, and none that this stack has no host or nothing else for", () => {
        assert.ok(!drawn(1, 50).some((word) => /rebuild|nowhere|lacking/.test(word)));
        assert.throws(() => draw([all[0], all[4]], stack(), 1, 1), /there is no drill to be drawn/);
    });

    it("are all that the stack has a host for when all are wanted, those for the whole cluster last", () => {
        const names = inOrder(all, stack()).map(({ drill }) => drill.name);
        assert.deepEqual(names, ["off", "drift", "killed", "rebuild"]);
    });
});
