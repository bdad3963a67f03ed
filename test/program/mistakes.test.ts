import * as assert from "node:assert/strict";
import { allOn, disks } from "../sample";
import { run, type Run } from "./engine";

const disk = {
    diskId: "d-left",
    diskName: "test-cluster-dev-mysql",
    size: 20,
    category: "cloud_essd",
    zoneId: "cn-hangzhou-i",
};
/** What is asked of the defaults' node-02 is 3 GiB beside Elasticsearch, of some 6 that it gives. */
const elasticsearchOf = (memory: string) => ({ "test-cluster:elk": { elasticsearch: { memory } } });
const bigger = [
    { id: "ecs.c6.large", cpuCoreCount: 2, memorySize: 4 },
    { id: "ecs.c6.xlarge", cpuCoreCount: 4, memorySize: 8 },
    { id: "ecs.g6.xlarge", cpuCoreCount: 4, memorySize: 16 },
    { id: "ecs.g6.2xlarge", cpuCoreCount: 8, memorySize: 32 },
];
const mysqlOf = (sizeGiB: number) => ({
    "test-cluster:disks": { data: disks({ mysql: { sizeGiB } }) },
});

const mysqlFrom = (id: string) => ({ "test-cluster:disks": { data: disks({ mysql: { snapshot: id } }) } });
const snapshot = {
    id: "s-1",
    status: "accomplished",
    sourceDiskId: "d-left",
    sourceDiskSize: "20",
    sourceDiskType: "data",
};

/** What is wrong, and what must be said about it: the key, the value, and the way out. */
const cases: Record<string, { wrong: Run; says: RegExp[] }> = {
    "a mistake in the configuration": {
        wrong: { change: { "test-cluster:access": undefined, "test-cluster:network": { pods: "10.20.0.0/16" } } },
        says: [
            /2 mistakes/,
            /access: required and missing; name the addresses/,
            /network\.pods: 10\.20\.0\.0\/16 overlaps/,
        ],
    },
    "an unknown key": {
        wrong: { change: { "test-cluster:mysq": {} } },
        says: [/mysq: no such key; did you mean mysql\?/],
    },
    "no region": {
        wrong: { change: { "alicloud:region": undefined, "test-cluster:access": undefined } },
        says: [
            /2 mistakes/,
            /alicloud:region: required and missing; .*pulumi config set alicloud:region/,
            /access: required/,
        ],
    },
    "an unknown zone": {
        wrong: { change: { "test-cluster:zone": "cn-hangzhou-x" } },
        says: [/zone: cn-hangzhou-x is no zone of cn-hangzhou; choose one of cn-hangzhou-h, cn-hangzhou-i/],
    },
    "a type that is sold out": {
        wrong: {
            cloud: {
                types: [
                    { id: "ecs.c6.large", cpuCoreCount: 2, memorySize: 4 },
                    { id: "ecs.c7.xlarge", cpuCoreCount: 4, memorySize: 8 },
                ],
            },
        },
        says: [
            /2 mistakes/,
            /hosts \(node-01\): ecs\.c6\.xlarge is unknown or out of stock in cn-hangzhou-i; to be had there: ecs\.c7\.xlarge \(4 vCPU, 8 GiB\)/,
        ],
    },
    "a size that no type has": {
        wrong: {
            change: {
                "test-cluster:hosts": [
                    { name: "master", role: "control-plane", cpus: 2, memoryGiB: 5 },
                    { name: "node-02", role: "worker", cpus: 4, memoryGiB: 8 },
                ],
                ...allOn("node-02"),
            },
        },
        says: [/hosts \(master\): 2 vCPU \/ 5 GiB is unknown or out of stock.*ecs\.c6\.large \(2 vCPU, 4 GiB\)/],
    },
    "a zone that has nothing": {
        wrong: { cloud: { types: [] } },
        says: [/3 mistakes/, /hosts \(master\): ecs\.c6\.large .* nothing like it is to be had there/],
    },
    "no image": {
        wrong: { cloud: { images: [] }, change: { "test-cluster:image": "^debian_99" } },
        says: [/image: \^debian_99 matches no system image in cn-hangzhou/],
    },
    "an application that no node has room for": {
        wrong: { change: elasticsearchOf("12Gi"), cloud: { types: bigger } },
        says: [
            /elk\.elasticsearch: StatefulSet elasticsearch asks for 12352Mi of memory and 260m of CPU, and finds no place/,
            /\(node-02: needs 12352 MiB of memory, the node has 6470 MiB in all\)/,
            /a bigger node-02 would do: ecs\.g6\.2xlarge \(8 vCPU, 32 GiB\)$/m,
        ],
    },
    "a node of which more is asked than its watermark": {
        wrong: { change: elasticsearchOf("3Gi"), cloud: { types: bigger } },
        says: [
            /1 mistake/,
            /hosts \(node-02\): 6172Mi of memory are requested of the 6470Mi that it gives, 95 %: 671Mi above/,
            /capacity\.watermarks\.requests, 85 %; most is for elasticsearch 3136Mi, mysql 1024Mi, logstash 1024Mi/,
            /ecs\.g6\.xlarge \(4 vCPU, 16 GiB, 730 CNY a month\), or make elk\.elasticsearch\.memory smaller: 2368Mi instead of 3Gi/,
        ],
    },
    "a disk that would shrink": {
        wrong: { cloud: { disks: [{ ...disk, size: 40 }] }, change: mysqlOf(20) },
        says: [/disks\.data \(mysql\)\.sizeGiB: 20, but d-left has 40; disks only grow/],
    },
    "a disk in another zone": {
        wrong: { cloud: { disks: [{ ...disk, zoneId: "cn-hangzhou-h" }] } },
        says: [
            /zone: cn-hangzhou-i, but disks\.data \(mysql\) is disk d-left in cn-hangzhou-h; .*stay in cn-hangzhou-h/,
        ],
    },
    "a disk of another category": {
        wrong: { cloud: { disks: [{ ...disk, category: "cloud_ssd" }] } },
        says: [/disks\.data \(mysql\)\.category: cloud_essd, but d-left is cloud_ssd; say so/],
    },
    "two disks of one name": {
        wrong: { cloud: { disks: [disk, { ...disk, diskId: "d-other" }] } },
        says: [
            /disks\.data \(mysql\): 2 disks carry the name test-cluster-dev-mysql \(d-left, d-other\); rename all but one/,
        ],
    },
    "a snapshot that is not there": {
        wrong: { change: mysqlFrom("s-none"), cloud: { snapshots: [] } },
        says: [/disks\.data \(mysql\)\.snapshot: s-none is no snapshot in cn-hangzhou; .* DescribeSnapshots .*lists$/m],
    },
    "a snapshot that is not finished, of a larger system disk": {
        wrong: {
            change: mysqlFrom("s-1"),
            cloud: {
                disks: [disk],
                snapshots: [{ ...snapshot, status: "progressing", sourceDiskSize: "40", sourceDiskType: "System" }],
            },
        },
        says: [
            /3 mistakes/,
            /disks\.data \(mysql\)\.snapshot: s-1 is progressing; wait until it is accomplished/,
            /disks\.data \(mysql\)\.snapshot: s-1 is of a system disk, d-left; choose one of a data disk/,
            /disks\.data \(mysql\)\.sizeGiB: 20, but s-1 is of a disk of 40; make it 40 or more/,
        ],
    },
    "another disk's snapshot": {
        wrong: {
            change: mysqlFrom("s-1"),
            cloud: { disks: [{ ...disk, diskName: "test-cluster-dev-kafka" }], snapshots: [snapshot] },
        },
        says: [/disks\.data \(mysql\)\.snapshot: s-1 is of test-cluster-dev-kafka \(d-left\); choose one of this disk/],
    },
    "a disk that would be replaced and deleted": {
        wrong: {
            change: {
                "test-cluster:disks": { data: disks({ mysql: { snapshot: "s-1" } }), keepOnDestroy: false },
            },
            cloud: { disks: [disk], snapshots: [snapshot] },
        },
        says: [
            /disks\.data \(mysql\)\.snapshot: s-1, but with disks\.keepOnDestroy: false .* delete d-left, .* set that/,
        ],
    },
    "several things that the cloud lacks": {
        wrong: { cloud: { images: [], types: [], disks: [{ ...disk, size: 40 }] } },
        says: [/5 mistakes/],
    },
};

describe("before anything is touched", () => {
    for (const [title, { wrong, says }] of Object.entries(cases)) {
        it(`${title} stops the program, which says why`, async () => {
            const { resources, error } = await run(wrong);
            assert.deepEqual(
                resources.map(({ type }) => type),
                ["pulumi:pulumi:Stack"],
            );
            assert.equal((error as { __pulumiRunError?: boolean }).__pulumiRunError, true, "shown with a stack trace");
            for (const text of says) assert.match(error!.message, text);
        });
    }

    it("user data that the cloud would not take stops it as well", async () => {
        const urls = { "https://pkgs.k8s.io": Array.from({ length: 1000 }, (_, n) => `https://mirror-${n}.example`) };
        const { resources, error } = await run({ change: { "test-cluster:mirrors": { urls } } });
        assert.match(error?.message ?? "", /its user data has \d+ bytes, the cloud takes 32768/);
        assert.equal(resources.length, 1);
    });
});
