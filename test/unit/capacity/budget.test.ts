import { strict as assert } from "node:assert";
import { demands } from "../../../apps/demands";
import { budget } from "../../../cluster/capacity/budget";
import { disks, stackConfig } from "../../sample";
import { budgetOf, catalogOf, elasticsearch, hosts, types } from "./plan";

const kafkaOn = (host: string) => ({
    disks: { data: disks({ kafka: { host } }) },
    kafka: { host },
});

describe("the budget", () => {
    it("is kept by the defaults, with the disks' applications on their node", () => {
        const { uses, mistakes, warnings } = budgetOf();
        assert.deepEqual([mistakes, warnings], [[], []]);
        const [, , node02] = uses;
        const owners = node02.pods.map(({ owner }) => owner);
        for (const one of ["StatefulSet mysql", "StatefulSet elasticsearch", "Deployment logstash"])
            assert.ok(owners.includes(one), one);
        assert.equal(
            node02.memory / 2 ** 20,
            // Elasticsearch and its keeper, MySQL and its backup, Logstash, Filebeat, flannel, and what else fits there.
            2048 + 64 + 1024 + 512 + 1024 + 256 + 50 + node02.pods.reduce((sum, { owner }) => sum + others(owner), 0),
        );
    });

    /** MiB of those that may be on any node. */
    const others = (owner: string) =>
        ({ "Deployment metrics-server": 100, "Deployment coredns": 70, "Job kibana-objects": 64 })[owner] ?? 0;

    it("lets nobody ask for more than the watermark of a node, and says what would help", () => {
        const [mistake, ...more] = budgetOf(elasticsearch("3584Mi")).mistakes;
        assert.deepEqual(more, []);
        assert.match(mistake, /^hosts \(node-02\): \d+Mi of memory are requested of the 7064Mi that it gives, 9\d %/);
        assert.match(mistake, /: \d+Mi above capacity\.watermarks\.requests, 85 %; most is for elasticsearch 3648Mi/);
        assert.match(mistake, /; a bigger node-02 would do: ecs\.g6\.xlarge \(4 vCPU, 16 GiB\), or make /);
    });

    it("proposes only what it has tried: with it, nothing is wrong any more", () => {
        const [mistake] = budgetOf(elasticsearch("3584Mi")).mistakes;
        const [, type] = /would do: (\S+)/.exec(mistake)!;
        const [, memory] = /elasticsearch\.memory smaller: (\d+Mi) instead of 3584Mi/.exec(mistake)!;
        const bigger = { hosts: hosts({ "node-02": { instanceType: type } }), ...elasticsearch("3584Mi") };
        assert.deepEqual(budgetOf(bigger).mistakes, []);
        assert.deepEqual(budgetOf(elasticsearch(memory)).mistakes, []);
        assert.notDeepEqual(budgetOf(elasticsearch(`${Number(memory.slice(0, -2)) + 64}Mi`)).mistakes, []);
    });

    it("proposes the cheapest type of those whose price is known, and says it", () => {
        const prices = Object.fromEntries(
            types.map(({ id, memorySize }) => [id, id === "ecs.c6.2xlarge" ? 1 : memorySize * 50.4]),
        );
        const [mistake] = budgetOf(elasticsearch("3584Mi"), { prices }).mistakes;
        assert.match(mistake, /would do: ecs\.c6\.2xlarge \(8 vCPU, 16 GiB, 1 CNY a month\)/);
    });

    it("puts those of lower priority out for those of higher, whose classes' numbers it is told", () => {
        const config = stackConfig("dev", elasticsearch("4608Mi"));
        // What must be there anyway comes first.
        const first = "system-node-critical";
        const classes: Record<string, string> = {
            logstash: "high",
            elasticsearch: "low",
            filebeat: first,
            mysql: first,
        };
        const ranked = demands(config).map((demand) => {
            const priorityClassName = classes[demand.name] ?? demand.spec.priorityClassName;
            return { ...demand, spec: { ...demand.spec, priorityClassName } };
        });
        const homeless = (priorities: Record<string, number>) =>
            budget(config, catalogOf(config), ranked, { priorities })
                .mistakes.map((mistake) => /^elk\.(\w+): \S+ \S+ asks/.exec(mistake)?.[1])
                .filter(Boolean);
        assert.deepEqual(homeless({ high: 1000, low: 10 }), ["elasticsearch"]);
        assert.deepEqual(homeless({ high: 10, low: 1000 }), ["logstash"]);
    });

    it("names who finds no place, and what the node of its disk says", () => {
        const [mistake] = budgetOf(elasticsearch("12Gi")).mistakes;
        assert.match(
            mistake,
            /^elk\.elasticsearch: StatefulSet elasticsearch asks for 12352Mi of memory and 260m of CPU, and finds no place/,
        );
        assert.match(mistake, /\(node-02: needs 12352 MiB of memory, the node has 7064 MiB in all\); a bigger node-02/);
    });

    it("says so when no type is big enough and no setting small enough", () => {
        const small = types.filter(({ memorySize }) => memorySize <= 8);
        const [mistake] = budgetOf(elasticsearch("24Gi"), {}, small).mistakes;
        assert.match(mistake, /; no single bigger host or smaller setting helps$/);
    });

    it("counts memory that limits allow, and CPU", () => {
        const limited = budgetOf({ capacity: { watermarks: { limits: 60 } } }).mistakes;
        assert.equal(limited.length, 1);
        assert.match(
            limited[0],
            /^hosts \(node-02\): \d+Mi of memory are allowed by limits of the 7064Mi .*\.limits, 60 %/,
        );
        const [cpu] = budgetOf({ mysql: { cpu: "2700m" } }).mistakes;
        assert.match(
            cpu,
            /^hosts \(node-02\): \d+m of CPU are requested of the 3800m that it gives, \d+ %: \d+m above/,
        );
        assert.match(cpu, /or make mysql\.cpu smaller: \d+m instead of 2700m$/);
    });

    it("proposes less CPU where that is what a pod finds too little of", () => {
        const [mistake] = budgetOf({ mysql: { cpu: "3400m" } }).mistakes;
        assert.match(mistake, /finds no place \(node-02: needs \d+m of CPU, \d+m are free\)/);
        assert.match(mistake, /or make mysql\.cpu smaller: \d+m instead of 3400m$/);
    });

    it("counts Kafka's memory on its host, and says so there", () => {
        const change = { ...kafkaOn("node-02"), kafka: { host: "node-02", memory: "1280Mi" } };
        const [mistake] = budgetOf(change).mistakes;
        assert.match(
            mistake,
            /^hosts \(node-02\): \d+Mi of memory are requested of the 5634Mi that it gives beside Kafka's 1280Mi/,
        );
    });

    it("is as wide as it is set", () => {
        assert.deepEqual(
            budgetOf({ ...elasticsearch("3584Mi"), capacity: { watermarks: { requests: 95 } } }).mistakes,
            [],
        );
        assert.match(
            budgetOf({ capacity: { watermarks: { requests: 60 } } }).mistakes[0],
            /watermarks\.requests, 60 %/,
        );
    });

    it("keeps applications off a host that takes none", () => {
        const { uses } = budgetOf({ hosts: hosts({ master: { workloads: false } }) });
        const applications = uses[0].pods.filter(({ namespace }) => !namespace.startsWith("kube-"));
        assert.deepEqual(
            applications.map(({ owner }) => owner),
            ["DaemonSet filebeat"],
        );
        assert.ok(uses[0].pods.length >= 7);
    });

    it("is not reckoned, with a warning, where a type's size can't be known", () => {
        const { uses, mistakes, warnings } = budgetOf(
            { hosts: hosts({ master: { instanceType: "ecs.odd" } }) },
            {},
            [],
        );
        assert.deepEqual([uses, mistakes], [[], []]);
        assert.match(warnings[0], /^capacity is not checked: what ecs\.odd \(master\) has can't be looked up/);
    });
});

describe("with one node lost", () => {
    const text = (node: string, change: Record<string, unknown> = {}) =>
        budgetOf(change).losses.find((loss) => loss.node === node)!.text;

    it("those whose disks are there wait, and the others come back elsewhere", () => {
        assert.match(
            text("node-02"),
            /; mysql, mysql-backup, elasticsearch, logstash wait for data disks that are on it$/,
        );
        assert.doesNotMatch(text("node-02"), /kibana-objects|filebeat|no room/);
        assert.match(text("node-01"), /nacos(, \w+)* comes? back on node-02/);
    });

    it("who finds no room elsewhere is named, in a warning and not in a mistake", () => {
        const { mistakes, warnings } = budgetOf({ nacos: { memory: "3840Mi" }, kafka: { memory: "512Mi" } });
        assert.deepEqual(mistakes, []);
        assert.match(warnings[0], /^without node-01: .*no room for nacos/);
    });

    it("a node that is then above its watermark is named", () => {
        const change = { nacos: { memory: "2Gi" } };
        assert.match(text("node-01", change), /memory of node-02 is then at \d+ %$/);
    });

    it("nothing moves when it is the control plane", () => {
        assert.match(text("master"), /^nothing is moved until it is back/);
    });
});
