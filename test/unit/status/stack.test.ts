import { strict as assert } from "node:assert";
import { stackOf } from "../../../operations/status/stack";

const secret = (value: unknown) => ({ "4dabf18193072939515e22adb298388d": "x", plaintext: JSON.stringify(value) });
const resource = (type: string, name: string, rest: object = {}) => ({
    urn: `urn:pulumi:local::test-cluster::${type}::${name}`,
    type,
    ...rest,
});
const instance = (name: string, id: string, publicIp: string, privateIp: string) =>
    resource("alicloud:ecs/instance:Instance", name, { id, outputs: { publicIp, privateIp } });
const command = (name: string, rest: object) => resource("command:remote:Command", name, rest);

const hosts = [
    instance("master", "i-1", "198.51.100.2", "10.20.0.10"),
    instance("node-01", "i-2", "198.51.100.3", "10.20.0.11"),
    resource("command:local:Command", "operator", { outputs: { stdout: secret("public\nkey") } }),
];
const exported = (...resources: object[]) => JSON.stringify({ deployment: { resources } });

describe("a stack's parts", () => {
    it("are read from its state: cluster, disks by their attachment, Kafka by its step, workloads, passwords", () => {
        const stack = stackOf(
            exported(
                resource("pulumi:pulumi:Stack", "test-cluster-local", { outputs: { nacosPassword: secret("pass") } }),
                ...hosts,
                resource("command:local:Command", "backup", { outputs: { stdout: secret("sealing\n") } }),
                command("control-plane", {
                    inputs: { connection: secret({ host: "198.51.100.2", privateKey: "k" }) },
                    outputs: { stdout: secret("kubeconfig: here\n") },
                }),
                command("kafka", { inputs: { connection: { host: "198.51.100.3", privateKey: secret("k") } } }),
                resource("alicloud:ecs/ecsDisk:EcsDisk", "mysql"),
                resource("alicloud:ecs/ecsDisk:EcsDisk", "lost"),
                resource("alicloud:ecs/ecsDiskAttachment:EcsDiskAttachment", "mysql", {
                    outputs: { instanceId: "i-2" },
                }),
                resource("kubernetes:apps/v1:StatefulSet", "mysql", { id: "mysql/mysql" }),
                resource("kubernetes:admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding", "quota", {
                    id: "guardrails-quota",
                }),
            ),
        );
        assert.equal(stack.name, "local");
        assert.equal(stack.kubeconfig, "kubeconfig: here\n");
        assert.equal(stack.controlPlane, "master");
        assert.deepEqual(stack.kafka, { host: "node-01", address: "10.20.0.11:9092" });
        assert.deepEqual(stack.disks, [
            { name: "mysql", host: "node-01" },
            { name: "lost", host: undefined },
        ]);
        assert.deepEqual(stack.workloads, ["mysql/mysql"]);
        assert.deepEqual(stack.guardrails, ["guardrails-quota"]);
        assert.equal(stack.nacosPassword, "pass");
        assert.equal(stack.backupKey, "sealing");
    });

    it("have a place for backups where a disk is mounted for them, and their schedule", () => {
        const mount = command("mount-safe", {
            created: "2026-05-04T10:00:00Z",
            inputs: {
                connection: { host: "198.51.100.3" },
                create: "#!/bin/bash\nDISK=safe\nSERIAL=1\nFOLDERS='etcd mysql elasticsearch'\n",
            },
        });
        const other = command("mount-mysql", { inputs: { create: "DISK=mysql\nFOLDERS=volume\n" } });
        const place = { host: "node-01", folder: "/var/lib/data/safe", since: new Date("2026-05-04T10:00:00Z") };
        const of = (...more: object[]) => stackOf(exported(...hosts, other, ...more)).backup;
        assert.deepEqual(of(mount), { ...place, everyMinutes: 15 });
        const job = (schedule: string) =>
            resource("kubernetes:batch/v1:CronJob", "mysql-backup", { inputs: { spec: { schedule } } });
        assert.equal(of(mount, job("*/5 * * * *"))?.everyMinutes, 5);
        assert.equal(of(mount, job("0 * * * *"))?.everyMinutes, 60);
        assert.equal(of(), undefined);
    });

    it("have a bucket where a step copies backups to one", () => {
        const copies = (host: string) =>
            command("backup-copies", { inputs: { connection: { host }, create: "STACK=local\nBUCKET=backups\n" } });
        const of = (...more: object[]) => stackOf(exported(...hosts, ...more)).bucket;
        assert.deepEqual(of(copies("198.51.100.3")), { name: "backups", host: "node-01" });
        assert.deepEqual(of(copies("198.51.100.9")), { name: "backups" });
        assert.equal(of(), undefined);
    });

    it("have the watermarks that the watch over them was told, or the usual ones", () => {
        const env = [
            { name: "MARK_REQUESTED", value: "70" },
            { name: "MARK_USED", value: "90" },
        ];
        const inputs = { spec: { template: { spec: { containers: [{ name: "watermarks", env }] } } } };
        const watch = resource("kubernetes:apps/v1:Deployment", "watermarks", { inputs });
        assert.deepEqual(stackOf(exported(...hosts, watch)).watermarks, { requests: 70, used: 90 });
        assert.deepEqual(stackOf(exported(...hosts)).watermarks, { requests: 85, used: 85 });
    });

    it("may be missing while there are hosts: no cluster, no Kafka, no outputs", () => {
        const { kubeconfig, kafka, disks, workloads, nacosPassword } = stackOf(exported(...hosts));
        assert.deepEqual(
            [kubeconfig, kafka, disks, workloads, nacosPassword],
            [undefined, undefined, [], [], undefined],
        );
    });

    it("are not those that have been replaced and are still to be deleted", () => {
        const old = command("kafka", { delete: true, inputs: { connection: { host: "198.51.100.3" } } });
        assert.equal(stackOf(exported(...hosts, old)).kafka, undefined);
    });

    it("know that Kafka's host has gone", () => {
        const kafka = command("kafka", { inputs: { connection: { host: "198.51.100.9" } } });
        assert.deepEqual(stackOf(exported(...hosts, kafka)).kafka, {});
    });

    it("are none when there are no hosts", () => {
        assert.throws(() => stackOf(exported()), /no hosts yet: pulumi up/);
        assert.throws(() => stackOf(JSON.stringify({ deployment: {} })), /no hosts yet: pulumi up/);
    });

    it("tell the control address of a rehearsal's cloud, and none of the real one", () => {
        const provider = (endpoints?: string) =>
            resource("pulumi:providers:alicloud", "default", { inputs: { endpoints } });
        const control = (endpoints?: string) => stackOf(exported(...hosts, provider(endpoints))).control;
        assert.equal(control('[{"ecs":"127.0.0.1:7100","vpc":"127.0.0.1:7100"}]'), "http://127.0.0.1:7101");
        assert.equal(control('[{"ecs":"ecs.cn-hangzhou.aliyuncs.com"}]'), undefined);
        assert.equal(control(), undefined);
    });
});
