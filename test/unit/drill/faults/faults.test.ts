import { strict as assert } from "node:assert";
import type { Context } from "../../../../operations/drill/drill";
import { drift } from "../../../../operations/drill/faults/up/drift";
import type { Fault, Scene } from "../../../../operations/drill/faults/fault";
import { any, kafkaHost, workers } from "../../../../operations/drill/faults/hosts";
import { mysqlAway, mysqlEmptied, mysqlVolume } from "../../../../operations/drill/faults/storage/mysql";
import { masterOff, workerOff, workerReleased } from "../../../../operations/drill/faults/nodes/power";
import { kubeletKilled } from "../../../../operations/drill/faults/nodes/services";
import { Recorder } from "../../../../operations/drill/record";
import { wrongStack } from "../../../../operations/drill/wrongStack";
import type { Pod } from "../../../../operations/status/kinds";
import { pod, stack, StandInApi, StandInShell } from "../../status/standins";

const hosts = ["master", "node-01", "node-02"].map((name) => ({ name, publicAddress: "", hostKey: "" }));
const of = { ...stack(), controlPlane: "master", access: { hosts, operatorKey: "" } };

/** A scene on node-02, and what was done: calls of the cloud, and of `pulumi` with what that says. */
function scene(context: Partial<Context> = {}, says: () => string = () => "") {
    const done: string[] = [];
    const call = (name: string) => async (host: string) => void done.push(`${name} ${host}`);
    const cloud = {
        ...{ stop: call("stop"), start: call("start"), release: call("release"), reboot: call("reboot") },
        status: async () => (done.includes("stop node-02") && !done.includes("start node-02") ? "Stopped" : "Running"),
    };
    const pulumi = async (args: string[]) => (done.push(`pulumi ${args.join(" ")}`), says());
    const reread = async () => void done.push("reread");
    const signal = new AbortController().signal;
    const recorder = new Recorder({ drill: "", what: "", stack: "" });
    const full = { stack: of, cloud, pulumi, reread, signal, recorder, ...context } as unknown as Context;
    return { done, scene: { context: full, host: "node-02", signal } as unknown as Scene };
}

describe("faults", () => {
    it("hit the host that MySQL's disk is on first, and any that they can be done to", () => {
        const disks = [
            { name: "kafka", host: "node-01" },
            { name: "mysql", host: "node-02" },
        ];
        const where = { ...of, disks, kafka: { host: "node-01" } };
        assert.deepEqual(workers(where), ["node-02", "node-01"]);
        assert.deepEqual(any(where), ["node-02", "node-01", "master"]);
        assert.deepEqual([kafkaHost(where), kafkaHost({ ...where, kafka: undefined })], [["node-01"], []]);
    });

    it("of power are repaired by one command, and put back by the cloud where that failed", async () => {
        const { done, scene: here } = scene();
        await workerOff.break(here);
        await workerOff.putBack!(here);
        await workerOff.putBack!(here);
        assert.deepEqual(done.splice(0), ["stop node-02", "start node-02"]);
        await workerReleased.break(here);
        await workerReleased.repair!.run(here);
        assert.deepEqual(done.splice(0), ["release node-02", "pulumi up --refresh --yes --skip-preview", "reread"]);
        await masterOff.repair!.run({ ...here, host: "master" });
        assert.match(done[0], / --target \*\*alicloud:ecs\/instance:Instance::master$/);
    });

    it("of a service are noticed by its process, and over when it is active with another", async () => {
        const shell = new StandInShell({
            "systemctl show": { stdout: "active\n100\n" },
            "systemctl kill": { stdout: "" },
        });
        const { scene: here } = scene({ shell });
        await kubeletKilled.break(here);
        assert.match(shell.runs.at(-1)!.script, /kill --signal=KILL --kill-who=main kubelet$/);
        assert.equal(await kubeletKilled.noticed!(here), undefined);
        assert.equal(await kubeletKilled.missing!(here), "kubelet is active");
        shell.says["systemctl show"] = { stdout: "activating\n0\n" };
        assert.match((await kubeletKilled.noticed!(here))!, /kubelet is activating, its process 100 has ended/);
        assert.equal(await kubeletKilled.missing!(here), "kubelet is activating");
        shell.says["systemctl show"] = { stdout: "active\n101\n" };
        assert.equal(await kubeletKilled.missing!(here), undefined);
    });

    const mysql = (fields: Partial<Pod["status"]>, uid = "new", nodeName?: string): Pod => {
        const made = pod("mysql/mysql-0", {}, fields);
        return { ...made, metadata: { ...made.metadata, uid }, spec: { ...made.spec, nodeName } };
    };
    const noticed = (fault: Fault, now: Pod | undefined) => {
        const api = new StandInApi(now ? { "GET /api/v1/namespaces/mysql/pods/mysql-0": () => now } : {});
        return fault.noticed!({ ...scene({ api }).scene, was: "old" });
    };

    it("of MySQL's node are noticed when the new pod waits, and say so where it was started elsewhere", async () => {
        const unscheduled = { type: "PodScheduled", status: "False", message: "0/3 nodes are available" };
        const waits = { phase: "Pending", conditions: [unscheduled] };
        assert.equal(await noticed(mysqlAway, undefined), undefined);
        assert.equal(await noticed(mysqlAway, mysql(waits, "old")), undefined);
        assert.match((await noticed(mysqlAway, mysql(waits)))!, /^it waits: mysql-0: 0\/3 nodes/);
        assert.match((await noticed(mysqlAway, mysql(waits, "new", "master")))!, /^MySQL was started on master/);
    });

    it("of MySQL's disk are noticed by its refusal, and by no other end", async () => {
        const ended = (message: string) => ({
            containerStatuses: [{ name: "mysql", lastState: { terminated: { exitCode: 1, message } } }],
        });
        const words = "REFUSED: this disk has carried a MySQL database";
        assert.equal(await noticed(mysqlEmptied, mysql(ended(`${words}\nNothing was initialised`))), words);
        assert.equal(await noticed(mysqlEmptied, mysql(ended("out of memory"))), undefined);
    });

    it("of MySQL's disk find it by the claim that MySQL's pods have, not a backup's", async () => {
        const bound = (name: string, path: string, namespace = "mysql") => ({
            spec: { claimRef: { namespace, name }, local: { path } },
        });
        const volumes = [{ name: "configuration" }, { persistentVolumeClaim: { claimName: "mysql" } }];
        const items = [bound("backup-mysql", "/b"), bound("mysql", "/other", "logging"), bound("mysql", "/m")];
        const found = (volumes: object[]) => {
            const api = new StandInApi({
                "GET /apis/apps/v1/namespaces/mysql/statefulsets/mysql": () => ({
                    spec: { template: { spec: { volumes } } },
                }),
                "GET /api/v1/persistentvolumes": () => ({ items }),
            });
            return mysqlVolume(scene({ api } as unknown as Context).scene);
        };
        assert.equal(await found(volumes), "/m");
        await assert.rejects(found([...volumes, volumes[1]]), /MySQL has 2 claims/);
        await assert.rejects(found([{ persistentVolumeClaim: { claimName: "lost" } }]), /bound to MySQL's claim lost/);
    });

    it("of drift are noticed by a preview that shows them", async () => {
        const line = " ~  kubernetes:core/v1:Service mysql update [diff: ~spec]";
        const { scene: shown, done } = scene({}, () => `Previewing update (local):\n${line}\nResources:\n`);
        assert.equal(
            await drift.noticed!(shown),
            "pulumi preview --refresh: kubernetes:core/v1:Service mysql update [diff: ~spec]",
        );
        assert.deepEqual(done, ["pulumi preview --refresh"]);
        assert.equal(await drift.noticed!(scene({}, () => "Service nacos update").scene), undefined);
    });
});

describe("the wrong stack", () => {
    const destroyed = async (says: () => string) => (await wrongStack.run(scene({}, says).scene.context))[1];

    it("is refused a destroy where disks are protected; another failure proves nothing", async () => {
        const fail = (message: string) => () => {
            throw new Error(message);
        };
        assert.equal((await destroyed(fail("mysql cannot be deleted because it is protected"))).met, true);
        await assert.rejects(destroyed(fail("passphrase must be set")), /passphrase/);
    });

    it("keeps every data disk where it could be destroyed", async () => {
        const lines = (...disks: string[]) => disks.map((disk) => ` -  alicloud:ecs:EcsDisk ${disk} \n`).join("");
        const mysql = "mysql delete[retain]";
        const want = await destroyed(() => lines(mysql, "kafka delete[retain]"));
        assert.deepEqual([want.got, want.met], ["kept: mysql, kafka", true]);
        const lost = await destroyed(() => lines(mysql, "kafka delete"));
        assert.deepEqual([lost.got, lost.met], ["deleted with it: kafka", false]);
        assert.equal((await destroyed(() => "Resources: 90 to delete")).met, false);
    });

    it("is only asked for a preview", async () => {
        const { scene: here, done } = scene();
        await wrongStack.run(here.context);
        assert.deepEqual(done, ["pulumi destroy --preview-only"]);
    });
});
