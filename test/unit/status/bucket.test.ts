import { strict as assert } from "node:assert";
import { bucketRow, copiesIn } from "../../../operations/status/bucket";
import { probesOf } from "../../../operations/status/probes";
import { rowsOf } from "../../../operations/status/rows";
import { cluster, host, now, stack, StandInShell } from "./standins";

const place = { name: "backups", host: "master" };
const says = (said: { stdout: string; failure?: string }) => new StandInShell({ "backup-copies check": said });

describe("the bucket in status", () => {
    it("is up with the number, the bytes and the age of its copies, by the word of the host that makes them", async () => {
        const shell = says({ stdout: "copies 12 3250000 2026-05-04T11:50:00Z\n" });
        const { seconds, copies } = await copiesIn(shell, "master");
        assert.equal(shell.runs[0].host, "master");
        const row = bucketRow(place, { what: "w", seconds, copies });
        const newest = new Date("2026-05-04T11:50:00Z");
        assert.deepEqual([row.state, row.since, row.uses], ["up", newest, { disk: { used: 3_250_000 } }]);
        assert.deepEqual(row.probe, { what: "12 in backups", seconds });
    });

    it("is up while it has nothing yet, and while it is being asked", async () => {
        const { copies } = await copiesIn(says({ stdout: "copies 0 0 \n" }), "master");
        assert.deepEqual(copies, { number: 0, bytes: 0 });
        const { state, since } = bucketRow(place, { what: "w", seconds: 1, copies });
        assert.deepEqual([state, since], ["up", undefined]);
        assert.equal(bucketRow(place, undefined).state, "up");
    });

    it("is down with the reason when the host says that something is missing, says nothing, or is gone", async () => {
        const failure = "2 older than 15 minutes not in the bucket backups, such as etcd-1";
        await assert.rejects(copiesIn(says({ stdout: "", failure }), "master"), { message: `master: ${failure}` });
        await assert.rejects(copiesIn(says({ stdout: "hm\n" }), "master"), /master says of the bucket: hm/);
        const row = bucketRow(place, { what: "w", failure });
        assert.deepEqual([row.state, row.reason], ["down", failure]);
        assert.match(bucketRow({ name: "backups" }, undefined).reason!, /is gone: pulumi up/);
    });

    it("has a row and a probe where the stack has one, also without a cluster, and none where it has not", () => {
        const facts = { cluster: new Error("down"), hosts: { master: host() } };
        const way = { shell: new StandInShell({}), seconds: 1, signal: new AbortController().signal };
        const names = (bucket?: typeof place) => [
            probesOf({ ...stack(), bucket }, facts, way).filter(({ name }) => name === "bucket").length,
            rowsOf({ ...stack(), bucket }, { ...facts, cluster: cluster() }, {}, now).filter(
                ({ name }) => name === "backup bucket",
            ).length,
        ];
        assert.deepEqual(
            [names(place), names()],
            [
                [1, 1],
                [0, 0],
            ],
        );
    });
});
