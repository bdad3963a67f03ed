import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as path from "node:path";
import { ConfigurationError, parseSettings } from "../../config";
import { disks, ownSettings, stackFile } from "../sample";

const access = { cidrs: ["198.51.100.7/32"] };

/** The mistakes in settings, each a line; none when they are right. */
function mistakesIn(settings: Record<string, unknown>): string[] {
    try {
        parseSettings(settings);
        return [];
    } catch (error) {
        assert.ok(error instanceof ConfigurationError, String(error));
        return error.mistakes;
    }
}

/** What a case changes of settings that are right, and the one mistake that must come of it. */
interface Case {
    title: string;
    change: Record<string, unknown>;
    mistake: RegExp;
}

/** Every line names the key, the value and the way out; three patterns in that order make one. */
function line(key: string, value: string, wayOut: string): RegExp {
    const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    return new RegExp(`^${literal(key)}: .*${literal(value)}.*${literal(wayOut)}`);
}

const master = { name: "master", role: "control-plane", cpus: 2, memoryGiB: 4 };
const worker = { name: "node-01", role: "worker", cpus: 4, memoryGiB: 8 };
const data = ["mysql", "kafka", "elasticsearch", "backup"].map((name) => ({ name, host: "master", sizeGiB: 20 }));
/** These hosts, with everything that is on a certain host on the master. */
const hosts = (...list: object[]) => ({ hosts: list, disks: { data }, kafka: { host: "master" } });
/** The disks of the defaults, MySQL's changed. */
const mysqlDisk = (change: object) => ({ data: disks({ mysql: change }) });

/** A bucket for backups that is right, changed. */
const bucket = (change: object) => ({
    backup: { bucket: { name: "backups", accessKeyId: "id", accessKeySecret: "hidden", ...change } },
});

const shapes: Case[] = [
    { title: "no access", change: { access: undefined }, mistake: line("access", "missing", "cidrs: [") },
    { title: "empty access", change: { access: { cidrs: [] } }, mistake: line("access.cidrs", "[]", ">=1") },
    {
        title: "an unknown key",
        change: { netwrok: {} },
        mistake: line("netwrok", "no such key", "did you mean network? Known here: zone, network"),
    },
    {
        title: "an unknown nested key",
        change: { disks: { keepOnDestory: true } },
        mistake: line("disks.keepOnDestory", "no such key", "did you mean keepOnDestroy?"),
    },
    {
        title: "an unknown key of a host",
        change: hosts({ ...master, memoryGB: 4 }, worker),
        mistake: line("hosts.0.memoryGB", "no such key", "did you mean memoryGiB?"),
    },
    {
        title: "a text for a number",
        change: { disks: { snapshots: { hour: "two" } } },
        mistake: line("disks.snapshots.hour", '"two"', "expected number"),
    },
    {
        title: "a number out of range",
        change: { disks: { snapshots: { hour: 24 } } },
        mistake: line("disks.snapshots.hour", "24", "<=23"),
    },
    {
        title: "a version that is a number",
        change: { kubernetes: { version: 1.36 } },
        mistake: line("kubernetes.version", "1.36", "expected string"),
    },
    {
        title: "a version that is not exact",
        change: { kubernetes: { version: "1.36" } },
        mistake: line("kubernetes.version", "1.36", "such as 1.36.3"),
    },
    {
        title: "an unknown role",
        change: hosts(master, { ...worker, role: "node" }),
        mistake: line("hosts.1.role", '"node"', '"control-plane"|"worker"'),
    },
    {
        title: "a host without a name",
        change: hosts(master, { ...worker, name: undefined }),
        mistake: line("hosts.1.name", "", "required and missing"),
    },
    {
        title: "a name that is no DNS label",
        change: hosts(master, { ...worker, name: "Node_1" }),
        mistake: line("hosts.1.name", "Node_1", "lower-case letters, digits and dashes"),
    },
    {
        title: "no bandwidth",
        change: hosts(master, { ...worker, publicBandwidthMbps: 0 }),
        mistake: line("hosts.1.publicBandwidthMbps", "0", ">=1"),
    },
    {
        title: "a small system disk",
        change: hosts(master, { ...worker, systemDiskGiB: 10 }),
        mistake: line("hosts.1.systemDiskGiB", "10", ">=20"),
    },
    {
        title: "a disk that is too large",
        change: { disks: mysqlDisk({ sizeGiB: 40000 }) },
        mistake: line("disks.data.0.sizeGiB", "40000", "<=32768"),
    },
    {
        title: "no snapshot kept",
        change: { disks: { snapshots: { keepDays: 0 } } },
        mistake: line("disks.snapshots.keepDays", "0", ">=1"),
    },
    {
        title: "a reservation that is no quantity",
        change: { kubernetes: { kubeReserved: { cpu: "100m", memory: "lots" } } },
        mistake: line("kubernetes.kubeReserved.memory", '"lots"', "such as 500Mi"),
    },
    {
        title: "half a reservation",
        change: { kubernetes: { systemReserved: { cpu: "100m" } } },
        mistake: line("kubernetes.systemReserved.memory", "", "required and missing"),
    },
    {
        title: "a threshold that is no quantity",
        change: { kubernetes: { evictionHard: { "memory.available": "200MB" } } },
        mistake: line("kubernetes.evictionHard.memory.available", "200MB", "such as 500Mi"),
    },
    {
        title: "a mirror that is no list",
        change: { mirrors: { images: { "docker.io": "https://m" } } },
        mistake: line("mirrors.images.docker.io", '"https://m"', "expected array"),
    },
    {
        title: "a registry without mirrors",
        change: { mirrors: { images: { "docker.io": [] } } },
        mistake: line("mirrors.images.docker.io", "[]", ">=1"),
    },
    {
        title: "memory in a unit that MySQL's share can't be computed from",
        change: { mysql: { memory: "1000M" } },
        mistake: line("mysql.memory", "1000M", "such as 1Gi"),
    },
    {
        title: "an unknown cgroup driver",
        change: { kubernetes: { cgroupDriver: "cgroupv2" } },
        mistake: line("kubernetes.cgroupDriver", "cgroupv2", '"systemd"|"cgroupfs"'),
    },
    {
        title: "a bucket whose name no bucket can have",
        change: bucket({ name: "Backups_1" }),
        mistake: line("backup.bucket.name", '"Backups_1"', "3 to 63 lower-case letters"),
    },
    {
        title: "an endpoint with a path",
        change: bucket({ endpoint: "https://oss.example.com/backups" }),
        mistake: line("backup.bucket.endpoint", "oss.example.com/backups", "a URL without a path"),
    },
    {
        title: "an endpoint that is no URL",
        change: bucket({ endpoint: "oss-cn-hangzhou.aliyuncs.com" }),
        mistake: line("backup.bucket.endpoint", "oss-cn-hangzhou", "such as https://"),
    },
    {
        title: "an access key without its secret",
        change: bucket({ accessKeySecret: undefined }),
        mistake: line("backup.bucket.accessKeySecret", "missing", "pulumi config set --secret --path test-cluster:"),
    },
];

const rules: Case[] = [
    {
        title: "text that is no CIDR block",
        change: { network: { vpc: "10.20.0.0" } },
        mistake: line("network.vpc", "10.20.0.0", "such as 10.20.0.0/16"),
    },
    {
        title: "a block with host bits",
        change: { network: { pods: "10.244.1.0/16" } },
        mistake: line("network.pods", "10.244.1.0/16", "such as"),
    },
    {
        title: "hosts outside the VPC",
        change: { network: { hosts: "10.30.0.0/24" } },
        mistake: line("network.hosts", "10.30.0.0/24", "choose a block of the VPC"),
    },
    {
        title: "pods over the VPC",
        change: { network: { pods: "10.20.64.0/18" } },
        mistake: line("network.pods", "10.20.64.0/18", "overlaps network.vpc 10.20.0.0/16; choose a block apart"),
    },
    {
        title: "services over the VPC",
        change: { network: { services: "10.16.0.0/12" } },
        mistake: line("network.services", "10.16.0.0/12", "overlaps network.vpc 10.20.0.0/16; choose"),
    },
    {
        title: "services over pods",
        change: { network: { services: "10.244.0.0/20" } },
        mistake: line("network.services", "10.244.0.0/20", "overlaps network.pods 10.244.0.0/16; choose"),
    },
    {
        title: "few pods",
        change: { network: { pods: "10.244.0.0/24" } },
        mistake: line("network.pods", "10.244.0.0/24", "choose a /22 or larger"),
    },
    {
        title: "an address that is no block",
        change: { access: { cidrs: ["198.51.100.7"] } },
        mistake: line("access.cidrs", "198.51.100.7", "such as 198.51.100.7/32"),
    },
    {
        title: "the internet",
        change: { access: { cidrs: ["0.0.0.0/0"] } },
        mistake: line("access.cidrs", "0.0.0.0/0", "access.anywhere: true"),
    },
    {
        title: "an address twice",
        change: { access: { cidrs: [...access.cidrs, ...access.cidrs] } },
        mistake: line("access.cidrs", "198.51.100.7/32", "name it once"),
    },
    {
        title: "no control plane",
        change: hosts({ ...master, role: "worker" }, worker),
        mistake: line("hosts", "none has role: control-plane", "give it to exactly one"),
    },
    {
        title: "two control planes",
        change: hosts(master, { ...worker, role: "control-plane" }),
        mistake: line("hosts", "master, node-01", "keep one. More than one control plane is a non-goal"),
    },
    {
        title: "two hosts with one name",
        change: hosts(master, worker, worker),
        mistake: line("hosts", "node-01", "must differ"),
    },
    {
        title: "no host for workloads",
        change: { ...hosts({ ...master, workloads: false }), disks: { data: [] }, mysql: { disk: "mysql" } },
        mistake: /^hosts: none has workloads: true; let at least one take them/,
    },
    {
        title: "a host without a size",
        change: hosts(master, { name: "node-01", role: "worker", cpus: 4 }),
        mistake: line("hosts.1 (node-01)", "neither instanceType nor cpus and memoryGiB", "name the type"),
    },
    {
        title: "a host with a type and a size",
        change: hosts(master, { ...worker, instanceType: "ecs.c6.xlarge" }),
        mistake: line("hosts.1 (node-01)", "ecs.c6.xlarge", "choose a single approach"),
    },
    {
        title: "an address outside of the block",
        change: hosts(master, { ...worker, address: "10.20.1.11" }),
        mistake: line("hosts.1.address", "10.20.1.11", "choose another of that block"),
    },
    {
        title: "the block's first address",
        change: hosts(master, { ...worker, address: "10.20.0.0" }),
        mistake: line("hosts.1.address", "10.20.0.0", "choose another"),
    },
    {
        title: "one of the cloud's own addresses",
        change: hosts(master, { ...worker, address: "10.20.0.253" }),
        mistake: line("hosts.1.address", "10.20.0.253", "choose another"),
    },
    {
        title: "text that is no address",
        change: hosts(master, { ...worker, address: "node" }),
        mistake: line("hosts.1.address", "node", "choose another"),
    },
    {
        title: "an address that is another host's by default",
        change: hosts(master, { ...worker, address: "10.20.0.10" }),
        mistake: line("hosts", "10.20.0.10", "make them differ"),
    },
    {
        title: "a disk on a host that isn't there",
        change: { disks: mysqlDisk({ host: "node-2" }) },
        mistake: line("disks.data (mysql).host", "node-2", "did you mean node-02?"),
    },
    {
        title: "two disks with one name",
        change: { disks: { data: [...disks(), disks()[0]] } },
        mistake: line("disks.data", "mysql", "names must differ"),
    },
    {
        title: "a disk that its category does not make that small",
        change: { disks: mysqlDisk({ sizeGiB: 10 }) },
        mistake: line("disks.data (mysql).sizeGiB", "10", "below the 20 GiB that cloud_essd begins at; make it larger"),
    },
    {
        title: "a disk on a host without workloads",
        change: hosts({ ...master, workloads: false }, worker),
        mistake: line("disks.data (mysql).host", "master", "choose a host that does"),
    },
    {
        title: "MySQL on a disk that isn't there",
        change: { mysql: { disk: "data" } },
        mistake: line("mysql.disk", "data", "add it to disks.data"),
    },
    {
        title: "a database twice",
        change: { mysql: { databases: ["nacos", "nacos"] } },
        mistake: line("mysql.databases", "nacos", "name it once"),
    },
    {
        title: "a database of MySQL's own",
        change: { mysql: { databases: ["mysql"] } },
        mistake: line("mysql.databases", "mysql", "choose another"),
    },
    {
        title: "a database named as the administrator",
        change: { mysql: { databases: ["root"] } },
        mistake: line("mysql.databases", "root", "choose another"),
    },
    {
        title: "Kafka on a host that isn't there",
        change: { kafka: { host: "node-1" } },
        mistake: line("kafka.host", "node-1", "did you mean node-01?"),
    },
    {
        title: "Kafka on another host than its disk",
        change: { kafka: { host: "node-02" } },
        mistake: line(
            "kafka.disk",
            "kafka is in node-01, and Kafka runs on kafka.host node-02",
            "set both to one host",
        ),
    },
    {
        title: "Kafka on a disk that isn't there",
        change: { kafka: { disk: "queue" } },
        mistake: line("kafka.disk", "queue", "add it to disks.data"),
    },
    {
        title: "topics that would fill Kafka's disk",
        change: { kafka: { topics: [{ name: "logs", partitions: 10, retentionMiB: 2048 }] } },
        mistake: line("kafka.topics", "20.0 GiB", "keep less, or make it larger"),
    },
    {
        title: "a topic twice",
        change: { kafka: { topics: [{ name: "logs" }, { name: "logs" }] } },
        mistake: line("kafka.topics", "logs", "name it once"),
    },
    {
        title: "a cluster id that Kafka would refuse",
        change: { kafka: { clusterId: "-MkU3OEVBNTcwNTJENDM2Qk" } },
        mistake: line("kafka.clusterId", "-MkU3", "22 characters, as kafka-storage.sh random-uuid prints"),
    },
    {
        title: "logs that go through a topic that isn't there",
        change: { elk: { topic: "log" } },
        mistake: line("elk.topic", "log", "add it to kafka.topics"),
    },
    {
        title: "more logs than Elasticsearch's disk holds",
        change: { elk: { keepGiB: 15 } },
        mistake: line("elk.keepGiB", "15", "keep less, or make it larger"),
    },
    {
        title: "Elasticsearch on a disk that isn't there",
        change: { elk: { elasticsearch: { disk: "index" } } },
        mistake: line("elk.elasticsearch.disk", "index", "add it to disks.data"),
    },
    {
        title: "a Kubernetes that upstream no longer maintains",
        change: { kubernetes: { version: "1.30.4" } },
        mistake: line("kubernetes.version", "1.30.4", "choose 1.35 to 1.37"),
    },
    {
        title: "a Kubernetes that doesn't exist yet",
        change: { kubernetes: { version: "2.0.0" } },
        mistake: line("kubernetes.version", "2.0.0", "choose 1.35 to 1.37"),
    },
    {
        title: "a Kubernetes that the container runtime can't run",
        change: { kubernetes: { containerd: "1.7" } },
        mistake: line(
            "kubernetes.version",
            "1.36.3 can't run on containerd 1.7",
            "set kubernetes.containerd to 2.0 or newer",
        ),
    },
];

describe("configuration", () => {
    for (const [kind, cases] of Object.entries({ schema: shapes, rule: rules })) {
        describe(`${kind}: names key, value and way out`, () => {
            for (const { title, change, mistake } of cases) {
                it(title, () => {
                    const found = mistakesIn({ access, ...change });
                    assert.ok(
                        found.some((text) => mistake.test(text)),
                        `no ${mistake} in:\n${found.join("\n")}`,
                    );
                });
            }
        });
    }

    it("a small block of hosts is too small for the cloud", () => {
        const [found] = mistakesIn({ access, network: { hosts: "10.20.0.0/29" } });
        assert.match(found, /^network\.hosts: 10\.20\.0\.0\/29 is too small; .*a \/28 or larger/);
    });

    it("reports every mistake at once, of the schema and of the rules, and says how many", () => {
        const settings = {
            netwrok: {},
            zone: 7,
            access: { cidrs: ["0.0.0.0/0"] },
            network: { pods: "10.20.0.0/16" },
            hosts: [master, { ...worker, role: "control-plane" }],
            disks: { snapshots: { hour: 24 } },
            kubernetes: { version: "1.20.0" },
        };
        const found = mistakesIn(settings);
        const keys = found.map((text) => text.slice(0, text.indexOf(":"))).sort();
        assert.deepEqual(keys, [
            "access.cidrs",
            "disks.snapshots.hour",
            "hosts",
            "kubernetes.version",
            "network.pods",
            "netwrok",
            "zone",
        ]);
        assert.throws(() => parseSettings(settings), /^.*7 mistakes in the stack's configuration:\n {2}- /);
    });

    it("says nothing about what depends on a key that is itself mistaken", () => {
        // Disks are on a host of `hosts`, which can't be read: that the default hosts lack it would be misleading.
        const found = mistakesIn({
            access,
            ...hosts(master, { ...worker, name: "Node" }),
            disks: { data: data.map((disk) => ({ ...disk, host: "db" })) },
            kafka: { host: "db" },
        });
        assert.deepEqual(
            found.map((text) => text.split(":")[0]),
            ["hosts.1.name"],
        );
    });

    it("counts one mistake as one", () => {
        assert.throws(() => parseSettings({ access, zome: "a" }), /1 mistake in the stack's configuration/);
    });

    it("takes a bucket for backups, inside the cloud or at an address, and needs none", () => {
        assert.deepEqual(mistakesIn({ access, ...bucket({}) }), []);
        assert.deepEqual(mistakesIn({ access, ...bucket({ endpoint: "http://192.0.2.7:8080" }) }), []);
        assert.equal(parseSettings({ access }).backup.bucket, undefined);
    });

    it("shows no secret in a mistake, neither as the value nor in one", () => {
        const short = mistakesIn({ access, ...bucket({ accessKeySecret: "hid den" }) });
        assert.deepEqual(short, [
            'backup.bucket.accessKeySecret: "[secret]": must be letters, digits and + / = . - _ alone',
        ]);
        const nested = mistakesIn({ access, backup: { bucket: { name: bucket({}).backup.bucket } } });
        assert.match(nested.join("\n"), /^backup\.bucket\.name: \{.*"accessKeySecret":"\[secret\]"/m);
        assert.doesNotMatch(nested.join("\n"), /hidden/);
    });

    it("takes the internet when it is meant", () => {
        assert.deepEqual(mistakesIn({ access: { cidrs: ["0.0.0.0/0"], anywhere: true } }), []);
    });

    it("takes an older Kubernetes on an older container runtime", () => {
        assert.deepEqual(mistakesIn({ access, kubernetes: { version: "1.35.4", containerd: "1.7" } }), []);
    });

    it("takes small disks of the categories that have them", () => {
        for (const category of ["cloud_auto", "cloud_essd_entry"]) {
            assert.deepEqual(mistakesIn({ access, disks: { category, ...mysqlDisk({ sizeGiB: 10 }) } }), []);
        }
    });
});

describe("configuration's defaults", () => {
    const settings = parseSettings({ access });

    it("are the post-mortem's cluster: a 2C4G master that takes workloads and two 4C8G nodes", () => {
        assert.deepEqual(
            settings.hosts.map(({ name, role, instanceType, workloads }) => [name, role, instanceType, workloads]),
            [
                // Compute-optimised, sixth generation: 2 GiB a vCPU; large has 2 vCPUs, xlarge 4.
                ["master", "control-plane", "ecs.c6.large", true],
                ["node-01", "worker", "ecs.c6.xlarge", true],
                ["node-02", "worker", "ecs.c6.xlarge", true],
            ],
        );
    });

    it("protect and keep the disk that MySQL's data is on, with a daily snapshot kept for a week", () => {
        const { protect, keepOnDestroy, snapshots, data: list } = settings.disks;
        assert.deepEqual(
            { protect, keepOnDestroy, keepDays: snapshots.keepDays },
            { protect: true, keepOnDestroy: true, keepDays: 7 },
        );
        assert.deepEqual(
            list.map((disk) => disk.name),
            [settings.mysql.disk, settings.kafka.disk, settings.elk.elasticsearch.disk, settings.backup.disk],
        );
    });

    it("open nothing to the internet", () => {
        assert.equal(settings.access.anywhere, false);
    });

    it("are filled into what is configured in part", () => {
        assert.equal(parseSettings({ access, disks: { protect: false } }).disks.keepOnDestroy, true);
        assert.deepEqual(parseSettings({ access, ...hosts(master) }).hosts[0], {
            ...master,
            workloads: true,
            publicBandwidthMbps: 20,
            systemDiskGiB: 40,
        });
    });
});

describe("stack files", () => {
    const root = path.resolve(__dirname, "../..");
    const files = fs.readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));

    it("are there for the cloud and for the rehearsal region", () => {
        assert.ok(files.includes("Pulumi.dev.yaml") && files.includes("Pulumi.local.yaml"), files.join(" "));
    });

    for (const file of files) {
        it(`${file} is right`, () => {
            const keys = stackFile(file.split(".")[1]);
            assert.deepEqual(mistakesIn(ownSettings(keys)), []);
            assert.ok(keys["alicloud:region"], "no alicloud:region");
        });
    }
});
