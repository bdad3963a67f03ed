import { strict as assert } from "node:assert";

import { run, until } from "../../../rehearsal/command";
import { Queue } from "../../../rehearsal/queue";

describe("command", () => {
    it("returns what was printed, given its input", async () => {
        assert.equal(await run("cat", [], { input: "héllo" }), "héllo");
    });

    it("fails with the command, its status and what it said", async () => {
        await assert.rejects(
            run("sh", ["-c", "echo no such disk >&2; exit 3"]),
            /^Error: sh -c .*\(status 3\): no such disk$/,
        );
        await assert.rejects(run("/no/such/command", []), /\/no\/such\/command can't be run/);
    });

    it("survives a command that does not read its input", async () => {
        assert.equal(await run("true", [], { input: "x".repeat(1_000_000) }), "");
    });
});

describe("queue", () => {
    it("runs one key's tasks in turn, also after a failure, and other keys' beside them", async () => {
        const queue = new Queue();
        const order: string[] = [];
        let open = (): void => undefined;
        const gate = new Promise<void>((resolve) => (open = resolve));
        const first = queue.run("a", async () => {
            await gate;
            order.push("a1");
            throw new Error("a1 failed");
        });
        const second = queue.run("a", async () => order.push("a2"));
        await queue.run("b", async () => order.push("b1"));
        open();
        await assert.rejects(first, /a1 failed/);
        await second;
        assert.deepEqual(order, ["b1", "a1", "a2"]);
    });
});

describe("until", () => {
    it("says whether the condition came true", async () => {
        let looks = 0;
        assert.equal(await until(() => ++looks === 2, 5), true);
        assert.equal(await until(() => false, 0), false);
    });
});
