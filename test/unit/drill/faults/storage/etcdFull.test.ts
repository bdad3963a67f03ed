import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { etcdFull } from "../../../../../operations/drill/faults/storage/etcdFull";
import { script } from "../../../../../operations/drill/faults/script";
import { Undo } from "../../../../../operations/drill/undo";
import { Sandbox } from "../../../cluster/sandbox";
import { stack, StandInApi, StandInShell } from "../../../status/standins";

const space = { status: 500, body: JSON.stringify({ message: "etcdserver: mvcc: database space exceeded" }) };

describe("an etcd that is full", () => {
    /** A cluster whose etcd takes so many bytes, and what is run on its hosts. */
    function full(room: number) {
        let made = false;
        const place = "/api/v1/namespaces/drill-etcd-full";
        const api = new StandInApi({
            [`DELETE ${place}`]: () => (made ? ((made = false), {}) : { status: 404, body: "" }),
            "POST /api/v1/namespaces": () => ((made = true), {}),
            [`POST ${place}/configmaps`]: ({ body = "" }) => ((room -= body.length) < 0 ? space : {}),
        });
        // Whatever is run succeeds: this is in every script.
        const shell = new StandInShell({ e: { stdout: "" } });
        const undo = new Undo(5);
        const context = { api, shell, undo, stack: stack() } as unknown as Context;
        return { api, shell, undo, scene: { context, host: "master" } as Scene, has: () => made };
    }

    it("is filled by ConfigMaps until it refuses one, under a quota of its own and with a timer before", async () => {
        const { scene, shell, api } = full(3_500_000);
        await etcdFull.break(scene);
        const written = api.requests.filter(({ path }) => path.endsWith("/configmaps"));
        assert.equal(written.length, 4);
        assert.ok(written.every(({ asked }) => asked.body!.length < 2 ** 20));
        const [first, second] = shell.runs.map((run) => run.script);
        assert.match(first, /^UNIT=drill-etcd-empty\n[^]*delete configmaps --all[^]*etcd-room[^]*QUOTA=usual/);
        assert.match(second, /^QUOTA=small\n/);
        assert.match((await etcdFull.noticed!(scene))!, /500 etcdserver: mvcc: database space exceeded/);
    });

    it("is given up where it takes too much, and another refusal is none", async () => {
        const { scene, api } = full(10 ** 12);
        await assert.rejects(etcdFull.break(scene), /etcd was not full after 160 ConfigMaps/);
        api.replies["POST /api/v1/namespaces/drill-etcd-full/configmaps"] = () => ({ status: 403, body: "{}" });
        await assert.rejects(etcdFull.noticed!(scene), /403/);
    });

    it("is repaired by deleting what fills it and making room, and nothing of it stays", async () => {
        const { scene, shell, undo, has } = full(2_500_000);
        await etcdFull.break(scene);
        await etcdFull.repair!.run(scene);
        assert.match(
            shell.runs.at(-1)!.script,
            /^kubectl .*delete configmaps --all .*&& \/usr\/local\/sbin\/etcd-room\n$/,
        );
        assert.deepEqual(await undo.all(), []);
        assert.equal(has(), false);
        const [quota, timer] = shell.runs.slice(-2).map((run) => run.script);
        assert.match(quota, /^QUOTA=usual\n/);
        assert.match(timer, /^UNIT=drill-etcd-empty\n[^]*systemctl stop/);
    });

    it("has a little more than it has as its quota, and the usual one again, in its manifest alone", async () => {
        const host = new Sandbox();
        try {
            const manifest = "/etc/kubernetes/manifests/etcd.yaml";
            const text = "    - --data-dir=/d\n    - --quota-backend-bytes=2147483648\n    image: etcd\n";
            host.write(manifest, text);
            host.write("/var/lib/test-cluster/prepared", "");
            host.standIn("chmod");
            host.standIn("kubectl");
            // etcd as it starts again with what its manifest says.
            host.standIn(
                "curl",
                `echo "etcd_mvcc_db_total_size_in_bytes \${SIZE:-4e+07}"
                sed -n "s/.*--quota-backend-bytes=/etcd_server_quota_backend_bytes /p" ${manifest}`,
            );
            const set = (quota: string, env = {}) => host.run(script("etcd-quota", { QUOTA: quota }), env);
            const { status, stderr } = await set("small");
            assert.equal(status, 0, stderr);
            const small = 4e7 * 1.25 + 64 * 2 ** 20;
            assert.equal(host.read(manifest), text.replace("2147483648", String(small)));
            // A second time, after a drill that was killed: the usual one is known still.
            assert.equal((await set("small")).status, 0);
            for (let times = 0; times < 2; times++) assert.equal((await set("usual")).status, 0);
            assert.equal(host.read(manifest), text);
            assert.deepEqual(fs.readdirSync(host.at("/etc/kubernetes")), ["manifests"]);
            const large = await set("small", { SIZE: "4e+08" });
            assert.match(large.stderr, /etcd has 400000000 bytes: too many for this drill/);
            assert.equal(host.read(manifest), text);
        } finally {
            host.remove();
        }
    });
});
