import { strict as assert } from "node:assert";
import { nodeOf, sizeOf } from "../../../cluster/capacity/nodes";
import { disks, stackConfig } from "../../sample";
import { catalogOf, hosts } from "./plan";

const small = { cpuCoreCount: 2, memorySize: 4 };
const large = { cpuCoreCount: 4, memorySize: 8 };
const mebibytes = (bytes: number) => bytes / 2 ** 20;

function node(name: string, change: Record<string, unknown> = {}, stack = "local") {
    const config = stackConfig(stack, change);
    return nodeOf(
        config,
        config.hosts.find((host) => host.name === name)!,
        name === "master" ? small : large,
    );
}

/** The keys of the local stack's kubelets, some of them changed. */
const kubelet = (change: object) => ({ kubernetes: { ...stackConfig("local").kubernetes, ...change } });

describe("what a node gives", () => {
    it("is its type's, less what is reserved and the eviction threshold", () => {
        const { capacity, allocatable } = node("master");
        assert.deepEqual([capacity.cpu, mebibytes(capacity.memory), capacity.pods], [2000, 4096, 110]);
        // 100m and 300Mi for the kubelet, as much for the system, 200Mi before pods are evicted.
        assert.deepEqual([allocatable.cpu, mebibytes(allocatable.memory), allocatable.pods], [1800, 3296, 110]);
    });

    it("is less by Kafka and Docker where they are, and nowhere else", () => {
        assert.equal(mebibytes(node("node-02").allocatable.memory), 8192 - 800);
        assert.equal(mebibytes(node("node-01").allocatable.memory), 8192 - 800 - 1024 - 150);
        const data = disks({ kafka: { host: "node-02" } });
        const moved = { disks: { data }, kafka: { host: "node-02", memory: "2Gi" } };
        assert.equal(mebibytes(node("node-01", moved).allocatable.memory), 8192 - 800);
        assert.equal(mebibytes(node("node-02", moved).allocatable.memory), 8192 - 800 - 2048 - 150);
    });

    it("begins with what the kubelet sees of the nominal memory, by a share or an amount", () => {
        const seen = (unseenMemory: string) =>
            mebibytes(node("master", { capacity: { unseenMemory } }).capacity.memory);
        assert.deepEqual(["0%", "25%", "300Mi"].map(seen), [4096, 3072, 3796]);
    });

    it("is, where that is not said, what was measured on such types, within 5 MiB", () => {
        const measured = [
            { cpuCoreCount: 2, memorySize: 4, shown: 3499 },
            { cpuCoreCount: 4, memorySize: 8, shown: 7271 },
            { cpuCoreCount: 2, memorySize: 8, shown: 7397 },
            { cpuCoreCount: 8, memorySize: 16, shown: 15069 },
            { cpuCoreCount: 4, memorySize: 16, shown: 15323 },
        ];
        const config = stackConfig("dev");
        for (const { shown, ...size } of measured) {
            const { capacity } = nodeOf(config, config.hosts[0], size);
            assert.ok(Math.abs(mebibytes(capacity.memory) - shown) <= 5, `${mebibytes(capacity.memory)}, not ${shown}`);
        }
    });

    it("follows thresholds in percent of its capacity, and knows none that is not there", () => {
        const left = (evictionHard: Record<string, string>) => node("master", kubelet({ evictionHard })).allocatable;
        assert.equal(
            mebibytes(left({ "memory.available": "10%" }).memory),
            Math.floor((4096 * 0.9 - 600) * 2 ** 20) / 2 ** 20,
        );
        assert.equal(mebibytes(left({ "nodefs.available": "10%" }).memory), 4096 - 600);
        // 40 GiB, of which a 64th is inode tables.
        assert.equal(left({ "nodefs.available": "10%" }).storage, Math.floor(40 * 2 ** 30 * (63 / 64) * 0.9));
        assert.equal(left({}).storage, 40 * 2 ** 30 * (63 / 64));
    });

    it("follows settings of the kubelet that the configuration passes on as they are", () => {
        const passed = { maxPods: 20, kubeReserved: { cpu: "500m", memory: "1Gi", "ephemeral-storage": "3Gi" } };
        const { allocatable } = node("node-02", kubelet({ kubelet: passed }));
        assert.deepEqual([allocatable.cpu, mebibytes(allocatable.memory), allocatable.pods], [3400, 8192 - 1524, 20]);
        assert.equal(allocatable.storage, 40 * 2 ** 30 * (63 / 64) - 4 * 2 ** 30);
    });

    it("is nothing, and never less, where more is reserved than there is", () => {
        assert.equal(node("node-01", { kafka: { memory: "9Gi" } }).allocatable.memory, 0);
    });

    it("is offered under the labels and taints that the program sets", () => {
        const master = node("master", { hosts: hosts({ master: { workloads: false } }) });
        assert.deepEqual(master.taints, [{ key: "node-role.kubernetes.io/control-plane", effect: "NoSchedule" }]);
        assert.equal(master.labels["node-role.kubernetes.io/control-plane"], "");
        const { taints, labels } = node("node-02");
        assert.deepEqual(taints, []);
        assert.deepEqual(
            Object.keys(labels).filter((key) => key.startsWith("disk.")),
            ["mysql", "elasticsearch", "backup"].map((disk) => `disk.test-cluster/${disk}`),
        );
    });
});

describe("a host's size", () => {
    const size = (instanceType: string, has?: []) => {
        const config = stackConfig("dev", { hosts: hosts({ master: { instanceType } }) });
        return sizeOf(config.hosts[0], catalogOf(config, has));
    };

    it("is that of its type in the zone's list", () => {
        assert.deepEqual(size("ecs.g6.large"), { id: "ecs.g6.large", cpuCoreCount: 2, memorySize: 8 });
    });

    it("is that of its name where the zone no longer sells the type", () => {
        const named = ["ecs.c5.large", "ecs.g8i.xlarge", "ecs.r7.4xlarge", "ecs.c6.xlarge"].map((type) =>
            size(type, []),
        );
        assert.deepEqual(
            named.map((one) => [one?.cpuCoreCount, one?.memorySize]),
            [
                [2, 4],
                [4, 16],
                [16, 128],
                [4, 8],
            ],
        );
    });

    it("is not known where the name says nothing", () => {
        assert.equal(size("ecs.t5-lc1m2.small"), undefined);
    });

    it("is the one that the host was chosen by", () => {
        const sized = { instanceType: undefined, cpus: 2, memoryGiB: 4 };
        const config = stackConfig("dev", { hosts: hosts({ master: sized }) });
        const catalog = { ...catalogOf(config, []), instanceTypes: { master: "ecs.odd" } };
        assert.deepEqual(sizeOf(config.hosts[0], catalog), { cpuCoreCount: 2, memorySize: 4 });
    });
});
