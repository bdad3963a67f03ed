import { strict as assert } from "node:assert";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { etcdLost } from "../../../../../operations/drill/faults/restores/etcd";
import { stack, StandInShell } from "../../../status/standins";

describe("etcd, when its database is damaged", () => {
    const scene = (says: StandInShell["says"]) => {
        const shell = new StandInShell(says);
        const context = { stack: stack(), shell } as unknown as Context;
        return { shell, here: { context, host: "" } as Scene };
    };

    it("is put back by the master itself, too, which is told so before", async () => {
        const { shell, here } = scene({ "systemd-run": { stdout: "" }, "/dev/zero": { stdout: "" } });
        await etcdLost.break(here);
        const [first, second, ...more] = shell.runs.map(({ script }) => script);
        assert.match(first, /^UNIT='?drill-etcd-mend/m);
        assert.match(first, /drill-away/);
        assert.match(second, /^LOCK='?\/run\/etcd-work\.lock/m);
        assert.deepEqual(more, []);
    });

    it("is not damaged where the master can't be told", async () => {
        const { shell, here } = scene({ "systemd-run": { stdout: "", failure: "no systemd" } });
        await assert.rejects(etcdLost.break(here), /master: no systemd/);
        assert.equal(shell.runs.length, 1);
    });

    it("is still to be put back by the master where the drill could not do it", async () => {
        const { shell, here } = scene({ "drill-away": { stdout: "", failure: "a restore is at work" } });
        await assert.rejects(etcdLost.putBack!(here), /a restore is at work/);
        assert.ok(!shell.runs.some(({ script }) => script.includes("systemctl stop")));
    });
});
