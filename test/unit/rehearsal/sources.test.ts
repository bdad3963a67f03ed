import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { sourcesIn } from "../../../rehearsal/sources";

describe("the sources in a folder", () => {
    let folder: string;
    before(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "sources-"))));
    after(() => fs.rmSync(folder, { recursive: true }));

    it("are its files and those of the folders in it, in one order", () => {
        fs.mkdirSync(path.join(folder, "b", "deep"), { recursive: true });
        const names = ["z.ts", "b/deep/a.sh", "b/c.ts", "a.ts"];
        for (const name of names) fs.writeFileSync(path.join(folder, name), name);
        assert.deepEqual(
            sourcesIn(folder).map((file) => path.relative(folder, file)),
            ["a.ts", "b/c.ts", "b/deep/a.sh", "z.ts"],
        );
    });
});
