import * as assert from "node:assert/strict";
import { bufferPool } from "../../apps/mysql/mysql";
import { all, one, run, type Deployment } from "./engine";
import { madeBefore } from "./order";

describe("the stack's MySQL", () => {
    let deployment: Deployment;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    let pod: any;

    before(async () => {
        deployment = await run();
        pod = one(deployment, "StatefulSet", "mysql").inputs.spec.template.spec;
    });

    it("is one server with requests, limits and all three probes", () => {
        assert.equal(one(deployment, "StatefulSet", "mysql").inputs.spec.replicas, 1);
        assert.equal(pod.containers.length, 1);
        const [container] = pod.containers;
        assert.deepEqual(container.resources, { requests: { cpu: "250m", memory: "1Gi" }, limits: { memory: "1Gi" } });
        for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
            assert.ok(container[probe].exec, probe);
    });

    it("can't be more than it must: not root, no capability, no write outside of its volumes, no API token", () => {
        const [{ securityContext }] = pod.containers;
        assert.equal(pod.securityContext.runAsNonRoot, true);
        assert.notEqual(pod.securityContext.runAsUser, 0);
        assert.equal(pod.securityContext.seccompProfile.type, "RuntimeDefault");
        assert.equal(pod.automountServiceAccountToken, false);
        assert.deepEqual(securityContext, {
            allowPrivilegeEscalation: false,
            capabilities: { drop: ["ALL"] },
            readOnlyRootFilesystem: true,
        });
    });

    it("leaves half of its memory to what is not the buffer pool", () => {
        assert.deepEqual(pod.containers[0].env, [{ name: "BUFFER_POOL", value: String(512 * 1024 ** 2) }]);
        assert.equal(bufferPool("512Mi"), 256 * 1024 ** 2);
        assert.equal(bufferPool("1.5Gi"), 768 * 1024 ** 2);
    });

    it("is reached inside the cluster only", () => {
        const services = all(deployment, "Service").map(({ inputs }) => inputs.spec);
        assert.deepEqual(
            services.filter(({ type }) => type && type !== "ClusterIP"),
            [],
        );
        assert.ok(!JSON.stringify(pod).match(/hostPort|hostNetwork/));
        assert.equal(deployment.outputs.mysql, "mysql.mysql.svc:3306");
    });

    it("takes passwords from files, not from its environment or command line", () => {
        const [{ env, command, args }] = pod.containers;
        assert.doesNotMatch(JSON.stringify([env, command, args]), /SECRET|secretKeyRef/);
        const { secret } = pod.volumes.find(({ name }: { name: string }) => name === "secrets");
        assert.deepEqual(secret.items, [
            { key: "root", path: "root" },
            { key: "backup", path: "backup" },
            { key: "nacos", path: "users/nacos" },
        ]);
        assert.deepEqual(one(deployment, "Secret", "mysql").inputs.stringData, {
            root: "SECRET-mysql-root",
            backup: "SECRET-mysql-backup",
            nacos: "SECRET-mysql-nacos",
        });
    });

    it("keeps its data on a volume that is retained and promised to its claim alone", () => {
        const { spec } = one(deployment, "PersistentVolume", "mysql").inputs;
        const claim = one(deployment, "PersistentVolumeClaim", "mysql").inputs;
        assert.equal(spec.persistentVolumeReclaimPolicy, "Retain");
        assert.deepEqual(spec.claimRef, { namespace: "mysql", name: "mysql" });
        assert.deepEqual(
            [claim.metadata.namespace, claim.metadata.name, claim.spec.volumeName],
            ["mysql", "mysql", "mysql"],
        );
        assert.deepEqual(spec.capacity, { storage: "20Gi" });
        // Less than the disk has: the disk may grow, a claim of this kind may not.
        assert.deepEqual(claim.spec.resources.requests, { storage: "1Gi" });
        assert.deepEqual(
            pod.volumes.find(({ name }: { name: string }) => name === "data"),
            { name: "data", persistentVolumeClaim: { claimName: "mysql" } },
        );
        assert.equal(one(deployment, "StorageClass", "data-disk").inputs.reclaimPolicy, "Retain");
    });

    it("runs where the disk is, on a directory that only the disk has", () => {
        const { spec } = one(deployment, "PersistentVolume", "mysql").inputs;
        assert.equal(spec.local.path, "/var/lib/data/mysql/volume");
        assert.equal(spec.hostPath, undefined);
        assert.deepEqual(spec.nodeAffinity.required.nodeSelectorTerms, [
            { matchExpressions: [{ key: "disk.test-cluster/mysql", operator: "Exists" }] },
        ]);
        assert.match(one(deployment, "Command", "node-labels").inputs.create, /^node-02 .*disk\.test-cluster\/mysql=/m);
    });

    it("waits for its disk to be mounted and its node to be labelled", () => {
        const before = madeBefore(deployment, one(deployment, "StatefulSet", "mysql"));
        for (const name of ["mount-mysql", "node-labels"])
            assert.ok(before.has(one(deployment, "Command", name).urn), name);
    });

    it("has a database for each that is configured, with a password of its own", async () => {
        const changed = await run({ change: { "test-cluster:mysql": { databases: ["nacos", "orders"] } } });
        assert.deepEqual(one(changed, "Secret", "mysql").inputs.stringData, {
            root: "SECRET-mysql-root",
            backup: "SECRET-mysql-backup",
            nacos: "SECRET-mysql-nacos",
            orders: "SECRET-mysql-orders",
        });
    });
});
