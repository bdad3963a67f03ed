import * as assert from "node:assert/strict";

import { together } from "../../../rehearsal/build/together";

describe("two works at once", () => {
    it("give both results", async () => {
        const works: [Promise<number>, Promise<string>] = [Promise.resolve(1), Promise.resolve("a")];
        assert.deepEqual(await together(works, assert.fail), [1, "a"]);
    });

    it("fail with the first failure, of which the other work hears, and which waits for it", async () => {
        const heard: string[] = [];
        let end = (): void => undefined;
        const other = new Promise<void>((_, reject) => (end = () => reject(new Error("ended"))));
        const both = together(
            [Promise.reject(new Error("no disk")), other.finally(() => heard.push("ended"))],
            (error) => {
                heard.push(error.message);
                end();
            },
        );
        await assert.rejects(both, /no disk/);
        assert.deepEqual(heard, ["no disk", "ended"]);
    });
});
