import * as assert from "node:assert/strict";
import { matchSnapshot } from "../snapshot";
import { all, one, run, type Deployment } from "./engine";
import { madeBefore } from "./order";

const bucket = { name: "backups", accessKeyId: "LTAI", accessKeySecret: "SECRET-bucket" };
const withBucket = (backup: object = {}, change: object = {}) =>
    run({ change: { "test-cluster:backup": { bucket: { ...bucket, ...change }, ...backup } } });
/** The part of rclone's settings that a step writes. */
const settings = (create: string) => /rclone\.conf\.part <<'END-OF-FILE'\n([^]*?)END-OF-FILE/.exec(create)![1];

describe("the stack's copies of backups in a bucket", () => {
    let deployment: Deployment;
    const step = (name: string) => one(deployment, "Command", name);

    before(async () => {
        deployment = await withBucket();
    });

    it("runs the recorded step backup-copies", () =>
        matchSnapshot("step.backup-copies", step("backup-copies").inputs.create));

    it("are made on the host with the disk of backups, after the first backup, and before hosts are in service", () => {
        assert.equal(step("backup-copies").inputs.connection.host, "192.0.2.12");
        assert.ok(madeBefore(deployment, step("backup-copies")).has(step("etcd-store").urn));
        assert.ok(madeBefore(deployment, step("in-service")).has(step("backup-copies").urn));
    });

    it("are sent with a secret that is nowhere but on the step's standard input", () => {
        const { inputs, plain } = step("backup-copies");
        assert.equal(inputs.stdin, "SECRET-bucket\n");
        assert.equal(plain.stdin, "[secret]");
        for (const { name, plain } of deployment.resources) {
            assert.doesNotMatch(JSON.stringify(plain), /SECRET-bucket/, name);
        }
        assert.doesNotMatch(JSON.stringify(deployment.plainOutputs), /SECRET-bucket/);
        for (const { name, inputs } of all(deployment, "Command")) {
            assert.doesNotMatch(`${inputs.create} ${inputs.update} ${inputs.delete}`, /SECRET/, name);
        }
        assert.doesNotMatch(deployment.messages.map(({ text }) => text).join("\n"), /SECRET/);
    });

    it("go to OSS of the stack's region, from inside the cloud, or to the endpoint that is named", async () => {
        const own = settings(step("backup-copies").inputs.create);
        assert.match(own, /^provider = Alibaba\nendpoint = https:\/\/oss-cn-hangzhou-internal\.aliyuncs\.com$/m);
        const { inputs } = one(await withBucket({}, { endpoint: "http://192.0.2.7:80" }), "Command", "backup-copies");
        assert.match(settings(inputs.create), /^force_path_style = true\nendpoint = http:\/\/192\.0\.2\.7:80$/m);
        assert.doesNotMatch(settings(inputs.create), /Alibaba/);
    });

    it("bring back the backup that a new control plane begins with, before it is taken for that", async () => {
        const other = await withBucket({ recoverFrom: "newest" });
        const brought = one(other, "Command", "backup-recovery");
        matchSnapshot("step.backup-recovery", brought.inputs.create);
        assert.equal(brought.plain.stdin, "[secret]");
        assert.ok(brought.inputs.triggers.includes("id-of-master"), String(brought.inputs.triggers));
        assert.ok(madeBefore(other, brought).has(one(other, "Command", "mount-backup").urn));
        assert.ok(madeBefore(other, one(other, "Command", "etcd-recovery")).has(brought.urn));
    });

    it("are not there in a stack that names no bucket, and change nothing else in one that does", async () => {
        const without = await run();
        const names = (of: Deployment) => all(of, "Command").map(({ name }) => name);
        assert.deepEqual(
            names(deployment).filter((name) => !names(without).includes(name)),
            ["backup-copies"],
        );
        for (const { name, inputs } of all(without, "Command")) {
            assert.deepEqual(step(name).inputs, inputs, name);
        }
        const recovering = await run({ change: { "test-cluster:backup": { recoverFrom: "newest" } } });
        assert.ok(!names(recovering).includes("backup-recovery"));
    });
});
