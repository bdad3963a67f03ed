import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import { hostLook, script } from "../../../operations/status/host";
import { Sandbox } from "../cluster/sandbox";

describe("what a host says of itself", () => {
    let host: Sandbox;
    const look = async (disks: string, kafka = "") => {
        const { stdout, status, stderr } = await host.run(script("host", { DISKS: disks, KAFKA: kafka }));
        assert.equal(status, 0, stderr);
        return hostLook(stdout);
    };

    beforeEach(() => {
        host = new Sandbox();
        fs.mkdirSync(host.at("/var/lib/data/mysql"), { recursive: true });
        host.standIn("df", 'echo Used 1B-blocks; echo "1000 5000"');
        host.standIn("mountpoint", "[[ $2 == */mysql || $2 == */full ]]");
        host.standIn("systemctl", "echo Mon 2026-05-04 12:00:00 UTC");
        host.standIn("systemd-escape", "echo unit");
        host.standIn("timeout", 'shift; "$@"');
    });
    afterEach(() => host.remove());

    it("is its memory, its system disk, and each data disk: mounted, since when, how full, written to", async () => {
        const { memory, system, disks, container } = await look("mysql away");
        assert.ok(memory!.used > 2 ** 20 && memory!.of! > memory!.used, JSON.stringify(memory));
        assert.deepEqual(system, { used: 1000, of: 5000 });
        assert.deepEqual(disks.away, { mounted: false });
        assert.equal(disks.mysql.since?.toISOString(), "2026-05-04T12:00:00.000Z");
        assert.deepEqual(disks.mysql.use, { used: 1000, of: 5000 });
        assert.ok(disks.mysql.written! > 0 && disks.mysql.written! < 20, String(disks.mysql.written));
        assert.equal(disks.mysql.failure, undefined);
        assert.deepEqual(fs.readdirSync(host.at("/var/lib/data/mysql")), []);
        assert.equal(container, undefined);
    });

    it("is why a disk can't be written to, whose file is removed all the same", async () => {
        fs.mkdirSync(host.at("/var/lib/data/full"));
        host.standIn("dd", "echo dd: error writing: No space left on device >&2; exit 1");
        const { disks } = await look("mysql full gone");
        assert.match(disks.full.failure!, /No space left on device/);
        assert.equal(disks.full.written, undefined);
        assert.deepEqual(fs.readdirSync(host.at("/var/lib/data/full")), []);
    });

    it("is what etcd has of its quota, and its alarm, where the control plane is", async () => {
        host.standIn(
            "curl",
            `[[ $* == */metrics ]] && cat /etc/metrics || echo '{"health":"false","reason":"ALARM NOSPACE"}'`,
        );
        host.write(
            "/etc/metrics",
            `# TYPE etcd_mvcc_db_total_size_in_bytes gauge
etcd_mvcc_db_total_size_in_bytes 1.9038208e+07
etcd_mvcc_db_total_size_in_use_in_bytes 1.7043456e+07
etcd_server_quota_backend_bytes 2.147483648e+09
`,
        );
        assert.equal((await look("")).etcd, undefined);
        host.write("/etc/kubernetes/manifests/etcd.yaml", "");
        assert.deepEqual((await look("")).etcd, { use: { used: 19038208, of: 2 ** 31 }, alarm: "NOSPACE" });
        host.standIn("curl", `[[ $* == */metrics ]] && cat /etc/metrics || echo '{"health":"true","reason":""}'`);
        assert.equal((await look("")).etcd!.alarm, undefined);
    });

    it("is Kafka's container, its memory and CPU", async () => {
        host.standIn(
            "docker",
            `if [[ $1 == inspect ]]; then
                echo "running healthy 2026-05-04T11:00:00.5Z 0001-01-01T00:00:00Z 0 false"
            else
                echo "512MiB / 1GiB / 1.50%"
            fi`,
        );
        assert.deepEqual((await look("", "here")).container, {
            running: true,
            since: new Date("2026-05-04T11:00:00.5Z"),
            memory: { used: 2 ** 29, of: 2 ** 30 },
            cpu: { used: 0.015 },
        });
    });

    it("is what is wrong with Kafka's container: ended, killed, unhealthy, not there", async () => {
        const said = async (body: string) => {
            host.standIn("docker", body);
            return (await look("", "here")).container;
        };
        const ended = await said("echo exited unhealthy 2026-05-04T11:00:00Z 2026-05-04T11:30:00Z 137 true");
        assert.equal(ended?.failure, "its container is exited, exit status 137, out of memory");
        assert.equal(ended?.since?.toISOString(), "2026-05-04T11:30:00.000Z");
        const sick = await said("echo running unhealthy 2026-05-04T11:00:00Z 0001-01-01T00:00:00Z 0 false");
        assert.deepEqual([sick?.running, sick?.failure], [true, "its container is unhealthy"]);
        const none = await said("echo; echo Error: No such container: kafka >&2; exit 1");
        assert.deepEqual(none, { running: false, failure: "Error: No such container: kafka" });
    });

    it("is understood as far as it got", () => {
        const { memory, disks } = hostLook("memory 1 2\ndisk mysql 3 4 5\nwritten mys");
        assert.deepEqual(memory, { used: 1, of: 2 });
        assert.deepEqual(disks.mysql, { mounted: true, use: { used: 3, of: 4 }, since: new Date(5000) });
    });
});
