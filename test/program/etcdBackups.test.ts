import * as assert from "node:assert/strict";
import { matchSnapshot } from "../snapshot";
import { all, one, run, type Deployment } from "./engine";
import { madeBefore } from "./order";

describe("the stack's backups of etcd", () => {
    let deployment: Deployment;
    const step = (name: string) => one(deployment, "Command", name);

    before(async () => {
        deployment = await run();
    });

    for (const name of ["etcd-source", "etcd-store"]) {
        it(`runs the recorded step ${name}`, () => matchSnapshot(`step.${name}`, step(name).inputs.create));
    }

    it("are sealed with one key of the stack, which no text and no plain output has", () => {
        const keys = all(deployment, "Command").filter(({ name }) => name === "backup");
        assert.equal(keys.length, 1);
        const { inputs, plain } = step("etcd-source");
        assert.equal(inputs.stdin, "SECRET-backup\nssh-ed25519 AAAAPUBLICetcd-backup\n");
        assert.equal(plain.stdin, "[secret]");
        for (const name of ["etcd-source", "etcd-store"]) assert.doesNotMatch(step(name).inputs.create, /SECRET/);
    });

    it("are fetched by a key that may do nothing else, by a host that knows the control plane's identity", () => {
        assert.match(step("etcd-source").inputs.create, /command="\/usr\/local\/sbin\/etcd-backup",restrict %s/);
        const { inputs, plain } = step("etcd-store");
        assert.match(inputs.create, /^CONTROL_PLANE=10\.20\.0\.10$/m);
        assert.match(inputs.create, /^CONTROL_PLANE_KEY='ssh-ed25519 AAAAPUBLICmaster-identity'$/m);
        assert.match(inputs.stdin, /SECRET-etcd-backup\n/);
        assert.equal(plain.stdin, "[secret]");
    });

    it("are kept on the disk of backups, where it is mounted, as often and as long as configured", async () => {
        const { inputs, dependencies } = step("etcd-store");
        assert.equal(inputs.connection.host, "192.0.2.12");
        for (const name of ["mount-backup", "etcd-source"]) assert.ok(dependencies.includes(step(name).urn), name);
        assert.match(inputs.create, /^FOLDER=\/var\/lib\/data\/backup\/etcd$/m);
        assert.match(inputs.create, /^OnCalendar=\*:00\/15$/m);
        const backup = { everyMinutes: 60, keep: { hours: 3, days: 2 } };
        const other = await run({ change: { "test-cluster:backup": backup } });
        const { create } = one(other, "Command", "etcd-store").inputs;
        assert.match(create, /^OnCalendar=\*:00$/m);
        assert.match(create, /^KEEP_HOURS=3$\n^KEEP_DAYS=2$/m);
    });

    it("begin when the cluster is up, and before it is in service", () => {
        assert.ok(madeBefore(deployment, step("etcd-store")).has(step("system-ready").urn));
        assert.ok(madeBefore(deployment, step("in-service")).has(step("etcd-store").urn));
    });

    it("are taken before the control plane is touched again", () => {
        const { create } = step("control-plane").inputs;
        const place = (text: string) => {
            assert.ok(create.includes(text), text);
            return create.indexOf(text);
        };
        assert.ok(place("etcd-backup before-up") < place('step "encryption of Secrets"'));
        assert.ok(place("etcd-backup before-up") < place("kubeadm init phase etcd"));
    });

    describe("one of which a new control plane begins with", () => {
        let other: Deployment;

        before(async () => {
            other = await run({ change: { "test-cluster:backup": { recoverFrom: "newest" } } });
        });

        it("runs the recorded step etcd-recovery", () =>
            matchSnapshot("step.etcd-recovery", one(other, "Command", "etcd-recovery").inputs.create));

        it("is sent by the host with the disk of backups, before the control plane is made, to each that is", () => {
            const recovery = one(other, "Command", "etcd-recovery");
            const { connection, create, triggers } = recovery.inputs;
            assert.equal(connection.host, "192.0.2.12");
            assert.match(create, /^BACKUP=newest$/m);
            assert.ok(triggers.includes("id-of-master"), String(triggers));
            assert.ok(madeBefore(other, recovery).has(one(other, "Command", "mount-backup").urn));
            assert.ok(madeBefore(other, one(other, "Command", "control-plane")).has(recovery.urn));
        });

        it("changes nothing about the control plane that there is, and is not there unasked", () => {
            const create = (of: Deployment) => one(of, "Command", "control-plane").inputs.create;
            assert.equal(create(other), create(deployment));
            assert.equal(all(deployment, "Command").filter(({ name }) => name === "etcd-recovery").length, 0);
        });
    });
});
