import * as assert from "node:assert/strict";
import { all, run, type Deployment } from "./engine";
import { workloads, type Workload } from "./workloads";

/** What needs more than other pods, and why. */
const needsToken = ["DaemonSet/filebeat", "Deployment/watermarks"]; // ask the API for pods, and nodes
const needsRoot = ["DaemonSet/filebeat"]; // the logs are root's
const writesItsImage = ["Deployment/kibana kibana", "Deployment/logstash logstash"]; // their start writes settings there

for (const stack of ["dev", "local"]) {
    describe(`the applications' pods of the ${stack} stack`, () => {
        let deployment: Deployment;
        let pods: Workload[];
        const containers = ({ containers, initContainers }: Workload) => [...containers, ...initContainers];
        const each = (check: (workload: Workload) => void) => pods.forEach(check);
        const eachContainer = (check: (container: Workload["containers"][number], title: string) => void) =>
            each((workload) => {
                for (const container of containers(workload)) check(container, `${workload.title} ${container.name}`);
            });

        before(async () => {
            deployment = await run({ stack });
            const namespaces = all(deployment, "Namespace").map(({ inputs }) => String(inputs.metadata.name));
            pods = namespaces
                .filter((namespace) => !namespace.startsWith("kube-"))
                .flatMap((namespace) => workloads(deployment, namespace))
                .sort((a, b) => a.title.localeCompare(b.title));
        });

        it("are the collection of logs, MySQL and Nacos", () => {
            assert.deepEqual(
                pods.map(({ title }) => title.replace(/-[0-9a-f]{8}$/, "")),
                [
                    "CronJob/mysql-backup",
                    "DaemonSet/filebeat",
                    "Deployment/kibana",
                    "Deployment/logstash",
                    "Deployment/nacos",
                    "Deployment/watermarks",
                    "Job/kibana-objects",
                    "StatefulSet/elasticsearch",
                    "StatefulSet/mysql",
                ],
            );
        });

        it("are given CPU and memory, containers that only prepare too, and no more memory than they ask for", () => {
            eachContainer(({ resources: { requests, limits } }, title) => {
                assert.match(requests.cpu, /^\d+m$/, title);
                assert.match(requests.memory, /^\d+[MG]i$/, title);
                assert.deepEqual(limits, { memory: requests.memory }, title);
            });
        });

        it("are ready when they can serve; servers are restarted when they hang, and given time to start", () => {
            for (const { title, containers } of pods.filter(({ kind }) => !kind.endsWith("Job"))) {
                for (const { name, readinessProbe } of containers) assert.ok(readinessProbe, `${title} ${name}`);
                const [server] = containers;
                if (title === "DaemonSet/filebeat") continue;
                assert.ok(server.livenessProbe, title);
                const { periodSeconds, failureThreshold } = server.startupProbe;
                assert.ok(
                    periodSeconds * failureThreshold >= 300,
                    `${title} has ${periodSeconds * failureThreshold} s`,
                );
            }
        });

        it("have no token for the API but who asks it", () => {
            each(({ title, pod }) => {
                const without = pod.automountServiceAccountToken === false;
                assert.equal(without, !needsToken.includes(title), title);
                assert.equal(pod.serviceAccountName !== undefined, needsToken.includes(title), title);
            });
        });

        it("are not root but who reads root's files", () => {
            each(({ title, pod: { securityContext } }) => {
                if (needsRoot.includes(title)) return assert.equal(securityContext.runAsUser, 0, title);
                assert.equal(securityContext.runAsNonRoot, true, title);
                assert.ok(securityContext.runAsUser > 0, title);
            });
            eachContainer(({ securityContext }, title) => assert.equal(securityContext.runAsUser, undefined, title));
        });

        it("can't become more than they are, and write to their volumes only", () => {
            each(({ title, pod }) => {
                assert.deepEqual(pod.securityContext.seccompProfile, { type: "RuntimeDefault" }, title);
                for (const own of ["hostNetwork", "hostPID", "hostIPC"]) assert.equal(pod[own], undefined, title);
            });
            eachContainer(({ securityContext }, title) => {
                const readOnlyRootFilesystem = !writesItsImage.includes(title);
                const confined = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
                assert.deepEqual(securityContext, { ...confined, readOnlyRootFilesystem }, title);
            });
        });

        it("see of their host nothing but what Filebeat needs: the logs, which it can't change, and a folder", () => {
            const found = pods.flatMap(({ title, pod, containers }) =>
                (pod.volumes ?? [])
                    .filter(({ hostPath }: { hostPath?: object }) => hostPath)
                    .map(({ name, hostPath }: { name: string; hostPath: { path: string } }) => {
                        const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts);
                        return [title, hostPath.path, mounts.find((mount) => mount.name === name).readOnly ?? false];
                    }),
            );
            assert.deepEqual(found, [
                ["DaemonSet/filebeat", "/var/log", true],
                ["DaemonSet/filebeat", "/var/lib/filebeat-data", false],
            ]);
        });

        it("fill no disk: each of their scratch folders has a limit", () => {
            each(({ title, pod }) => {
                for (const { name, emptyDir } of pod.volumes ?? [])
                    if (emptyDir) assert.match(emptyDir.sizeLimit, /^\d+[MG]i$/, `${title} ${name}`);
            });
        });

        it("get no variables for services, one of which could be taken for a setting", () => {
            each(({ title, pod }) => assert.equal(pod.enableServiceLinks, false, title));
        });

        it("run images of exactly one version, by canonical names", () => {
            eachContainer(({ image }, title) =>
                assert.match(image, /^[a-z0-9.-]+\.[a-z]+(\/[a-z0-9.-]+)+:v?\d+\.\d+\.\d+$/, title),
            );
        });

        it("that may not be there twice are never there twice, and can be corrected when they don't start", () => {
            for (const { title, kind, spec } of pods) {
                if (kind === "Deployment") assert.deepEqual(spec.strategy, { type: "Recreate" }, title);
                if (kind === "StatefulSet") assert.equal(spec.podManagementPolicy, "Parallel", title);
                if (["Deployment", "StatefulSet"].includes(kind)) assert.equal(spec.replicas, 1, title);
            }
        });

        it("are reached from where they are needed, as far as the network enforces it", () => {
            const named = (name: string) => ({
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
            });
            const hosts = { ipBlock: { cidr: "10.20.0.0/24" } };
            const from = {
                logging: [named("logging"), hosts],
                mysql: [named("mysql"), named("nacos"), hosts],
                nacos: [{ namespaceSelector: {} }, hosts],
            };
            const policies = all(deployment, "NetworkPolicy").map(({ inputs }) => inputs);
            assert.deepEqual(policies.map(({ metadata }) => metadata.namespace).sort(), Object.keys(from));
            for (const { metadata, spec } of policies) {
                assert.deepEqual(spec, {
                    podSelector: {},
                    policyTypes: ["Ingress"],
                    ingress: [{ from: from[metadata.namespace as keyof typeof from] }],
                });
            }
        });
    });
}
