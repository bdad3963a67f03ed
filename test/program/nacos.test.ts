import * as assert from "node:assert/strict";
import { environment } from "../../apps/nacos/environment";
import { readSettings } from "../../rehearsal/standins/nacos/settings";
import { all, one, run, type Deployment } from "./engine";
import { madeBefore } from "./order";

describe("the stack's Nacos", () => {
    let deployment: Deployment;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    let pod: any;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    let server: any;

    before(async () => {
        deployment = await run();
        pod = one(deployment, "Deployment", "nacos").inputs.spec.template.spec;
        [server] = pod.containers;
    });

    const volume = (name: string) => pod.volumes.find((candidate: { name: string }) => candidate.name === name);
    const mount = (container: { volumeMounts: { name: string; mountPath: string }[] }, mountPath: string) =>
        container.volumeMounts.find((candidate) => candidate.mountPath === mountPath)?.name ?? "";

    /** A container's environment with what comes from the Secret put in. */
    function variables(): Record<string, string> {
        const secrets = one(deployment, "Secret", "nacos").inputs.stringData;
        // eslint-disable-next-line @typescript-eslint/no-explicit-any
        const value = ({ value, valueFrom }: any) => value ?? secrets[valueFrom.secretKeyRef.key];
        return Object.fromEntries(server.env.map((one: { name: string }) => [one.name, value(one)]));
    }

    it("is one server at a time, with requests, limits and all three probes", () => {
        const { spec } = one(deployment, "Deployment", "nacos").inputs;
        assert.deepEqual([spec.replicas, spec.strategy], [1, { type: "Recreate" }]);
        assert.equal(pod.containers.length, 1);
        assert.deepEqual(server.resources, { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } });
        for (const [probe, what] of [
            ["startupProbe", "liveness"],
            ["readinessProbe", "readiness"],
            ["livenessProbe", "liveness"],
        ])
            assert.deepEqual(server[probe].httpGet, { path: `/v3/console/health/${what}`, port: "console" });
        for (const { resources } of pod.initContainers)
            assert.equal(resources.requests.memory, resources.limits.memory);
    });

    it("can't be more than it must: not root, no capability, no write outside of its volumes, no API token", () => {
        assert.equal(pod.securityContext.runAsNonRoot, true);
        assert.notEqual(pod.securityContext.runAsUser, 0);
        assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
        assert.equal(pod.automountServiceAccountToken, false);
        assert.equal(pod.enableServiceLinks, false);
        for (const { name, securityContext } of [...pod.initContainers, server])
            assert.deepEqual(
                securityContext,
                { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] }, readOnlyRootFilesystem: true },
                name,
            );
        for (const folder of ["/home/nacos/logs", "/home/nacos/data", "/tmp"])
            assert.ok(volume(mount(server, folder)).emptyDir.sizeLimit, folder);
    });

    it("starts with what its image wants: standalone, on its database in MySQL, closed", () => {
        const token = Buffer.alloc(32, "k").toString("base64");
        const env = { ...variables(), NACOS_AUTH_TOKEN: token };
        const settings = readSettings(env);
        assert.deepEqual(
            [settings.database.host, settings.database.port, settings.database.user, settings.database.password],
            ["mysql.mysql.svc", 3306, "nacos", "SECRET-mysql-nacos"],
        );
        assert.equal(settings.database.allowPublicKeyRetrieval, true);
        assert.deepEqual([settings.auth.open, settings.auth.admin], [true, true]);
        assert.equal(settings.auth.identity.value, "SECRET-nacos-identity");
        assert.equal(variables().NACOS_AUTH_TOKEN, "SECRET-nacos-token");
        assert.match(one(deployment, "Command", "nacos-token").inputs.create, /randomBytes\(32\)/);
    });

    it("has half of its memory for the heap", () => {
        const heap = (memory: string) =>
            environment(memory)
                .filter(({ name }) => name.startsWith("JVM_"))
                .map(({ value }) => value);
        assert.deepEqual(heap("1Gi"), ["512m", "512m", "256m"]);
        assert.deepEqual(heap("1.5Gi"), ["768m", "768m", "384m"]);
    });

    it("has no secret in its environment or commands, and writes none to its log", () => {
        assert.doesNotMatch(JSON.stringify(pod), /SECRET/);
        // The image's script traces every word that it looks at.
        assert.match(server.command.join(" "), /BASH_XTRACEFD=9; \. bin\/docker-startup\.sh$/);
        assert.deepEqual(volume(mount(server, "/secrets")).secret.items, [{ key: "admin", path: "admin" }]);
    });

    it("gets its tables first: the image's own schema, applied by MySQL's client", () => {
        const [file, schema] = pod.initContainers;
        assert.equal(file.image, server.image);
        assert.deepEqual(file.command.slice(0, 2), ["cp", "/home/nacos/conf/mysql-schema.sql"]);
        assert.equal(
            schema.image,
            one(deployment, "StatefulSet", "mysql").inputs.spec.template.spec.containers[0].image,
        );
        assert.equal(mount(file, "/run/nacos"), mount(schema, "/run/nacos"));
        assert.deepEqual(schema.command, ["/bin/bash", "/scripts/schema.sh"]);
        assert.deepEqual(volume(mount(schema, "/secrets")).secret.items, [{ key: "client.cnf", path: "client.cnf" }]);
        assert.equal(
            one(deployment, "Secret", "nacos").inputs.stringData["client.cnf"],
            "[client]\nhost=mysql.mysql.svc\nport=3306\nuser=nacos\npassword=SECRET-mysql-nacos\nconnect-timeout=5\n",
        );
        const scripts = one(deployment, "ConfigMap", "nacos").inputs.data;
        for (const [, script] of [...schema.command, ...server.lifecycle.postStart.exec.command].entries())
            if (script.startsWith("/scripts/")) assert.ok(scripts[script.slice("/scripts/".length)], script);
    });

    it("is reached inside the cluster only, by clients' HTTP and gRPC and by its console", () => {
        const { spec } = one(deployment, "Service", "nacos").inputs;
        assert.equal(spec.type, undefined);
        assert.deepEqual(
            spec.ports.map(({ port }: { port: number }) => port),
            [8848, 9848, 9849, 8080],
        );
        const named = server.ports.map(({ name }: { name: string }) => name);
        for (const { targetPort } of spec.ports) assert.ok(named.includes(targetPort), targetPort);
        assert.ok(!JSON.stringify(pod).match(/hostPort|hostNetwork/));
        assert.equal(deployment.outputs.nacos, "nacos.nacos.svc:8848");
        assert.equal(deployment.outputs.nacosPassword, "SECRET-nacos-admin");
        const { nacos } = deployment.outputs.consoles as Record<string, string>;
        assert.equal(nacos, "kubectl -n nacos port-forward service/nacos 8080:8080");
    });

    it("starts again when a script or a password changes", () => {
        const { metadata } = one(deployment, "Deployment", "nacos").inputs.spec.template;
        assert.match(metadata.annotations.checksum, /^[0-9a-f]{16}$/);
    });

    it("comes after MySQL, and the configurations after it", () => {
        const nacos = one(deployment, "Deployment", "nacos");
        assert.ok(madeBefore(deployment, nacos).has(one(deployment, "StatefulSet", "mysql").urn));
        for (const one of configurations()) assert.ok(madeBefore(deployment, one).has(nacos.urn), one.name);
        assert.ok(madeBefore(deployment, one(deployment, "Command", "applications-ready")).has(nacos.urn));
    });

    const configurations = () => deployment.resources.filter(({ type }) => type === "pulumi-nodejs:dynamic:Resource");

    it("has the configurations that the folder declares, the connection to it a secret", () => {
        assert.deepEqual(
            configurations()
                .map(({ name }) => name)
                .sort(),
            [
                "dev/DEFAULT_GROUP/features.json",
                "dev/DEFAULT_GROUP/orders.properties",
                "public/DEFAULT_GROUP/application.yaml",
            ],
        );
        for (const { name, inputs, plain, secretOutputs } of configurations()) {
            assert.equal(plain.connection, "[secret]", name);
            assert.deepEqual(secretOutputs, ["connection"], name);
            assert.equal(inputs.overwrite, false);
            assert.equal(inputs.connection.password, "SECRET-nacos-admin");
            assert.equal(inputs.connection.server, "https://192.0.2.10:6443");
        }
    });

    it("keeps its configurations when the cluster goes: they are in MySQL", () => {
        const provider = all(deployment, "kubernetes").find(({ type }) => type === "pulumi:providers:kubernetes")!;
        for (const { name, deletedWith } of configurations()) assert.equal(deletedWith, provider.urn, name);
    });

    it("can be previewed before there is a cluster", async () => {
        const preview = await run({ preview: true });
        assert.equal(preview.error, undefined);
        assert.equal(all(preview, "Resource").length, configurations().length);
    });

    it("does not begin with a mistake in the folder", async () => {
        const { resources, error } = await run({ change: { "test-cluster:nacos": { configurations: "nowhere" } } });
        assert.match(error?.message ?? "", /nacos\.configurations: nowhere is no folder of this project/);
        assert.equal(resources.length, 1);
    });
});
