import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";

import { kafkaImage } from "../../../rehearsal/mirror/image/kafka/kafka";
import { Sandbox } from "../cluster/sandbox";

const script = (name: string) =>
    fs.readFileSync(path.join(__dirname, "../../../rehearsal/mirror/image/kafka", `${name}.sh`), "utf8");

/** What the image's program for the configuration is given, and whether it finds the storage formatted or broken. */
const setup = `
printf '%s\\n' "$CLUSTER_ID" >/data/cluster-id
printf '%s\\n' "\${KAFKA_LISTENERS-}" >/data/listeners
if [[ -e /data/formatted ]]; then echo "Log directory /d is already formatted."; exit 1; fi
if [[ -e /data/broken ]]; then echo "Invalid cluster.id"; exit 1; fi`;

describe("Kafka's image", () => {
    let container: Sandbox;
    const run = (env: Record<string, string>, args = "") =>
        container.run(`set -- ${args}\n${script("run")}`, { CLUSTER_ID: "an-id", ...env });
    const starts = () => container.calls("kafka-server-start");

    beforeEach(() => {
        container = new Sandbox();
        fs.mkdirSync(container.at("/data"));
        fs.mkdirSync(container.at("/opt/kafka/config"), { recursive: true });
        container.standIn("id");
        container.standIn("setup", setup, "/opt/kafka/bin/kafka-run-class.sh");
        container.standIn("kafka-server-start", "", "/opt/kafka/bin/kafka-server-start.sh");
    });
    afterEach(() => container.remove());

    it("makes the configuration, formats the storage and starts", async () => {
        const { status, stdout, stderr } = await run({});
        assert.equal(status, 0, stderr);
        assert.match(stdout, /stand-in/);
        assert.match(container.calls("setup")[0], /^kafka\.docker\.KafkaDockerWrapper setup /);
        assert.equal(container.read("/data/cluster-id"), "an-id\n");
        assert.deepEqual(starts(), [container.at("/opt/kafka/config/server.properties")]);
    });

    it("starts on storage that is formatted already", async () => {
        container.write("/data/formatted", "");
        assert.equal((await run({})).status, 0);
        assert.equal(starts().length, 1);
    });

    it("does not start on storage that can't be formatted, and says why", async () => {
        container.write("/data/broken", "");
        const { status, stderr } = await run({});
        assert.equal(status, 1);
        assert.match(stderr, /Invalid cluster\.id/);
        assert.deepEqual(starts(), []);
    });

    it("listens at every address on the ports that it advertises, unless it is told otherwise", async () => {
        const advertised = "A://node-01:9092,B://10.0.0.2:9094";
        await run({ KAFKA_ADVERTISED_LISTENERS: advertised });
        assert.equal(container.read("/data/listeners"), "A://0.0.0.0:9092,B://0.0.0.0:9094\n");
        await run({ KAFKA_ADVERTISED_LISTENERS: advertised, KAFKA_LISTENERS: "A://:1" });
        assert.equal(container.read("/data/listeners"), "A://:1\n");
    });

    it("refuses a controller that advertises", async () => {
        const { status } = await run({ KAFKA_PROCESS_ROLES: "controller", KAFKA_ADVERTISED_LISTENERS: "A://a:1" });
        assert.equal(status, 1);
        assert.deepEqual(container.calls("setup"), []);
    });

    it("takes arguments as more environment", async () => {
        await run({}, "CLUSTER_ID=another");
        assert.equal(container.read("/data/cluster-id"), "another\n");
    });

    it("gives Java the options of the environment word by word, and the class's arguments as they are", async () => {
        container.standIn("java", `printf '<%s>' "$@" >/data/java`);
        fs.symlinkSync("/usr/bin/readlink", container.at("/stand-ins/readlink"));
        container.standIn("dirname", "echo /opt/kafka");
        for (const jar of ["b.jar", "a.jar"]) container.write(path.join("/opt/kafka/libs", jar), "");
        const env = { KAFKA_HEAP_OPTS: "-Xms1m -Xmx2m", KAFKA_OPTS: "-Da=1\n-Db=2" };
        const { status, stderr } = await container.run(`set -- Class "an argument"\n${script("run-class")}`, env);
        assert.equal(status, 0, stderr);
        const given = container.read("/data/java");
        assert.match(
            given,
            /^<-Xms1m><-Xmx2m>.*<-Da=1><-Db=2><-cp><[^>]*\/libs\/a\.jar:[^>]*\/libs\/b\.jar><Class><an argument>$/,
        );
    });

    it("is the account, command and tools of the published one", () => {
        const { reference, config, files } = kafkaImage("/jars", "/classes", ["/debian", "/jre"]);
        assert.equal(reference, "docker.io/apache/kafka:4.1.1");
        assert.deepEqual(config.Cmd, ["/etc/kafka/docker/run"]);
        assert.match((files["/etc/passwd"] as { text: string }).text, /^appuser:x:1000:1000:/m);
        for (const tool of ["topics", "console-producer", "console-consumer", "consumer-groups", "storage"])
            assert.ok(files[`/opt/kafka/bin/kafka-${tool}.sh`], tool);
    });
});
