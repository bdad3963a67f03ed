import * as assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { requests } from "../../../cluster/scheduler/demand";
import type { PodSpec } from "../../../cluster/scheduler/types";
import { Sandbox } from "../cluster/sandbox";

const scripts = path.join(__dirname, "../../../apps/watermarks/scripts");
const gib = 2 ** 30;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Any = Record<string, any>;

/**
 * The API server and the kubelets behind a stand-in for curl: what is in /var/api under the last part of a path, or under
 * a kubelet's address, is the answer; what is not there is refused. Events are lines of /var/api/events.
 */
const curl = `
cd /var/api
url=$1
for argument in "$@"; do
    [[ $argument != http* ]] || url=$argument
    [[ $argument != /dev/fd/* ]] || cat "$argument" >>tokens
done
case $url in
    https://10.96.0.1:443/api/v1/nodes) name=nodes ;;
    "https://10.96.0.1:443/api/v1/pods?fieldSelector=status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=") name=pods ;;
    https://10.20.0.*:10250/stats/summary) name=\${url#https://} name=\${name%%:*} ;;
    https://10.96.0.1:443/api/v1/namespaces/default/events)
        while [[ $1 != --data-binary ]]; do shift; done
        printf '%s\\n' "$2" >>events
        exit
        ;;
esac
[[ -e $name ]] && cat "$name" && exit
echo "curl: (22) The requested URL returned error: 403" >&2
exit 22
`;

describe("the watch over the nodes' watermarks", () => {
    let pod: Sandbox;

    const node = (name: string, last: number) => ({
        metadata: { name, annotations: { odd: 'say "}{" \\ "items":[ \\' } },
        spec: { podCIDRs: ["10.244.0.0/24"] },
        status: {
            capacity: { cpu: "4", memory: "8Gi", pods: "110" },
            allocatable: { cpu: "3800m", memory: `${4 * 2 ** 20}Ki`, pods: "110" },
            addresses: [
                { type: "Hostname", address: name },
                { type: "InternalIP", address: `10.20.0.${last}` },
            ],
        },
    });
    const has = (file: string, content: object, indent = 0) =>
        pod.write(`/var/api/${file}`, JSON.stringify(content, null, indent));
    const asking = (memory: string, nodeName = "node-01"): PodSpec => ({
        nodeName,
        containers: [{ name: "main", resources: { requests: { cpu: "100m", memory } } }],
    });
    const runs = (...specs: PodSpec[]) => {
        const items = specs.map((spec, index) => ({ metadata: { name: `pod-${index}` }, spec, status: {} }));
        has("pods", { kind: "PodList", apiVersion: "v1", metadata: { resourceVersion: "7" }, items });
    };
    /** What a kubelet says: bytes of memory and of its disk, and of a data disk that two pods have. */
    const summary = (name: string, memory: number, disk = 10, data = 5) => {
        const bytes = {
            time: "2026-05-04T12:00:00Z",
            availableBytes: 1,
            capacityBytes: 20 * gib,
            usedBytes: data * gib,
        };
        const volume = [
            { ...bytes, name: "data", pvcRef: { name: "elasticsearch", namespace: "logging" } },
            { ...bytes, usedBytes: 1, name: "tmp" },
        ];
        return {
            node: {
                nodeName: name,
                systemContainers: [{ name: "pods", memory: { workingSetBytes: 1 } }],
                cpu: { usageNanoCores: 420_000_000 },
                memory: { availableBytes: 1, workingSetBytes: memory * gib },
                fs: { availableBytes: 1, capacityBytes: 40 * gib, usedBytes: disk * gib },
                runtime: { imageFs: { capacityBytes: 1, usedBytes: 1 } },
            },
            pods: [
                { podRef: { name: "es" }, containers: [{ rootfs: { usedBytes: 3 } }], volume },
                { podRef: { name: "ls" }, volume: volume.slice(0, 1) },
            ],
        };
    };
    /** Looks as many times as asked; between two looks comes what is in /var/api/next-1 and so on. */
    const look = async (rounds = 1) => {
        const { status, stdout, stderr } = await pod.run(`bash ${pod.root}/scripts/watch.sh`, {
            ...{ ROUNDS: String(rounds), MARK_REQUESTED: "85", MARK_USED: "80" },
            ...{ KUBERNETES_SERVICE_HOST: "10.96.0.1", KUBERNETES_SERVICE_PORT: "443" },
        });
        assert.equal(status, 0, stderr);
        const lines = stdout
            .split("\n")
            .slice(0, -1)
            .map((line) => JSON.parse(line) as Any);
        const of = (kind: string) => lines.filter(({ watermarks }) => watermarks === kind);
        return { figures: of("figures"), crossed: of("crossed"), stderr };
    };
    const events = () =>
        pod.exists("/var/api/events")
            ? pod
                  .read("/var/api/events")
                  .split("\n")
                  .slice(0, -1)
                  .map((line) => JSON.parse(line) as Any)
            : [];

    beforeEach(() => {
        pod = new Sandbox();
        for (const file of fs.readdirSync(scripts)) {
            const text = fs.readFileSync(path.join(scripts, file), "utf8");
            pod.write(`/scripts/${file}`, pod.relocate(text.replaceAll("/tmp", pod.at("/tmp"))));
        }
        fs.mkdirSync(pod.at("/tmp"));
        pod.write("/var/run/secrets/kubernetes.io/serviceaccount/token", "the-word");
        pod.standIn("curl", curl);
        pod.standIn(
            "sleep",
            `n=$(cat /var/api/round) || n=0
echo $((n + 1)) >/var/api/round
for file in /var/api/next-$((n + 1))/*; do [[ ! -e $file ]] || mv "$file" /var/api/; done`,
        );
        pod.write("/var/api/round", "0");
        has("nodes", { kind: "NodeList", items: [node("node-01", 11), node("node-02", 12)] });
        runs(asking("1Gi"));
        // A kubelet's answer may be set in lines.
        has("10.20.0.11", summary("node-01", 2), 1);
        has("10.20.0.12", summary("node-02", 2));
    });
    afterEach(() => pod.remove());

    it("prints what each node has, what is requested of it, and what is used", async () => {
        const { figures, crossed, stderr } = await look();
        assert.deepEqual([stderr, crossed, events()], ["", [], []]);
        const disk = { used: 10 * gib, capacity: 40 * gib };
        assert.deepEqual(figures[0], {
            ...{ watermarks: "figures", node: "node-01" },
            memory: { requested: gib, allocatable: 4 * gib, used: 2 * gib, capacity: 8 * gib },
            cpu: { requested: 100, allocatable: 3800, used: 420, capacity: 4000 },
            disk,
            "disk logging/elasticsearch": { used: 5 * gib, capacity: 20 * gib },
        });
        assert.deepEqual([figures.length, figures[1].node, figures[1].memory.requested], [2, "node-02", 0]);
    });

    it("counts requests as the scheduler does", async () => {
        const ask = (name: string, cpu?: string, memory?: string, restartPolicy?: string) => ({
            ...{ name, resources: { requests: { ...(cpu && { cpu }), ...(memory && { memory }) } }, restartPolicy },
        });
        const nodeName = "node-01";
        const specs: PodSpec[] = [
            { nodeName, containers: [ask("a", "0.1", "1e6"), ask("b", "1500u", "128974848"), ask("c")] },
            { nodeName, initContainers: [ask("big", "2", "700M")], containers: [ask("a", "1100m", "90Mi")] },
            {
                nodeName,
                initContainers: [ask("i", "1", "10Mi"), ask("s", "5m", "33Mi", "Always"), ask("j", "1.1", "0.1Gi")],
                containers: [ask("a", "20m", "64Ki")],
            },
            { nodeName, containers: [ask("a", "20m", "64Mi")], overhead: { cpu: "10m", memory: "24Mi" } },
            { nodeName, containers: [ask("a", "20m", "64Mi")], resources: { requests: { memory: "1Gi" } } },
        ];
        for (const spec of specs) {
            runs(spec);
            const { cpu, memory } = (await look()).figures[0];
            const { cpu: wantedCpu, memory: wantedMemory } = requests(spec);
            assert.deepEqual([cpu.requested, memory.requested], [wantedCpu, wantedMemory], JSON.stringify(spec));
        }
        runs(...specs);
        const all = specs.map((spec) => requests(spec).memory).reduce((sum, one) => sum + one);
        assert.equal((await look()).figures[0].memory.requested, all);
    });

    it("tells once of a mark that is crossed, by a line and by a warning of the node", async () => {
        runs(asking("3500Mi"));
        const { crossed } = await look(3);
        const message = "memory requested of node-01 is above its watermark: 85.4 %, the mark is 85 %";
        assert.deepEqual(crossed, [
            {
                ...{ watermarks: "crossed", level: "warning", node: "node-01", what: "memory requested" },
                ...{ percent: 85.4, mark: 85, message },
            },
        ]);
        const [event, ...others] = events();
        assert.deepEqual(others, []);
        assert.deepEqual([event.kind, event.type, event.reason], ["Event", "Warning", "AboveWatermark"]);
        assert.equal(event.message, message);
        assert.equal(event.metadata.namespace, "default");
        assert.deepEqual(event.involvedObject, { apiVersion: "v1", kind: "Node", name: "node-01", uid: "node-01" });
        assert.ok(Math.abs(Date.parse(event.lastTimestamp) - Date.now()) < 60_000);
    });

    it("knows CPU that is requested, memory that is used, the node's disk and the data disks", async () => {
        runs({ ...asking("1Mi"), containers: [{ name: "a", resources: { requests: { cpu: "3300m" } } }] });
        has("10.20.0.12", summary("node-02", 6.5, 33, 19));
        const { crossed } = await look();
        assert.deepEqual(
            crossed.map(({ node, what, mark }) => `${node}: ${what}, ${mark}`),
            [
                ...["node-01: CPU requested, 85", "node-02: memory used, 80", "node-02: disk used, 80"],
                "node-02: disk logging/elasticsearch used, 80",
            ],
        );
        assert.equal(events().length, 4);
    });

    it("tells that it is below again when it is well below, and does not go to and fro", async () => {
        const of = (round: number, memory: number) =>
            pod.write(`/var/api/next-${round}/10.20.0.11`, JSON.stringify(summary("node-01", memory)));
        has("10.20.0.11", summary("node-01", 6.6));
        // Of 8 GiB, with the mark at 80 %: just below, above, then less than 75 %, and above once more.
        [6.3, 6.6, 5.9, 6.6].forEach((memory, index) => of(index + 1, memory));
        const { crossed } = await look(5);
        assert.deepEqual(
            crossed.map(({ level, percent }) => `${level} ${percent}`),
            ["warning 82.5", "info 73.8", "warning 82.5"],
        );
        assert.deepEqual(
            events().map(({ type, reason }) => `${type} ${reason}`),
            ["Warning AboveWatermark", "Normal BelowWatermark", "Warning AboveWatermark"],
        );
        assert.match(events()[1].message, /^memory used of node-01 is below the watermark: 73\.8 %, the mark is 80 %$/);
    });

    it("goes on without a kubelet that does not answer, and takes nothing back for that", async () => {
        has("10.20.0.11", summary("node-01", 7));
        assert.equal((await look()).crossed.length, 1);
        pod.write("/var/api/10.20.0.11", "");
        const { figures, crossed } = await look();
        assert.equal(crossed.length, 0);
        assert.equal(figures[0].memory.used, undefined);
        assert.equal(figures[0].memory.requested, gib);
        assert.equal(figures[1].memory.used, 2 * gib);
        fs.rmSync(pod.at("/var/api/10.20.0.12"));
        assert.match((await look()).stderr, /error: 403/);
    });

    it("asks all kubelets at once, each quarter of a minute, also where one takes its time", async () => {
        // The first answers when the second has been asked for a second.
        const waits = `
case $* in
    *10.20.0.11:*) read -rt 10 <>/var/api/gate || exit 28 ;;
    *10.20.0.12:*) read -rt 1.1 <>/var/api/never; echo go 1<>/var/api/gate ;;
esac`;
        execFileSync("mkfifo", [pod.at("/var/api/gate"), pod.at("/var/api/never")]);
        pod.standIn("curl", waits + curl);
        const { figures } = await look();
        assert.deepEqual([figures[0].memory.used, figures[1].memory.used], [2 * gib, 2 * gib]);
        const [seconds] = pod.calls("sleep").map(Number);
        assert.ok(seconds < 15 && seconds > 5, String(seconds));
    });

    it("prints the figures once a minute, and looks more often", async () => {
        const { figures } = await look(3);
        assert.equal(figures.length, 2, "one of each node");
        assert.equal(pod.calls("sleep").length, 3);
    });

    it("is ready while it sees the nodes, and alive also when the API does not let it", async () => {
        const since = (file: string, seconds: string) =>
            pod.run(`bash ${pod.root}/scripts/since.sh ${file} ${seconds}`).then(({ status }) => status === 0);
        fs.rmSync(pod.at("/var/api/pods"));
        const { figures, stderr } = await look();
        assert.deepEqual([figures, /error: 403/.test(stderr)], [[], true]);
        assert.deepEqual([await since("alive", "600"), await since("seen", "180")], [true, false]);
        assert.deepEqual(pod.calls("sleep"), ["5"], "tries again soon");
        runs(asking("1Gi"));
        await look();
        assert.equal(await since("seen", "180"), true);
        pod.write("/tmp/seen", String(Math.floor(Date.now() / 1000) - 181));
        assert.equal(await since("seen", "180"), false);
    });

    it("has its token on no command line", async () => {
        await look();
        assert.ok(pod.calls("curl").length >= 4);
        assert.ok(!pod.calls("curl").some((call) => call.includes("the-word")));
        assert.match(pod.read("/var/api/tokens"), /^header = "Authorization: Bearer the-word"$/m);
    });
});
