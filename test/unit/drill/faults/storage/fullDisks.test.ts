import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import type { Context } from "../../../../../operations/drill/drill";
import type { Scene } from "../../../../../operations/drill/faults/fault";
import { elasticsearchFull, mysqlFull, nodeFull } from "../../../../../operations/drill/faults/storage/fullDisks";
import { script } from "../../../../../operations/drill/faults/script";
import type { Said } from "../../../../../operations/status/ssh";
import { Sandbox } from "../../../cluster/sandbox";
import { stack, StandInApi, StandInShell } from "../../../status/standins";

describe("a disk that is full", () => {
    it("of MySQL is noticed when it takes no row, with what status says of the disk", async () => {
        const shell = new StandInShell({ DISKS: { stdout: "disk mysql 95 100 1\nwritten mysql 10\n" } });
        const watch = { failing: undefined as string | undefined, different: async () => watch.failing };
        const context = { shell, stack: stack() } as unknown as Context;
        const scene = { context, host: "master", watch } as unknown as Scene;
        assert.equal(await mysqlFull.noticed!(scene), undefined);
        watch.failing = "MySQL: no answer within 6 s";
        assert.match(
            (await mysqlFull.noticed!(scene))!,
            /^disk mysql: above its watermark: disk used 95.*; MySQL: no answer/,
        );
        // Something else fails, and the disk is as it was.
        shell.says.DISKS = { stdout: "disk mysql 20 100 1\nwritten mysql 10\n" };
        assert.equal(await mysqlFull.noticed!(scene), undefined);
    });

    it("of Elasticsearch is noticed when it takes no document, and over when it takes one", async () => {
        const disk = { DISKS: { stdout: "disk elasticsearch 97 100 1\nwritten elasticsearch 10\n" } };
        const refusal =
            "index [drill] blocked by: [disk usage exceeded flood-stage watermark, index has read-only block]";
        const exec = (said: Said) => new StandInShell({ METHOD: said, ...disk });
        const sceneOf = (shell: StandInShell) => {
            const context = { shell, stack: { ...stack(), controlPlane: "master" } } as unknown as Context;
            return { context, host: "node-02" } as Scene;
        };
        const full = sceneOf(exec({ stdout: "", failure: JSON.stringify({ error: { reason: refusal } }) }));
        assert.match(
            (await elasticsearchFull.noticed!(full))!,
            /^disk elasticsearch: above its watermark.*; index \[drill\]/,
        );
        assert.match((await elasticsearchFull.missing!(full))!, /flood-stage/);
        const gone = sceneOf(exec({ stdout: "", failure: "no answer" }));
        await assert.rejects(elasticsearchFull.noticed!(gone), /no answer/);
    });

    it("of a node is noticed by what the kubelet says, and over when it says that it has room", async () => {
        const of = (status: string) => ({
            status: { conditions: [{ type: "DiskPressure", status, message: "kubelet has disk pressure" }] },
        });
        const said = (status: string) => {
            const api = new StandInApi({ "GET /api/v1/nodes/node-02": () => of(status) });
            return nodeFull.noticed!({ context: { api } as unknown as Context, host: "node-02" } as Scene);
        };
        assert.equal(await said("True"), "node node-02 has DiskPressure: kubelet has disk pressure");
        assert.equal(await said("False"), undefined);
    });

    it("is filled by a file at its root, to its last byte or a share of it, and free again without it", async () => {
        const host = new Sandbox();
        try {
            const place = host.at("/var/lib/data/mysql");
            host.write("/var/lib/data/mysql/volume/mysql/ibdata1", "data");
            const file = `${place}/.drill-full`;
            host.standIn("mountpoint");
            // A disk of 1000 bytes, that are not had at once.
            host.standIn(
                "df",
                `size=$(/usr/bin/stat --format %s ${file} 2>/dev/null || echo 0); echo Size Avail; echo 1000 $((1000 - size))`,
            );
            host.standIn("fallocate", `/usr/bin/fallocate "\${@:1:3}" $(($4 > 600 ? 600 : $4)) "$5"`);
            for (const left of [3, 0]) {
                const given = { PLACE: place, SHARE: String(left) };
                const { status, stderr } = await host.run(script("fill-disk", given));
                assert.equal(status, 0, stderr);
                assert.equal(fs.statSync(file).size, 1000 - 10 * left);
            }
            assert.deepEqual(fs.readdirSync(`${place}/volume/mysql`), ["ibdata1"]);
            for (let times = 0; times < 2; times++) {
                assert.equal((await host.run(script("free-disk", { PLACE: place }))).status, 0);
            }
            assert.deepEqual(fs.readdirSync(place), ["volume"]);
            host.standIn("mountpoint", "exit 1");
            const lost = await host.run(script("fill-disk", { PLACE: place, SHARE: "0" }));
            assert.match(lost.stderr, /mysql is no disk of its own/);
            assert.deepEqual(fs.readdirSync(place), ["volume"]);
        } finally {
            host.remove();
        }
    });

    it("of a node has a near threshold as long as it is filled, and its kubelet its own again afterwards", async () => {
        const host = new Sandbox();
        try {
            const config =
                "evictionHard:\n  memory.available: 200Mi\n  nodefs.available: 2Gi\nevictionSoft:\n  nodefs.available: 3Gi\n";
            host.write("/var/lib/kubelet/config.yaml", config);
            host.write("/run/keep", "");
            for (const tool of ["systemctl", "curl"]) host.standIn(tool);
            host.standIn("df", "echo Avail; echo 10737418240");
            host.standIn("fallocate", "touch /var/lib/kubelet/.drill-full");
            const shell = { run: async (_: string, text: string) => ({ ...(await host.run(text)) }) };
            const scene = { context: { shell }, host: "node-02" } as unknown as Scene;
            const dropIn = "/run/systemd/system/kubelet.service.d/90-drill-full.conf";
            host.standIn("systemd-run");
            await nodeFull.break(scene);
            assert.match(
                host.read(dropIn),
                /^\[Service\]\nEnvironment="KUBELET_CONFIG_ARGS=--config=\S+drill-full.yaml"\n$/,
            );
            const near = config.replace("nodefs.available: 2Gi", 'nodefs.available: "9663676416"');
            assert.equal(host.read("/run/drill-full.yaml"), near);
            await nodeFull.repair!.run(scene);
            const left = [dropIn, "/run/drill-full.yaml", "/var/lib/kubelet/.drill-full"].filter((file) =>
                host.exists(file),
            );
            assert.deepEqual(left, []);
            assert.equal(host.calls("systemctl").filter((call) => call === "restart kubelet").length, 2);
            assert.equal(host.read("/var/lib/kubelet/config.yaml"), config);
        } finally {
            host.remove();
        }
    });
});
