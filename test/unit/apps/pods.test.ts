import * as assert from "node:assert/strict";
import { checksum, runAs } from "../../../apps/pods";

describe("what applications' pods have in common", () => {
    it("is a checksum of all that they read: it changes with any text, and with where one ends", () => {
        const all = [
            checksum("ab", "c"),
            checksum("a", "bc"),
            checksum("abc"),
            checksum("ab", "d"),
            checksum("c", "ab"),
        ];
        assert.equal(new Set(all).size, all.length);
        assert.equal(checksum("ab", "c"), all[0]);
        // A label's or annotation's value, of which a name may be made.
        for (const one of all) assert.match(one, /^[0-9a-f]{16}$/);
    });

    it("is a user that owns its volumes, whatever its group", () => {
        const { runAsUser, runAsGroup, fsGroup } = runAs(1000, 0);
        assert.deepEqual([runAsUser, runAsGroup, fsGroup], [1000, 0, 1000]);
        assert.equal(runAs(1000).runAsGroup, 1000);
    });
});
