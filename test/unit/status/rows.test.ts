import { strict as assert } from "node:assert";
import type { DiskLook, HostLook } from "../../../operations/status/host";
import type { Facts } from "../../../operations/status/probes";
import type { Probed, Row } from "../../../operations/status/row";
import { rowsOf } from "../../../operations/status/rows";
import type { Stack } from "../../../operations/status/stack";
import { manifest } from "../backup/example";
import { ago, cluster, host, node, now, pod, stack } from "./standins";

const probed: Record<string, Probed> = {
    ...Object.fromEntries(
        ["Kafka", "MySQL", "Nacos", "Elasticsearch", "Kibana", "log line"].map((name) => [
            name,
            { what: "w", seconds: 1 },
        ]),
    ),
    "backup files": {
        what: "w",
        seconds: 1,
        backups: [manifest("etcd-1", 10, { kind: "etcd" }), manifest("mysql-1", 10)],
    },
    snapshots: { what: "w", seconds: 1, backups: [manifest("es-1", 60, { kind: "elasticsearch" })] },
};

/** Rows by name, of a stack in which all is well but for what is given. */
function rows(facts: Partial<Facts> = {}, of: Partial<Stack> = {}, probes = probed): Record<string, Row> {
    const all = { cluster: cluster(), hosts: { master: host() }, ...facts };
    const found = rowsOf({ ...stack(), ...of }, all, probes, now);
    return Object.fromEntries(found.map((row) => [row.name, row]));
}
const states = (found: Record<string, Row>, state: Row["state"]) =>
    Object.values(found).flatMap((row) => (row.state === state ? [row.name] : []));

describe("the parts' states", () => {
    it("are up, with what they use and how the probe went", () => {
        const found = rows();
        assert.deepEqual(Object.keys(found), [
            ...["Kubernetes API", "guardrails", "node master", "disk mysql", "disk kafka", "Kafka"],
            ...["MySQL", "Nacos", "Filebeat", "Logstash", "Elasticsearch", "Kibana", "Watermarks", "log line"],
            ...["backup etcd", "backup mysql", "backup elasticsearch"],
        ]);
        assert.deepEqual(states(found, "up"), Object.keys(found));
        assert.deepEqual(found["node master"].uses, {
            memory: { used: 2 ** 31, of: 2 ** 32 },
            cpu: { used: 0.42, of: 2 },
            disk: { used: 10 * 2 ** 30, of: 40 * 2 ** 30 },
        });
        assert.equal(found.MySQL.probe?.seconds, 1);
        assert.equal(found.Filebeat.probe, undefined);
        assert.ok(Object.values(found).every(({ reason }) => reason === undefined));
    });

    it("of the API say how long its certificate lasts, and are down in time before it ends", () => {
        const api = (days: number) => rows({ cluster: { ...cluster(), certificateUntil: ago(-days * 24 * 60 - 1) } });
        const { state, probe, reason } = api(14)["Kubernetes API"];
        assert.deepEqual([state, reason], ["up", undefined]);
        assert.equal(probe?.what, "it says that it is ready; its certificate has 14 days left");
        const late = api(13)["Kubernetes API"];
        assert.equal(late.state, "down");
        assert.match(late.reason!, /^its certificate ends in 13 days: .*systemctl start renew-certificates$/);
    });

    it("of the API are down when etcd takes nothing any more, and show what it has of its quota", () => {
        const use = { used: 2 ** 30, of: 2 ** 31 };
        const api = (etcd: HostLook["etcd"], of: Partial<Facts> = {}) =>
            rows({ hosts: { master: { ...host(), etcd } }, ...of })["Kubernetes API"];
        assert.deepEqual([api({ use }).state, api({ use }).uses.disk], ["up", use]);
        const full = api({ use, alarm: "NOSPACE" });
        assert.equal(full.state, "down");
        assert.match(full.reason!, /^etcd takes nothing any more \(alarm NOSPACE\): .*etcd-room$/);
        const silent = api({ use, alarm: "NOSPACE" }, { cluster: new Error("no answer") });
        assert.match(silent.reason!, /^no answer; etcd takes nothing/);
    });

    it("are absent where the stack does not have them", () => {
        const bare = { ...cluster(), workloads: [], pods: [] };
        const found = rows({ cluster: bare }, { kafka: undefined, workloads: [], guardrails: [] });
        assert.deepEqual(states(found, "absent"), [
            ...[
                "guardrails",
                "Kafka",
                "MySQL",
                "Nacos",
                "Filebeat",
                "Logstash",
                "Elasticsearch",
                "Kibana",
                "Watermarks",
                "log line",
                "backup elasticsearch",
            ],
        ]);
        assert.deepEqual(states(found, "down"), []);
    });

    it("are down when the stack made them and the cluster has them no more", () => {
        const found = rows({ cluster: { ...cluster(), workloads: [] } });
        assert.match(found.MySQL.reason!, /not in the cluster/);
        assert.equal(found["log line"].reason, "not tried: Filebeat is down");
    });

    it("are down one and all when nothing answers, each saying why once", () => {
        const failure = "ssh: connect to host 198.51.100.2 port 22: Connection timed out";
        const found = rows(
            { cluster: new Error("no answer within 6 s"), hosts: { master: { failure, disks: {} } } },
            {},
            { "backup files": { what: "w", failure } },
        );
        assert.deepEqual(states(found, "down"), Object.keys(found));
        assert.equal(found["Kubernetes API"].reason, "no answer within 6 s");
        assert.equal(found["node master"].reason, `${failure}; not known: the Kubernetes API does not answer`);
        assert.equal(found["disk mysql"].reason, failure);
        assert.equal(found.Kafka.reason, failure);
        assert.equal(found.MySQL.reason, "not known: the Kubernetes API does not answer");
    });

    it("are down by the API, though hosts and disks and Kafka are not", () => {
        const others = { ...probed };
        delete others.snapshots;
        const found = rows({ cluster: new Error("connection refused") }, {}, others);
        assert.equal(found["backup elasticsearch"].reason, "not known: Elasticsearch is down");
        assert.deepEqual(states(found, "up"), ["disk mysql", "disk kafka", "Kafka", "backup etcd", "backup mysql"]);
        assert.deepEqual(found["node master"].uses.memory, { used: 2 ** 30, of: 4 * 2 ** 30 });
    });

    it("are down by a failed probe, though Kubernetes calls them ready", () => {
        const failed = { what: "w", failure: "ERROR 1290 (HY000): read only" };
        const found = rows({}, {}, { ...probed, MySQL: failed, "log line": { what: "w", failure: "node-02: late" } });
        assert.deepEqual(states(found, "down"), ["MySQL", "log line"]);
        assert.deepEqual([found.MySQL.reason, found.MySQL.since], [failed.failure, undefined]);
    });

    it("are not what the probe says while it has not come to its end", () => {
        const found = rows({}, {}, {});
        assert.deepEqual(states(found, "down"), []);
        assert.deepEqual([found.MySQL.probe?.seconds, found.MySQL.probe?.failure], [undefined, undefined]);
    });

    it("are the guardrails': down when a policy is gone or refuses nothing, and where they are off is said", () => {
        const labels = { "guardrails.test-cluster/off": "drill" };
        const of = (holding: string[], off = [{ metadata: { name: "hogs", labels } }], warning: string[] = []) =>
            rows({ cluster: { ...cluster(), guardrails: { holding, warning, off } } }).guardrails;
        const { state, reason } = of(stack().guardrails);
        assert.deepEqual([state, reason], ["up", "switched off in hogs (drill)"]);
        const gone = of(["guardrails-quota", "other"], []);
        assert.equal(gone.state, "down");
        assert.equal(gone.reason, "not in the cluster: guardrails-memory-limit: pulumi up --refresh");
        const lax = of(stack().guardrails, [], ["guardrails-quota"]);
        assert.equal(lax.state, "down");
        assert.match(
            lax.reason!,
            /only warn: guardrails-quota: if none runs now, npm run drill -- tidy --stack local$/,
        );
    });

    it("are a node's: not ready, no node, silent over SSH; under pressure or cordoned it is up", () => {
        const of = (nodes: ReturnType<typeof node>[], look = host()) =>
            rows({ cluster: { ...cluster(), nodes }, hosts: { master: look } })["node master"];
        assert.equal(of([node("master", "Unknown")]).reason, "not ready: Kubelet stopped posting");
        assert.equal(of([]).reason, "it is no node of the cluster");
        const silent = of([node("master")], { ...host(), seconds: undefined, failure: "timed out" });
        assert.deepEqual([silent.state, silent.reason], ["down", "timed out"]);
        const pressed = node("master");
        pressed.status.conditions!.push({ type: "MemoryPressure", status: "True" });
        pressed.spec.unschedulable = true;
        const row = of([pressed]);
        assert.deepEqual([row.state, row.reason], ["up", "MemoryPressure; it takes no new pods (cordoned)"]);
    });

    it("are a disk's: not mounted, not writable, attached nowhere, or not said in time", () => {
        const of = (disk: Partial<DiskLook> | undefined, rest: object = {}, place: string | undefined = "master") => {
            const disks = { ...host().disks, mysql: disk as DiskLook };
            return rows(
                { hosts: { master: { ...host(), ...rest, disks } } },
                { disks: [{ name: "mysql", host: place }] },
            )["disk mysql"];
        };
        assert.equal(of({ mounted: false }).reason, "not mounted on master");
        assert.equal(of({ mounted: true, failure: "Read-only file system" }).reason, "Read-only file system");
        const late = { failure: "master gave no answer over SSH within 8 s" };
        assert.equal(of({ mounted: true }, late).reason, `no file could be written: ${late.failure}`);
        assert.equal(of(undefined, late).reason, late.failure);
        const nowhere = rows({}, { disks: [{ name: "mysql" }] })["disk mysql"];
        assert.deepEqual([nowhere.state, nowhere.reason], ["down", "it is attached to no host"]);
    });

    it("are Kafka's: its container is not well, or its host is gone", () => {
        const container = { running: false, failure: "its container is exited" };
        const ended = rows({ hosts: { master: { ...host(), container } } }, {}, {}).Kafka;
        assert.deepEqual([ended.state, ended.reason, ended.probe], ["down", container.failure, undefined]);
        const failed = rows({}, {}, { ...probed, Kafka: { what: "w", failure: "no answer" } }).Kafka;
        assert.deepEqual([failed.state, failed.reason, failed.since], ["down", "no answer", undefined]);
        assert.match(rows({}, { kafka: {} }).Kafka.reason!, /its host is gone/);
    });

    it("do not try the log line while Filebeat or Elasticsearch is not ready", () => {
        const all = cluster();
        all.workloads.find(({ metadata }) => metadata.name === "elasticsearch")!.status = { readyReplicas: 0 };
        all.pods = [pod("logging/elasticsearch-0", { app: "elasticsearch" }, { conditions: [], phase: "Pending" })];
        const { "log line": line, Elasticsearch } = rows({ cluster: all }, {}, {});
        assert.equal(Elasticsearch.reason, "0 of 1 ready: elasticsearch-0 on node-02: Pending");
        assert.deepEqual([line.state, line.reason], ["down", "not tried: Elasticsearch is down"]);
    });
});
