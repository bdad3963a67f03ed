import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { load } from "js-yaml";
import { clusterId } from "../../apps/kafka/kafka";
import { stackConfig } from "../sample";
import { all, one, run, type Deployment } from "./engine";

describe("the stack's Kafka", () => {
    let deployment: Deployment;
    const step = (of = deployment) => one(of, "Command", "kafka").inputs;

    before(async () => {
        deployment = await run();
    });

    it("is started on its host, once that is prepared and its disk is mounted, and not for want of a cluster", () => {
        const { inputs, dependencies } = one(deployment, "Command", "kafka");
        assert.match(inputs.create, /^KAFKA_ADDRESS=10\.20\.0\.11$/m);
        for (const needed of ["mount-kafka", "node-01-prepared"])
            assert.ok(dependencies.includes(one(deployment, "Command", needed).urn), needed);
        assert.ok(!dependencies.some((urn) => /control-plane|join/.test(urn)), dependencies.join());
    });

    it("has half of its memory limit as heap, an id that stays, and topics that can't fill its disk", () => {
        const { create } = step();
        assert.match(create, /^KAFKA_MEMORY_MIB=1024\nKAFKA_HEAP_MIB=512$/m);
        assert.match(create, new RegExp(`^KAFKA_CLUSTER_ID=${clusterId(stackConfig("dev"))}$`, "m"));
        assert.match(create, /^TOPICS='logs 3 259200000 1073741824 134217728'$/m);
    });

    it("has a cluster id of its stack's, of the form that Kafka takes", () => {
        const [dev, local] = ["dev", "local"].map((stack) => clusterId(stackConfig(stack)));
        assert.notEqual(dev, local);
        for (const id of [dev, local]) assert.match(id, /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
        const own = "MkU3OEVBNTcwNTJENDM2Qg";
        assert.equal(clusterId(stackConfig("dev", { kafka: { clusterId: own } })), own);
    });

    it("has Docker at first boot, on its host alone", () => {
        const docker = (name: string) => /DOCKER_MINOR=28\.5/.test(one(deployment, "Instance", name).inputs.userData);
        assert.deepEqual(["master", "node-01", "node-02"].map(docker), [false, true, false]);
    });

    it("is a service of the cluster under a stable name, behind which is its host", () => {
        const slice = one(deployment, "EndpointSlice", "kafka").inputs;
        const service = all(deployment, "Service").find(({ inputs }) => inputs.metadata.namespace === "kafka")!.inputs;
        assert.equal(service.spec.selector, undefined);
        assert.equal(slice.metadata.labels["kubernetes.io/service-name"], service.metadata.name);
        assert.deepEqual(slice.endpoints[0].addresses, ["10.20.0.11"]);
        assert.deepEqual([service.spec.ports[0].port, slice.ports[0].port], [9092, 9092]);
        assert.equal(deployment.outputs.kafka, "kafka.kafka.svc:9092");
    });

    it("listens to hosts and pods of the VPC only, limits itself, and never makes its folder where its disk should be", () => {
        const text = fs.readFileSync(path.join(__dirname, "../../apps/kafka/compose.yaml"), "utf8");
        const { kafka } = (load(text) as { services: Record<string, Record<string, unknown>> }).services;
        const environment = kafka.environment as Record<string, string>;
        assert.equal(environment.KAFKA_LISTENERS, "CLIENTS://${KAFKA_ADDRESS}:9092,CONTROLLER://127.0.0.1:9093");
        assert.equal(kafka.restart, "always");
        assert.equal(kafka.mem_limit, "${KAFKA_MEMORY_MIB}m");
        assert.deepEqual((kafka.volumes as object[])[0], {
            type: "bind",
            source: "/var/lib/data/${KAFKA_DISK}/volume",
            target: environment.KAFKA_LOG_DIRS,
            bind: { create_host_path: false },
        });
    });
});
