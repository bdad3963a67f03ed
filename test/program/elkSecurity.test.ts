import * as assert from "node:assert/strict";
import { all, one, run, type Deployment } from "./engine";
import { container, environment, workload, workloads } from "./workloads";

const secretly = (key: string) => ({ secretKeyRef: { name: "elasticsearch-passwords", key } });

describe("Elasticsearch's security", () => {
    let deployment: Deployment;
    let off: Deployment;
    const variables = (name: string, of = deployment, inside = name) =>
        environment(container(workload(of, "logging", name), inside));

    before(async () => {
        deployment = await run();
        off = await run({ change: { "test-cluster:elk": { elasticsearch: { security: false } } } });
    });

    it("has generated passwords, which pods get from a Secret", () => {
        assert.deepEqual(one(deployment, "Secret", "elasticsearch").inputs.stringData, {
            elastic: "SECRET-elasticsearch-elastic",
            kibana: "SECRET-elasticsearch-kibana",
            logstash: "SECRET-elasticsearch-logstash",
        });
        assert.equal(variables("elasticsearch")["xpack.security.enabled"], "true");
        assert.deepEqual(variables("elasticsearch").ELASTIC_PASSWORD, secretly("elastic"));
        const { KIBANA_PASSWORD, LOGSTASH_PASSWORD } = variables("elasticsearch", deployment, "keeper");
        assert.deepEqual([KIBANA_PASSWORD, LOGSTASH_PASSWORD], [secretly("kibana"), secretly("logstash")]);
        for (const found of workloads(deployment, "logging")) {
            assert.doesNotMatch(JSON.stringify(found), /SECRET-/, found.title);
            for (const one of [...found.containers, ...found.initContainers]) {
                const { ES_URL, ES_USER, ES_PASSWORD } = environment(one);
                if (!ES_URL) continue;
                const who =
                    one.name === "wait-for-index"
                        ? ["logstash_writer", secretly("logstash")]
                        : ["elastic", secretly("elastic")];
                assert.deepEqual([ES_USER, ES_PASSWORD], who, one.name);
            }
        }
        assert.equal(deployment.outputs.elasticPassword, "SECRET-elasticsearch-elastic");
    });

    it("has a user for Kibana's server that is not the superuser", () => {
        const { ELASTICSEARCH_USERNAME: user, ELASTICSEARCH_PASSWORD: password } = variables("kibana");
        assert.deepEqual([user, password], ["kibana_system", secretly("kibana")]);
    });

    it("has a user for Logstash that is not the superuser, and that its start waits for", () => {
        const { ELASTICSEARCH_USER, ELASTICSEARCH_PASSWORD } = variables("logstash");
        const { ES_USER, ES_PASSWORD } = variables("logstash", deployment, "wait-for-index");
        const who = ["logstash_writer", secretly("logstash")];
        assert.deepEqual([ELASTICSEARCH_USER, ELASTICSEARCH_PASSWORD], who);
        assert.deepEqual([ES_USER, ES_PASSWORD], who);
    });

    it("does not keep Kibana's probes out, which don't log in", () => {
        const { startupProbe, readinessProbe } = container(workload(deployment, "logging", "kibana"), "kibana");
        for (const { httpGet } of [startupProbe, readinessProbe]) {
            assert.equal(httpGet.path, "/api/status");
            assert.equal(httpGet.httpHeaders, undefined);
        }
        assert.equal(variables("kibana").STATUS_ALLOWANONYMOUS, "true");
    });

    it("starts again what has a password in its environment when that changes", () => {
        for (const name of ["elasticsearch", "logstash", "kibana"]) {
            const digests = [deployment, off].map(
                (of) => workload(of, "logging", name).spec.template.metadata.annotations.checksum,
            );
            for (const digest of digests) assert.match(digest, /^[0-9a-f]{16}$/, name);
            assert.notEqual(digests[0], digests[1], name);
        }
    });

    it("is without a password where it is off, as in the rehearsal", async () => {
        for (const without of [off, await run({ stack: "local" })]) {
            const pods = workloads(without, "logging");
            assert.equal(variables("elasticsearch", without)["xpack.security.enabled"], "false");
            assert.doesNotMatch(
                JSON.stringify(pods),
                /secretKeyRef|PASSWORD|ES_USER|ELASTICSEARCH_USER|logstash_writer/,
            );
            const secrets = all(without, "Secret").filter(({ inputs }) => inputs.metadata.namespace === "logging");
            assert.deepEqual(secrets, []);
            assert.equal(without.outputs.elasticPassword, "");
        }
    });
});
