import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { parseSettings } from "../../../../../config";
import { ownSettings } from "../../../../sample";
import { recovering } from "../../../../../operations/drill/faults/up/recovered";

describe("a master whose successor begins with a backup", () => {
    const text = fs.readFileSync(path.join(__dirname, "../../../../../Pulumi.local.yaml"), "utf8");
    const key = "test-cluster:backup";
    const parsed = (yaml: string) => load(yaml) as { config: Record<string, unknown> };

    it("is asked for in the stack's configuration, where all else is as it was", () => {
        const before = parsed(text);
        const after = parsed(recovering(text));
        assert.deepEqual(after, {
            ...before,
            config: { ...before.config, [key]: { ...(before.config[key] as object), recoverFrom: "newest" } },
        });
        assert.equal(parseSettings(ownSettings(after.config)).backup.recoverFrom, "newest");
    });

    it("keeps what else is said of backups", () => {
        const more = recovering("config: {test-cluster:backup: {everyMinutes: 30}}");
        assert.deepEqual(parsed(more).config, { "test-cluster:backup": { everyMinutes: 30, recoverFrom: "newest" } });
    });
});
