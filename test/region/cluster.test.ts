import Ecs from "@alicloud/ecs20140526";
import * as ecs from "@alicloud/ecs20140526";
import { strict as assert } from "node:assert";
import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import { getConfig, publishConfig } from "../../apps/nacos/api";
import { nodeOf } from "../../cluster/capacity/nodes";
import { quantity } from "../../config/quantity";
import { stateDir } from "../../rehearsal/paths";
import { control } from "../../rehearsal/process";
import { disks, stackConfig, stackFile } from "../sample";
import { nacos } from "./applications";
import {
    changedStack,
    cloudState,
    eventually,
    forgetKubeconfig,
    instanceId,
    instanceUrn,
    kubectl,
    long,
    mutatingCalls,
    otherMirrors,
    outputs,
    run,
    sql,
    ssh,
    succeeded,
    underWay,
    type Result,
} from "./support";

/** The behaviours that the stack promises, on real hosts, in the order in which a team would meet them. */
describe("the local stack", function () {
    this.timeout(15 * 60_000);
    this.bail(true);

    const rows = 100;
    const checksum = "SELECT CONCAT(COUNT(*), ' ', SUM(CRC32(CONCAT(id, body)))) FROM nacos.kept";
    let written = "";

    const commandsRun = ({ changes }: Result) => changes.filter(({ type }) => type.startsWith("command:"));

    /** The rows are there, each of them, as they were written. */
    const rowsAreThere = async () => assert.equal(await sql(checksum), written);

    const byHand = { namespace: "public", group: "DEFAULT_GROUP", dataId: "by-hand.properties" };
    const byHandContent = "made.by=hand\n";

    it("is up", async () => {
        succeeded(await run(["up"]));
    });

    it("has three Ready nodes, named after their hosts, labelled with role and disk", async () => {
        const nodes = JSON.parse(await kubectl("get", "nodes", "-o", "json")) as {
            items: {
                metadata: { name: string; labels: Record<string, string> };
                status: {
                    conditions: { type: string; status: string }[];
                    capacity: Record<string, string>;
                    allocatable: Record<string, string>;
                };
                spec: { taints?: object[] };
            }[];
        };
        assert.deepEqual(
            nodes.items.map(({ metadata }) => metadata.name),
            ["master", "node-01", "node-02"],
        );
        for (const { status, metadata, spec } of nodes.items) {
            const ready = status.conditions.find(({ type }) => type === "Ready");
            assert.equal(ready?.status, "True", metadata.name);
            assert.equal(spec.taints, undefined, `${metadata.name} takes workloads`);
        }
        const [master, node01, node02] = nodes.items.map(({ metadata }) => metadata.labels);
        assert.equal(master["node-role.kubernetes.io/control-plane"], "");
        assert.equal(node01["node-role.kubernetes.io/worker"], "");
        assert.equal(node02["disk.test-cluster/mysql"], "");
        assert.equal(node01["disk.test-cluster/mysql"], undefined);
        assert.equal(nodes.items[0].status.capacity.memory, "4Gi");
        assert.equal(nodes.items[1].status.capacity.memory, "8Gi");
        const config = stackConfig("local");
        for (const [index, host] of config.hosts.entries()) {
            // The memory of ecs.c6.large and ecs.c6.xlarge; the CPUs are the machine's.
            const size = { cpuCoreCount: 1, memorySize: host.role === "control-plane" ? 4 : 8 };
            const planned = nodeOf(config, host, size).allocatable;
            const { memory, pods } = nodes.items[index].status.allocatable;
            assert.deepEqual([quantity(memory), Number(pods)], [planned.memory, planned.pods], host.name);
        }
    });

    it("has metrics, tools on the master, an audit log, and Secrets encrypted at rest", async () => {
        await eventually("metrics", 90, async () => (await kubectl("top", "nodes")).includes("node-02"));
        assert.match(await ssh("master", "kubectl get nodes --no-headers && k9s version -s"), /node-02.*v0\.50\.9/s);
        assert.match(
            await ssh("master", "tail -n 200 /var/log/kubernetes/audit/audit.log"),
            /"kind":"Event".*"level":"Metadata"/,
        );
        const raw = await ssh(
            "master",
            "kubectl -n kube-system exec etcd-master -- etcdctl --endpoints https://127.0.0.1:2379 " +
                "--cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt " +
                "--key /etc/kubernetes/pki/etcd/server.key get /registry/secrets/mysql/mysql-passwords | head -c 200",
        );
        assert.match(raw, /k8s:enc:secretbox:v1:stack:/);
    });

    it("serves MySQL, in utf8mb4, to the application's user too", async () => {
        assert.equal(await sql("SELECT @@character_set_server"), "utf8mb4");
        await sql("CREATE TABLE IF NOT EXISTS nacos.kept (id INT PRIMARY KEY, body VARCHAR(100)) ENGINE=InnoDB");
        const values = Array.from({ length: rows }, (_, i) => `(${i}, 'row ${i} 数据')`).join(",");
        await sql(`REPLACE INTO nacos.kept VALUES ${values}`);
        written = await sql(checksum);
        assert.match(written, /^100 /);
        const asUser =
            "mysql --no-defaults --protocol=tcp --host=mysql --user=nacos --password=$(cat /secrets/users/nacos) " +
            "--execute 'SELECT COUNT(*) FROM nacos.kept' --skip-column-names --batch";
        const count = await kubectl("-n", "mysql", "exec", "mysql-0", "--", "bash", "-c", asUser);
        assert.equal(count, String(rows));
    });

    it("takes a configuration that is published to Nacos by hand", async () => {
        await publishConfig(await nacos(), byHand, { content: byHandContent, type: "properties" });
        assert.equal((await getConfig(await nacos(), byHand))?.content, byHandContent);
    });

    it("changes nothing and runs nothing the second time", async () => {
        const preview = await run(["preview", "--expect-no-changes"]);
        succeeded(preview);
        const since = new Date();
        const again = await run(["up"]);
        succeeded(again);
        assert.deepEqual(again.changes, []);
        assert.deepEqual(await mutatingCalls(since), []);
    });

    it("has nothing beside its state that a killed Pulumi could leave half-written, and then not read", () => {
        const files = fs.readdirSync(path.join(stateDir, ".pulumi/stacks/test-cluster"));
        assert.ok(files.includes("local.json"), files.join());
        assert.ok(!files.some((file) => file.endsWith(".attrs")), files.join());
    });

    it("is closed to the operator but for SSH and the API", async () => {
        const { hosts } = await outputs();
        const closed = [2379, 9092, 10250, 10257, 10259, 3306, 30000];
        for (const { name, publicAddress } of hosts) {
            const open = await Promise.all([22, ...closed].map((port) => reachable(publicAddress, port)));
            assert.deepEqual(open, [true, ...closed.map(() => false)], name);
        }
        assert.equal(await reachable(hosts[0].publicAddress, 6443), true);
    });

    it("gets MySQL's rows back after its pod is deleted", async () => {
        await kubectl("-n", "mysql", "delete", "pod", "mysql-0", "--wait=true", "--timeout=25s");
        await eventually("MySQL serves", 120, async () => (await sql("SELECT 1")) === "1");
        await rowsAreThere();
    });

    it("refuses to initialise where data is expected and missing, and says what to do", async () => {
        const data = "/var/lib/data/mysql/volume";
        await kubectl("-n", "mysql", "scale", "statefulset", "mysql", "--replicas=0");
        await eventually(
            "MySQL is off",
            90,
            async () => (await kubectl("-n", "mysql", "get", "pod", "mysql-0", "--ignore-not-found")) === "",
        );
        await ssh("node-02", `mv ${data}/mysql ${data}/mysql.away`);
        await kubectl("-n", "mysql", "scale", "statefulset", "mysql", "--replicas=1");
        const refusal = async () =>
            kubectl(
                ...["-n", "mysql", "get", "pod", "mysql-0", "-o"],
                "jsonpath={.status.containerStatuses[0].lastState.terminated.message}{.status.containerStatuses[0].state.terminated.message}",
            );
        await eventually("MySQL refuses", 90, async () => (await refusal()).includes("REFUSED"));
        assert.match(await refusal(), /Nothing was initialised.*restore a snapshot/s);
        assert.equal(await ssh("node-02", `ls ${data}`), "mysql.away");
        await ssh("node-02", `mv ${data}/mysql.away ${data}/mysql`);
        await kubectl("-n", "mysql", "delete", "pod", "mysql-0", "--wait=true", "--timeout=25s");
        await eventually("MySQL serves", 120, async () => (await sql("SELECT 1")) === "1");
        await rowsAreThere();
        succeeded(await run(["up"]));
    });

    long("shows drift made by hand, and puts it right", async () => {
        await kubectl(
            "-n",
            "mysql",
            "patch",
            "service",
            "mysql",
            "-p",
            '{"spec":{"ports":[{"port":3306,"name":"mysql","targetPort":3307}]}}',
            "--field-manager=by-hand",
        );
        const preview = await run(["preview", "--refresh"]);
        succeeded(preview);
        assert.match(preview.output, /Service mysql update/);
        succeeded(await run(["up", "--refresh"]));
        assert.equal(
            await kubectl("-n", "mysql", "get", "service", "mysql", "-o", "jsonpath={.spec.ports[0].targetPort}"),
            "mysql",
        );
    });

    long("goes back to a snapshot of a data disk, keeps the replaced one, and changes nothing afterwards", async () => {
        const cloud = client();
        const found = () => cloudState().then((state) => Object.values(state.disks).filter(isMySql));
        const [{ id: former }, ...others] = await found();
        assert.deepEqual(others, []);
        const taken = await cloud.createSnapshot(new ecs.CreateSnapshotRequest({ diskId: former }));
        const snapshot = taken.body!.snapshotId!;
        await sql("UPDATE nacos.kept SET body = 'spoilt'");
        const pods = () => kubectl("-n", "mysql", "get", "pod", "mysql-0", "-o", "jsonpath={.metadata.uid}");
        const before = await pods();

        const change = { data: disks({ mysql: { snapshot } }), protect: false };
        const file = changedStack("test-cluster:disks", change);
        const preview = await run(["preview", "--config-file", file]);
        succeeded(preview);
        assert.match(preview.output, new RegExp(`made from snapshot ${snapshot}, takes the place of ${former}`));
        const restored = await run(["up", "--config-file", file]);
        succeeded(restored);
        console.log(`        restoring took ${Math.round(restored.seconds)} s`);
        await eventually("MySQL serves", 180, async () => (await sql("SELECT 1")) === "1");
        await rowsAreThere();
        assert.equal(await pods(), before, "a pod was made anew");
        const [replaced, present] = [true, false].map((is) => (disk: { id: string }) => (disk.id === former) === is);
        const there = await found();
        assert.deepEqual(
            [there.length, there.find(replaced)?.status, there.find(present)?.status],
            [2, "Available", "In_use"],
        );
        assert.deepEqual((await outputs()).replacedDisks, { mysql: [former] });
        succeeded(await run(["preview", "--expect-no-changes", "--config-file", file]));

        const several = await run(["preview"]);
        assert.notEqual(several.code, 0);
        assert.match(several.output, /2 disks carry the name test-cluster-local-mysql/);
        await cloud.deleteDisk(new ecs.DeleteDiskRequest({ diskId: former }));
        const last = await run(["up"]);
        succeeded(last);
        assert.deepEqual(
            // A provider is given the whole configuration, which no longer names the snapshot.
            last.changes.filter(({ type }) => !type.startsWith("pulumi:")),
            [],
        );
        await rowsAreThere();
    });

    long("starts a host that lost its power, with the data", async () => {
        const id = await instanceId("node-02");
        await control("POST", `/instances/${id}/kill`);
        await eventually(
            "the cloud has noticed",
            60,
            async () => (await cloudState()).instances[id].status === "Stopped",
        );
        succeeded(await run(["up", "--refresh"]));
        assert.equal(await instanceId("node-02"), id);
        await eventually("MySQL serves", 120, async () => (await sql("SELECT 1")) === "1");
        await rowsAreThere();
    });

    it("brings back a host that was released behind its back, with the data", async () => {
        const id = await instanceId("node-02");
        await control("POST", `/instances/${id}/release`);
        const result = await run(["up", "--refresh"]);
        succeeded(result);
        assert.notEqual(await instanceId("node-02"), id);
        await rowsAreThere();
        const touched = commandsRun(result).map(({ urn }) => urn.split("::").pop());
        assert.ok(!touched.includes("control-plane") && !touched.includes("node-01-join"), touched.join(", "));
        succeeded(await run(["preview", "--expect-no-changes"]));
    });

    long("replaces both workers, one at a time, drained first, with the data", async () => {
        const before = await Promise.all(["node-01", "node-02"].map(instanceId));
        const urns = await Promise.all(["node-01", "node-02"].map(instanceUrn));
        let fewest = 3;
        const watch = new AbortController();
        const watching = (async () => {
            while (!watch.signal.aborted) {
                const nodes = await kubectl("get", "nodes", "--no-headers").catch(() => "");
                if (nodes) fewest = Math.min(fewest, nodes.split("\n").filter((node) => / Ready /.test(node)).length);
                await new Promise((resolve) => setTimeout(resolve, 500));
            }
        })();
        const result = await run(["up", ...urns.flatMap((urn) => ["--replace", urn])]);
        watch.abort();
        await watching;
        succeeded(result);
        console.log(`        replacing both workers took ${Math.round(result.seconds)} s`);
        const after = await Promise.all(["node-01", "node-02"].map(instanceId));
        assert.deepEqual(
            after.filter((id) => before.includes(id)),
            [],
        );
        assert.equal(fewest, 2, "how many nodes were Ready at the worst moment");
        assert.match(result.output, /node-01: draining/);
        assert.match(result.output, /node-02: draining/);
        await rowsAreThere();
        assert.equal(
            await kubectl(..."-n kube-system get configmap host-replacement --ignore-not-found".split(" ")),
            "",
        );
        succeeded(await run(["preview", "--expect-no-changes"]));
    });

    long("ends in bounded time, with a message, when the API server is dead", async () => {
        await ssh("master", "mkdir -p /root/away && mv /etc/kubernetes/manifests/kube-apiserver.yaml /root/away/");
        const { hosts } = await outputs();
        await eventually("the API is dead", 60, async () => !(await reachable(hosts[0].publicAddress, 6443)));
        for (const verb of [["preview"], ["refresh"], ["up"]]) {
            const { seconds, output } = await run(verb);
            assert.ok(seconds < 180, `${verb.join(" ")} took ${seconds} s`);
            assert.match(output, /unreachable/, verb.join(" "));
            console.log(`        ${verb.join(" ")} ended after ${Math.round(seconds)} s`);
        }
    });

    long("destroys a stack whose API server is dead, and keeps the data disk only", async () => {
        const result = await run(["destroy"]);
        succeeded(result);
        assert.ok(result.seconds < 300, `it took ${result.seconds} s`);
        console.log(`        destroy ended after ${Math.round(result.seconds)} s`);
        const { disks, ...rest } = await cloudState();
        assert.deepEqual(
            Object.values(disks)
                .map(({ name, status }) => `${name} ${status}`)
                .sort(),
            ["backup", "elasticsearch", "kafka", "mysql"].map((disk) => `test-cluster-local-${disk} Available`),
        );
        for (const kind of [
            "instances",
            "vpcs",
            "vswitches",
            "securityGroups",
            "keyPairs",
            "snapshotPolicies",
        ] as const) {
            assert.deepEqual(rest[kind], {}, kind);
        }
    });

    long("converges after an interruption in the middle of the bootstrap, on the kept disk", async () => {
        forgetKubeconfig();
        const interrupt = new AbortController();
        const first = run(["up"], interrupt.signal);
        await eventually("the bootstrap is under way", 180, async () => {
            const { instances } = await cloudState();
            const up = Object.values(instances).length === 3;
            return up && (await joining());
        });
        interrupt.abort();
        const { code, seconds } = await first;
        assert.notEqual(code, 0);
        console.log(`        interrupted after ${Math.round(seconds)} s`);
        const second = await run(["up"]);
        succeeded(second);
        console.log(`        the second run took ${Math.round(second.seconds)} s`);
        assert.equal(Object.values((await cloudState()).instances).length, 3);
        await rowsAreThere();
        assert.equal((await getConfig(await nacos(), byHand))?.content, byHandContent);
        assert.ok(
            await getConfig(await nacos(), { ...byHand, dataId: "application.yaml" }),
            "the declared one is gone",
        );
        succeeded(await run(["preview", "--expect-no-changes"]));
    });

    long(
        "replaces every host when what they boot from changes, the cluster with them, with the data, also in two goes",
        async () => {
            const before = Object.keys((await cloudState()).instances);
            const file = otherMirrors();
            const interrupt = new AbortController();
            const first = run(["up", "--config-file", file], interrupt.signal);
            await eventually("the new cluster gets its objects", 300, async () =>
                underWay("create-replacement", "elasticsearch"),
            );
            interrupt.abort();
            const cut = await first;
            assert.notEqual(cut.code, 0);
            const result = await run(["up", "--config-file", file]);
            forgetKubeconfig();
            succeeded(result);
            console.log(
                `        replacing every host took ${Math.round(cut.seconds)} and ${Math.round(result.seconds)} s`,
            );
            const after = Object.keys((await cloudState()).instances);
            assert.deepEqual([after.length, after.filter((id) => before.includes(id))], [3, []]);
            await rowsAreThere();
            succeeded(await run(["preview", "--expect-no-changes", "--config-file", file]));
        },
    );

    it("leaves nothing but the disk after a destroy of a healthy stack", async () => {
        succeeded(await run(["destroy"]));
        const { disks, instances } = await cloudState();
        assert.deepEqual(instances, {});
        assert.deepEqual(
            Object.values(disks)
                .map(({ name }) => name)
                .sort(),
            ["backup", "elasticsearch", "kafka", "mysql"].map((disk) => `test-cluster-local-${disk}`),
        );
    });
});

function isMySql({ name }: { name: string }): boolean {
    return name === "test-cluster-local-mysql";
}

/** A client of the region's API, with the stack's own keys. */
function client(): Ecs {
    const { "alicloud:accessKey": accessKeyId, "alicloud:secretKey": accessKeySecret } = stackFile("local");
    const config = {
        accessKeyId,
        accessKeySecret,
        endpoint: "127.0.0.1:7100",
        protocol: "http",
        regionId: "cn-hangzhou",
    };
    return new Ecs(config as unknown as ConstructorParameters<typeof Ecs>[0]);
}

/** Whether kubeadm is at work on the control plane: its port listens. */
async function joining(): Promise<boolean> {
    return (await reachableAnywhere(6443)).length > 0;
}

async function reachableAnywhere(port: number): Promise<string[]> {
    const { instances } = (await control("GET", "/state")) as { instances: Record<string, { publicAddress?: string }> };
    const addresses = Object.values(instances).flatMap(({ publicAddress }) => publicAddress ?? []);
    const open = await Promise.all(addresses.map((address) => reachable(address, port)));
    return addresses.filter((_, index) => open[index]);
}

function reachable(host: string, port: number): Promise<boolean> {
    return new Promise((resolve) => {
        const socket = net.connect({ host, port, timeout: 1500 });
        const end = (answer: boolean) => {
            socket.destroy();
            resolve(answer);
        };
        socket.on("connect", () => end(true));
        socket.on("timeout", () => end(false));
        socket.on("error", () => end(false));
    });
}
