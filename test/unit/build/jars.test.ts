import * as assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as path from "node:path";

import { parseJars } from "../../../rehearsal/mirror/image/jars";

const images = path.join(__dirname, "../../../rehearsal/mirror/image");

describe("lists of jars", () => {
    it("say a folder and an exact version of each", () => {
        const jars = parseJars("# A comment.\n\nlibs org.example:thing_2.13:1.0-2\n");
        assert.deepEqual(jars, [{ folder: "libs", group: "org.example", artifact: "thing_2.13", version: "1.0-2" }]);
        assert.throws(() => parseJars("org.example:thing:1.0"), /org\.example:thing:1\.0: not "<folder>/);
        assert.throws(() => parseJars("libs org.example:thing"), /not "<folder>/);
    });

    for (const name of ["elasticsearch", "kafka"])
        it(`of ${name} name nothing twice`, () => {
            const jars = parseJars(readFileSync(path.join(images, name, "jars.txt"), "utf8"));
            const artifacts = jars.map(({ group, artifact }) => `${group}:${artifact}`);
            assert.deepEqual(artifacts.length, new Set(artifacts).size);
        });
});
