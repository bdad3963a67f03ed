import * as assert from "node:assert/strict";
import { checksum } from "../../apps/pods";
import { one, run, type Deployment, type Registered } from "./engine";
import { madeBefore } from "./order";
import { container, environment, workload, workloads, type Workload } from "./workloads";

describe("the stack's collection of logs", () => {
    let deployment: Deployment;
    let changed: Deployment;
    const find = (name: string, of = deployment) => workload(of, "logging", name);
    const variables = (name: string, of = deployment, inside = name) => environment(container(find(name, of), inside));

    const job = () => one(deployment, "Job", "kibana-objects").inputs;
    const image = (name: string) => `registry.example.com/${name}:1.2.3`;
    before(async () => {
        deployment = await run();
        changed = await run({
            change: {
                "test-cluster:elk": {
                    elasticsearch: { image: image("elasticsearch"), memory: "1536Mi", security: false },
                    logstash: { image: image("logstash"), memory: "1536Mi" },
                    ...Object.fromEntries(["kibana", "filebeat"].map((name) => [name, { image: image(name) }])),
                    topic: "lines",
                    keepDays: 3,
                    keepGiB: 0.5,
                },
                "test-cluster:kafka": { topics: [{ name: "lines" }] },
                "test-cluster:backup": { keep: { days: 3 } },
            },
        });
    });

    describe("in Elasticsearch", () => {
        it("is on one node, half of whose memory is its heap", () => {
            const { "discovery.type": type, ES_JAVA_OPTS: heap } = variables("elasticsearch");
            assert.equal(type, "single-node");
            assert.equal(container(find("elasticsearch"), "elasticsearch").resources.limits.memory, "2Gi");
            assert.equal(heap, "-Xms1024m -Xmx1024m");
            assert.equal(variables("elasticsearch", changed).ES_JAVA_OPTS, "-Xms768m -Xmx768m");
        });

        it("is asked inside its pod without the service, which has nothing behind it before the pod is ready", () => {
            for (const { name, readinessProbe, startupProbe, livenessProbe } of find("elasticsearch").containers) {
                const url = variables("elasticsearch", deployment, name).ES_URL;
                assert.equal(url, "http://localhost:9200", name);
                for (const probe of [readinessProbe, startupProbe, livenessProbe].filter(Boolean)) {
                    assert.ok(probe.exec ?? probe.tcpSocket, name);
                    assert.doesNotMatch(JSON.stringify(probe), /elasticsearch:/, name);
                }
            }
            const waiting = variables("logstash", deployment, "wait-for-index");
            const importing = variables(job().metadata.name, deployment, "import");
            for (const { ES_URL } of [waiting, importing]) assert.equal(ES_URL, "http://elasticsearch:9200");
        });

        it("is on the stack's disk, in a folder of its own", () => {
            const { pod } = find("elasticsearch");
            assert.equal(claims(pod).data, "elasticsearch");
            assert.deepEqual(mounted("elasticsearch", "data"), {
                mountPath: "/usr/share/elasticsearch/data",
                subPath: "data",
            });
            const { spec } = one(deployment, "PersistentVolume", "elasticsearch").inputs;
            assert.equal(spec.persistentVolumeReclaimPolicy, "Retain");
            assert.deepEqual(spec.claimRef, { namespace: "logging", name: "elasticsearch" });
        });

        it("is kept within days and MiB by the keeper beside it", () => {
            const kept = (of: Deployment) => {
                const { KEEP_DAYS, KEEP_MIB } = variables("elasticsearch", of, "keeper");
                return [KEEP_DAYS, KEEP_MIB];
            };
            assert.deepEqual(
                [kept(deployment), kept(changed)],
                [
                    ["14", "10240"],
                    ["3", "512"],
                ],
            );
            const { data } = one(deployment, "ConfigMap", "elasticsearch").inputs;
            const files = ["es.sh", "keeper.sh", "ready.sh", "snapshots.sh", "template.json"];
            assert.deepEqual(Object.keys(data).sort(), files);
            assert.deepEqual(container(find("elasticsearch"), "keeper").command, ["/bin/bash", "/scripts/keeper.sh"]);
        });
    });

    describe("in snapshots", () => {
        it("is on the disk of backups, in a folder of which Elasticsearch alone writes", () => {
            assert.equal(claims(find("elasticsearch").pod).backup, "backup-elasticsearch");
            assert.deepEqual(mounted("elasticsearch", "backup"), { mountPath: "/backup", subPath: undefined });
            assert.equal(variables("elasticsearch")["path.repo"], "/backup");
            assert.doesNotMatch(JSON.stringify(container(find("elasticsearch"), "keeper").volumeMounts), /"backup"/);
            const { spec } = one(deployment, "PersistentVolume", "backup-elasticsearch").inputs;
            assert.equal(spec.local.path, "/var/lib/data/backup/elasticsearch");
            assert.deepEqual(spec.claimRef, { namespace: "logging", name: "backup-elasticsearch" });
        });

        it("is made by the keeper, for the days that the configuration says", () => {
            const kept = (of: Deployment) => {
                const { BACKUP_DAYS, STACK } = variables("elasticsearch", of, "keeper");
                return [BACKUP_DAYS, STACK];
            };
            assert.deepEqual(kept(deployment), ["7", "dev"]);
            assert.equal(kept(changed)[0], "3");
        });
    });

    describe("by Filebeat", () => {
        it("is from every node, whatever its taints", () => {
            const { kind, pod } = find("filebeat");
            assert.equal(kind, "DaemonSet");
            assert.deepEqual(pod.tolerations, [{ operator: "Exists" }]);
            assert.deepEqual([pod.nodeSelector, pod.affinity], [undefined, undefined]);
        });

        it("goes to its topic in Kafka, at the host's address", () => {
            for (const [of, topic] of [[deployment, "logs"] as const, [changed, "lines"] as const]) {
                const { KAFKA_BOOTSTRAP_SERVERS: address, KAFKA_TOPIC } = variables("filebeat", of);
                assert.deepEqual([address, KAFKA_TOPIC], ["10.20.0.11:9092", topic]);
            }
            assert.deepEqual(variables("filebeat").NODE_NAME, { fieldRef: { fieldPath: "spec.nodeName" } });
        });

        it("may read what labels need, of pods, nodes and namespaces, and change nothing", () => {
            assert.deepEqual(one(deployment, "ClusterRole", "filebeat").inputs.rules, [
                { apiGroups: [""], resources: ["pods", "nodes", "namespaces"], verbs: ["get", "list", "watch"] },
            ]);
            const { subjects, roleRef } = one(deployment, "ClusterRoleBinding", "filebeat").inputs;
            assert.equal(roleRef.name, "filebeat");
            assert.deepEqual(subjects, [{ kind: "ServiceAccount", name: "filebeat", namespace: "logging" }]);
            assert.equal(find("filebeat").pod.serviceAccountName, "filebeat");
        });
    });

    describe("through Logstash", () => {
        it("comes from the topic that Filebeat writes to, and goes to the index that the keeper makes", () => {
            for (const [of, topic] of [[deployment, "logs"] as const, [changed, "lines"] as const]) {
                const { KAFKA_TOPICS, KAFKA_BOOTSTRAP_SERVERS: kafka } = variables("logstash", of);
                assert.deepEqual([KAFKA_TOPICS, kafka], [topic, "10.20.0.11:9092"]);
            }
            const { ELASTICSEARCH_HOSTS: hosts, ELASTICSEARCH_INDEX: index } = variables("logstash");
            assert.deepEqual([hosts, index], ["http://elasticsearch:9200", "logs"]);
            // Written to before it is there, the alias would become an index that nothing keeps small.
            assert.match(
                container(find("logstash"), "wait-for-index").command.join(" "),
                /until es GET \/_alias\/logs /,
            );
        });

        it("has half of Logstash's memory as its heap", () => {
            assert.equal(container(find("logstash"), "logstash").resources.limits.memory, "1Gi");
            assert.equal(variables("logstash").LS_JAVA_OPTS, "-Xms512m -Xmx512m");
            assert.equal(variables("logstash", changed).LS_JAVA_OPTS, "-Xms768m -Xmx768m");
        });

        it("waits on Elasticsearch's disk, in a folder of its own", () => {
            const { QUEUE_TYPE, DEAD_LETTER_QUEUE_ENABLE } = variables("logstash");
            assert.deepEqual([QUEUE_TYPE, DEAD_LETTER_QUEUE_ENABLE], ["persisted", "true"]);
            assert.deepEqual(claims(find("logstash").pod), { queue: "elasticsearch" });
            assert.deepEqual(mounted("logstash", "queue"), {
                mountPath: "/usr/share/logstash/data",
                subPath: "logstash",
            });
        });
    });

    describe("in Kibana", () => {
        it("has the stack's objects, brought in by a Job that is another for other objects", () => {
            const { metadata, data } = one(deployment, "ConfigMap", "kibana-objects").inputs;
            assert.deepEqual(Object.keys(data).sort(), ["es.sh", "import.sh", "objects.ndjson"]);
            const name = (files: object) => `kibana-objects-${checksum(JSON.stringify(files)).slice(0, 8)}`;
            assert.equal(job().metadata.name, name(data));
            assert.notEqual(job().metadata.name, name({ ...data, "objects.ndjson": "{}" }));
            const { volumes } = job().spec.template.spec;
            assert.deepEqual(volumes, [{ name: "files", configMap: { name: metadata.name } }]);
        });

        it("is reached by a port that is forwarded, and by nobody from outside", () => {
            const { kibana } = deployment.outputs.consoles as Record<string, string>;
            assert.equal(kibana, "kubectl -n logging port-forward service/kibana 5601:5601");
            const { spec } = one(deployment, "Service", "kibana").inputs;
            assert.deepEqual(spec.ports, [{ name: "http", port: 5601, targetPort: "http" }]);
            assert.equal(spec.type, undefined);
        });
    });

    it("runs the images of its configuration, and no other", () => {
        const images = workloads(changed, "logging").flatMap(({ containers, initContainers }) =>
            [...containers, ...initContainers].map((one) => one.image),
        );
        const configured = ["elasticsearch", "filebeat", "kibana", "logstash"].map(image);
        assert.deepEqual([...new Set(images)].sort(), configured);
    });

    it("comes once Kafka has started and the disk is where its pods will be", () => {
        const { urn: kafka } = one(deployment, "Command", "kafka");
        const needed = ["mount-elasticsearch", "mount-backup", "node-labels"].map(
            (name) => one(deployment, "Command", name).urn,
        );
        for (const resource of pods()) {
            const before = madeBefore(deployment, resource);
            for (const urn of [kafka, ...needed]) assert.ok(before.has(urn), `${resource.name} before ${urn}`);
        }
        for (const [name, kind] of [
            ["elasticsearch", "StatefulSet"],
            ["logstash", "Deployment"],
        ]) {
            const before = madeBefore(deployment, one(deployment, kind, name));
            assert.ok(before.has(one(deployment, "PersistentVolumeClaim", "elasticsearch").urn), name);
        }
        const server = madeBefore(deployment, one(deployment, "StatefulSet", "elasticsearch"));
        assert.ok(server.has(one(deployment, "PersistentVolumeClaim", "backup-elasticsearch").urn));
    });

    it("has its objects brought in once Kibana is there, and is awaited before the stack is in service", () => {
        const kibana = one(deployment, "Deployment", "kibana").urn;
        assert.ok(madeBefore(deployment, one(deployment, "Job", "kibana-objects")).has(kibana));
        const ready = one(deployment, "Command", "applications-ready");
        for (const { urn } of pods()) assert.ok(madeBefore(deployment, ready).has(urn), urn);
        assert.match(ready.inputs.create, /^NAMESPACES=.*\blogging\b/m);
    });

    /** The resources that make the pods. */
    function pods(): Registered[] {
        const titles = workloads(deployment, "logging").map(({ title }) => title);
        return deployment.resources.filter(({ type, inputs }) =>
            titles.includes(`${type.split(":").at(-1)}/${inputs.metadata?.name}`),
        );
    }

    /** A pod's volumes that are claims, by their names in it. */
    function claims({ volumes }: Workload["pod"]): Record<string, string> {
        return Object.fromEntries(
            volumes
                .filter((volume: Record<string, unknown>) => volume.persistentVolumeClaim)
                .map((volume: Workload["pod"]) => [volume.name, volume.persistentVolumeClaim.claimName]),
        );
    }

    /** Where a workload's server has a volume. */
    function mounted(name: string, volume: string): object {
        const mounts = container(find(name), name).volumeMounts.filter(({ name }: { name: string }) => name === volume);
        assert.equal(mounts.length, 1);
        const { mountPath, subPath } = mounts[0];
        return { mountPath, subPath };
    }
});
