import { readFileSync } from "node:fs";
import * as path from "node:path";

import { Progress } from "../../../build/progress";
import { Entry, Tree } from "../../tree";
import { Image } from "../image";
import { jarsPart } from "../jars";
import { accounts } from "../accounts";
import { archives, kafkaArchives } from "./archives";

const version = "4.1.1";
const source = (name: string) => path.join(__dirname, name);
const script = (name: string): Entry => ({ text: readFileSync(source(name), "utf8"), mode: 0o755 });
const text = (name: string): Entry => ({ text: readFileSync(source(name), "utf8") });

/** The account of the published image; data on a disk belongs to these numbers. */
const user = { name: "appuser", uid: 1000, group: "appuser", gid: 1000, home: "/home/appuser" };

/** Kafka's command-line tools, by the names of their scripts, with their classes. */
const tools = {
    "kafka-acls": "org.apache.kafka.tools.AclCommand",
    "kafka-broker-api-versions": "org.apache.kafka.tools.BrokerApiVersionsCommand",
    "kafka-cluster": "org.apache.kafka.tools.ClusterTool",
    "kafka-configs": "kafka.admin.ConfigCommand",
    "kafka-console-consumer": "org.apache.kafka.tools.consumer.ConsoleConsumer",
    "kafka-console-producer": "org.apache.kafka.tools.ConsoleProducer",
    "kafka-consumer-groups": "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand",
    "kafka-delete-records": "org.apache.kafka.tools.DeleteRecordsCommand",
    "kafka-dump-log": "kafka.tools.DumpLogSegments",
    "kafka-features": "org.apache.kafka.tools.FeatureCommand",
    "kafka-get-offsets": "org.apache.kafka.tools.GetOffsetShell",
    "kafka-leader-election": "org.apache.kafka.tools.LeaderElectionCommand",
    "kafka-log-dirs": "org.apache.kafka.tools.LogDirsCommand",
    "kafka-metadata-quorum": "org.apache.kafka.tools.MetadataQuorumCommand",
    "kafka-producer-perf-test": "org.apache.kafka.tools.ProducerPerformance",
    "kafka-reassign-partitions": "org.apache.kafka.tools.reassign.ReassignPartitionsCommand",
    "kafka-storage": "kafka.tools.StorageTool",
    "kafka-topics": "org.apache.kafka.tools.TopicCommand",
    "kafka-transactions": "org.apache.kafka.tools.TransactionsCommand",
};

/** Downloads the broker and its tools and returns the folder with their `libs`. */
export function kafkaPart(progress: Progress): Promise<string> {
    return jarsPart("kafka", version, source("jars.txt"), progress);
}

/** Writes the archives of classes for the image that `kafkaImage` makes, and returns their folder. */
export function kafkaArchivesPart(jars: string, base: string[], progress: Progress): Promise<string> {
    return kafkaArchives(version, tree(jars), base, progress);
}

/** Kafka as its published image has it; `jars` and `classes` are the parts, `base` the layers with Java. */
export function kafkaImage(jars: string, classes: string, base: string[]): Image {
    const archived = archives.map((name): [string, Entry] => [
        `/opt/kafka/${name}`,
        { from: path.join(classes, name) },
    ]);
    return {
        reference: `docker.io/apache/kafka:${version}`,
        base,
        files: { ...tree(jars), ...Object.fromEntries(archived) },
        config: {
            Cmd: ["/etc/kafka/docker/run"],
            User: user.name,
            Env: [`KAFKA_VERSION=${version}`],
            ExposedPorts: { "9092/tcp": {} },
            Volumes: { "/etc/kafka/secrets": {}, "/var/lib/kafka/data": {}, "/mnt/shared/config": {} },
        },
    };
}

function tree(jars: string): Tree {
    const folder = { mode: 0o775, owner: user };
    const starters = Object.entries(tools).map(([name, className]): [string, Entry] => [
        `/opt/kafka/bin/${name}.sh`,
        { text: `#!/bin/bash\nexec /opt/kafka/bin/kafka-run-class.sh ${className} "$@"\n`, mode: 0o755 },
    ]);
    return {
        ...accounts(user),
        "/etc/kafka/docker/run": script("run.sh"),
        "/etc/kafka/docker/server.properties": text("server.properties"),
        "/etc/kafka/docker/log4j2.yaml": text("log4j2.yaml"),
        "/etc/kafka/docker/tools-log4j2.yaml": text("tools-log4j2.yaml"),
        "/etc/kafka/secrets": folder,
        "/mnt/shared/config": folder,
        "/opt/kafka/bin/kafka-run-class.sh": script("run-class.sh"),
        "/opt/kafka/bin/kafka-server-start.sh": script("server-start.sh"),
        ...Object.fromEntries(starters),
        // Made anew from the defaults at each start.
        "/opt/kafka/config": folder,
        "/opt/kafka/config/tools-log4j2.yaml": text("tools-log4j2.yaml"),
        "/opt/kafka/libs": { from: path.join(jars, "libs") },
        "/opt/kafka/logs": folder,
        "/var/lib/kafka/data": folder,
    };
}
