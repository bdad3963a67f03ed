import { z } from "zod";
import { memory, minorVersion, name, quantity } from "./types";

/** Settings of the applications, a section each. */

export const mysql = z.strictObject({
    image: z.string().default("docker.io/library/mysql:8.4.6").describe("The image, by its canonical name"),
    disk: z.string().default("mysql").describe("The data disk that holds its data"),
    memory: memory.default("1Gi").describe("Memory request and limit; half of it is the buffer pool"),
    cpu: quantity.default("250m").describe("CPU request"),
    databases: z
        .array(name)
        .default(["nacos"])
        .describe("Databases, each with a user of the same name and a generated password"),
});

const topic = z.strictObject({
    name: z
        .string()
        .regex(/^[a-zA-Z0-9._-]{1,249}$/, "must be letters, digits, dots, dashes and underscores")
        .describe("The topic's name"),
    partitions: z.number().int().min(1).max(1000).default(3).describe("Its partitions; their number only grows"),
    retentionHours: z.number().int().min(1).default(72).describe("Hours that a message is kept"),
    retentionMiB: z.number().int().min(16).default(1024).describe("MiB that a partition holds before its oldest goes"),
});

export const kafka = z.strictObject({
    host: z.string().default("node-01").describe("The host that it runs on, by Docker compose, beside the kubelet"),
    image: z.string().default("docker.io/apache/kafka:4.1.1").describe("The image, by its canonical name"),
    docker: minorVersion.default("28.5").describe("Minor version of the Docker engine on that host"),
    disk: z.string().default("kafka").describe("The data disk that holds its data; it is in that host"),
    memory: memory
        .default("1Gi")
        .describe("Memory limit, which the kubelet of that host keeps free; half of it is the heap"),
    clusterId: z
        .string()
        .regex(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/, "must be 22 characters, as kafka-storage.sh random-uuid prints")
        .optional()
        .describe("Kafka's cluster id; left out, it is made from the stack's name, the same whenever it is rebuilt"),
    topics: z
        .array(topic)
        .prefault([{ name: "logs" }])
        .describe("Topics; one that is taken out here is not deleted"),
});

const workload = (image: string, size: string, cpu: string) => ({
    image: z.string().default(image).describe("The image, by its canonical name"),
    memory: memory.default(size).describe("Memory request and limit"),
    cpu: quantity.default(cpu).describe("CPU request"),
});

export const elk = z.strictObject({
    elasticsearch: z
        .strictObject({
            ...workload("docker.elastic.co/elasticsearch/elasticsearch:9.1.5", "2Gi", "250m"),
            disk: z.string().default("elasticsearch").describe("The data disk that holds its data"),
            security: z
                .boolean()
                .default(true)
                .describe("Whether logging in is needed; false only for a build of Elasticsearch that has no security"),
        })
        .prefault({})
        .describe("Elasticsearch, half of whose memory is its heap"),
    logstash: z.strictObject(workload("docker.elastic.co/logstash/logstash:9.1.5", "1Gi", "100m")).prefault({}),
    kibana: z.strictObject(workload("docker.elastic.co/kibana/kibana:9.1.5", "1Gi", "100m")).prefault({}),
    filebeat: z.strictObject(workload("docker.elastic.co/beats/filebeat:9.1.5", "256Mi", "50m")).prefault({}),
    topic: z.string().default("logs").describe("The Kafka topic that logs go through"),
    keepDays: z.number().int().min(1).default(14).describe("Days that logs are kept"),
    keepGiB: z.number().min(0.1).default(10).describe("GiB of logs that are kept: the oldest go first"),
});
