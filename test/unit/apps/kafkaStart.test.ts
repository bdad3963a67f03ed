import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { script } from "../../../cluster/shell";
import { Sandbox } from "../cluster/sandbox";

const volume = "/var/lib/data/kafka/volume";
const id = "q1Sh-9_ISia_zwGINzRvyQ";
const folder = path.join(__dirname, "../../../apps/kafka");
const start = script(
    path.join(folder, "start"),
    {
        DISK: "kafka",
        CLUSTER_ID: id,
        TOPICS: "logs 3 259200000 1073741824 134217728\naudit 1 3600000 16777216 2097152",
    },
    {
        "/opt/kafka/.env": "KAFKA_ADDRESS=10.20.0.11\n",
        "/usr/local/bin/kafka": fs.readFileSync(path.join(folder, "tool.sh"), "utf8"),
    },
);

/** What kafka-topics.sh says of a topic; its settings are as declared unless others are given. */
function described(topic: string, partitions: number, configs: string): string {
    return `Topic: ${topic}\tTopicId: 4uu6\tPartitionCount: ${partitions}\tReplicationFactor: 1\tConfigs: ${configs}\n`;
}
const logs = "segment.bytes=134217728,retention.ms=259200000,retention.bytes=1073741824";
const audit = "segment.bytes=2097152,retention.ms=3600000,retention.bytes=16777216";

describe("Kafka's start", () => {
    let host: Sandbox;
    const run = () => host.run(start);
    /** The tools that were run on the broker, with their arguments but for where it is. */
    const tools = () =>
        host
            .calls("docker")
            .map((call) => call.replaceAll(host.root, ""))
            .filter((call) => call.includes(" kafka /opt/kafka/bin/"))
            .map((call) =>
                call.replace(/^exec .* kafka \/opt\/kafka\/bin\/(\S+) --bootstrap-server 10\.20\.0\.11:9092 /, "$1 "),
            );
    const changes = () => tools().filter((call) => !call.endsWith("--describe"));

    beforeEach(() => {
        host = new Sandbox();
        for (const tool of ["systemctl", "journalctl", "chown", "mountpoint"]) host.standIn(tool);
        host.standIn("docker", `[[ "$*" != *--describe ]] || cat /var/described`);
        host.write("/var/described", described("logs", 3, logs) + described("audit", 1, audit));
        host.write(`${volume}/.keep`, "");
    });
    afterEach(() => host.remove());

    it("brings the container up and leaves topics that are as declared alone", async () => {
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.ok(host.calls("systemctl").includes("reload-or-restart kafka"));
        assert.ok(host.calls("systemctl").includes("enable --quiet kafka"), "it would not start with the host");
        assert.deepEqual(changes(), []);
    });

    it("makes topics that are missing, with their limits", async () => {
        host.write("/var/described", described("logs", 3, logs));
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(changes(), [
            "kafka-topics.sh --create --if-not-exists --topic audit --partitions 1 --config=retention.ms=3600000 " +
                "--config=retention.bytes=16777216 --config=segment.bytes=2097152",
        ]);
    });

    it("gives a topic the partitions and limits that it lacks", async () => {
        host.write(
            "/var/described",
            described("logs", 2, logs.replace("1073741824", "10737418240")) + described("audit", 1, audit),
        );
        const { status, stderr } = await run();
        assert.equal(status, 0, stderr);
        assert.deepEqual(changes(), [
            "kafka-topics.sh --alter --topic logs --partitions 3",
            "kafka-configs.sh --alter --entity-type topics --entity-name logs --add-config " +
                "retention.ms=259200000,retention.bytes=1073741824,segment.bytes=134217728",
        ]);
    });

    it("refuses to lose partitions, and says what to set", async () => {
        host.write("/var/described", described("logs", 6, logs) + described("audit", 1, audit));
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /topic logs has 6 partitions.* set kafka\.topics \(logs\)\.partitions to 6/);
        assert.deepEqual(changes(), []);
    });

    it("takes no topic for another whose name it is a pattern of", async () => {
        host.write("/var/described", described("logs", 3, logs) + described("audit-old", 1, audit));
        await run();
        assert.match(changes().join(), /--create --if-not-exists --topic audit /);
    });

    it("leaves a program for Kafka's tools, which does not give them the broker's heap", async () => {
        await run();
        await host.run("/usr/local/bin/kafka topics --list");
        const [call] = host.calls("docker").slice(-1);
        assert.match(call, /^exec .*--env KAFKA_HEAP_OPTS=-Xmx128m .* kafka \S+\/kafka-topics\.sh .*:9092 --list$/);
        const { status, stderr } = await host.run("/usr/local/bin/kafka");
        assert.deepEqual([status, stderr], [2, "kafka TOOL ARGUMENTS, such as: kafka topics --list\n"]);
    });

    it("starts nothing without its disk", async () => {
        host.standIn("mountpoint", "exit 1");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /disk kafka is not mounted on this host: Kafka is not started without its data/);
        assert.deepEqual(host.calls("docker"), []);
        assert.deepEqual(host.calls("systemctl"), []);
    });

    it("uses the data of its own cluster, and refuses another's, which it names", async () => {
        host.write(`${volume}/meta.properties`, `version=1\ncluster.id=${id}\nnode.id=1\n`);
        assert.equal((await run()).status, 0);
        host.write(`${volume}/meta.properties`, "version=1\ncluster.id=MkU3OEVBNTcwNTJENDM2Qg\nnode.id=1\n");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /belongs to Kafka's cluster MkU3OEVBNTcwNTJENDM2Qg.*Set kafka\.clusterId/s);
    });

    it("that fails shows the end of Kafka's log", async () => {
        host.standIn("systemctl", `[[ "$*" != reload-or-restart* ]]`);
        host.standIn("docker", "echo 'No space left on device'");
        const { status, stderr } = await run();
        assert.equal(status, 1);
        assert.match(stderr, /No space left on device.*Kafka did not come up; above is the end of its log/s);
    });
});
